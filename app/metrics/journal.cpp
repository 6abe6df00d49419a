// The journal; all of it is there without one, at zero.
#include "app/metrics/family_makers.hpp"

namespace chargemill::app::metrics {
namespace {

using runtime::journal::JournalState;

void add_state(Families& out, const Sources& s) {
  auto& state = gauge(out, "chargemill_journal_state", "1 for the state that the journal is in.");
  const auto is = [&](JournalState one) {
    return s.journal && s.journal->status.state == one ? 1.0 : 0.0;
  };
  state.add(s.journal ? 0.0 : 1.0, {{kState, "off"}})
      .add(is(JournalState::working), {{kState, "working"}})
      .add(is(JournalState::stalled), {{kState, "stalled"}})
      .add(is(JournalState::abandoned), {{kState, "abandoned"}});
}

}  // namespace

void add_journal(Families& out, const Sources& s) {
  static const JournalFigures nothing;
  const auto& journal = s.journal ? *s.journal : nothing;
  const auto& status = journal.status;
  add_state(out, s);
  counter(out, "chargemill_journal_writes_total", "Records, by what became of them.")
      .add(number(status.records), {{kResult, "durable"}})
      // Once it was given up, or beyond what waits for room meanwhile: as in the summary. One
      // series: the budget of a node with every label at its limit is used up.
      .add(number(status.discarded + s.snapshot.totals.records_lost), {{kResult, "lost"}});
  counter(out, "chargemill_journal_commits_total", "Batches of records, and tries that failed.")
      .add(number(status.commits), {{kResult, "done"}})
      .add(number(status.failures), {{kResult, "failed"}});
  histogram(out, "chargemill_journal_commit_duration_seconds", "Of whole batches until durable.")
      .add(classic(status.commit_times, s.facts.edges.journal_commit));
  gauge(out, "chargemill_journal_size_bytes", "Of all segments on disk.")
      .add(number(journal.size_bytes));
  gauge(out, "chargemill_journal_waiting_records", "Records that are not on disk yet.")
      .add(number(status.depth));
  counter(out, "chargemill_journal_busy_denials_total",
          "Requests that were denied because the journal had no room.")
      .add(number(s.snapshot.totals.denied_journal_busy));
}

}  // namespace chargemill::app::metrics
