#include "app/simulation/journal_end.hpp"

#include <cstdio>

#include "app/simulation/host.hpp"
#include "app/simulation/journal_news.hpp"

namespace chargemill::app {

void close_journal(const RunJournal& journal, RunOutcome& outcome) {
  if (!journal.recording) return;
  const auto added = journal.recording->close();
  // Of several nodes the figures are those of all, told before.
  const bool is_sum = outcome.cost.nodes > 1 && !outcome.has_left;
  if (is_sum && outcome.journal) return add(outcome.journal->status, added);
  outcome.journal = outcome_of(journal.recording.get());
}

JournalEnd::~JournalEnd() {
  if (!journal_.recording) return;
  (void)journal_.recording->close();
  for (const auto& news : journal_.recording->take_news())
    (void)std::fprintf(stderr, "chargemill: node %u: %s\n", exchange_.self(),
                       news_text(news).c_str());
}

}  // namespace chargemill::app
