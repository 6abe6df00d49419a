#include "app/simulation/node_says.hpp"

#include "app/simulation/journal_news.hpp"
#include "app/simulation/resident_memory.hpp"

namespace chargemill::app {

NodeReport look_of(Host& host, Looker* looker, const RunJournal& journal) {
  NodeReport report;
  report.snapshot = looker != nullptr ? looker->look() : host.network().look();
  report.failure = host.network().failure();
  report.detail = host.network().detail();
  report.rss_bytes = resident_bytes();
  report.journal = outcome_of(journal.recording.get());
  if (!journal.recording) return report;
  for (const auto& news : journal.recording->take_news())
    report.journal_news += news_text(news) + "\n";
  return report;
}

NodeReport count_of(Host& host, Looker* looker, const RunJournal& journal,
                    std::optional<SimTime> at) {
  NodeReport report;
  report.snapshot = at ? host.network().count(*at) : host.network().count();
  if (looker != nullptr) looker->add_load(report.snapshot);
  report.failure = host.network().failure();
  const auto survived = host.network().survived_failures();
  report.survived_failures = survived.count;
  report.first_survived = survived.first;
  report.display = shown_here(host.network());
  report.journal = outcome_of(journal.recording.get());
  report.sessions_carried = sessions_carried(journal);
  const auto memory = resident_memory();
  report.rss_bytes = memory.anonymous + memory.of_files;
  return report;
}

std::optional<SimTime> time_in(std::string_view rest) { return plain_from<SimTime>(rest); }

Nanos patience_in(std::string_view rest) { return plain_from<Nanos>(rest).value_or(Nanos{0}); }

Standstill standstill_of(Host& host, const runtime::Peers& exchange, const Succession* succession) {
  Standstill standstill;
  standstill.lost = succession == nullptr ? 0 : succession->lost();
  standstill.is_still = host.engine().freeze(kStandstillMax);
  standstill.sent = exchange.sent();
  standstill.received = exchange.received();
  return standstill;
}

}  // namespace chargemill::app
