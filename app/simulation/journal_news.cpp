#include "app/simulation/journal_news.hpp"

namespace chargemill::app {

using runtime::journal::JournalState;

std::string news_text(const Recording::News& news) {
  switch (news.state) {
    case JournalState::working:
      return news.why.empty() ? "the journal works again"
                              : "the journal goes on after a failure: " + news.why;
    case JournalState::stalled:
      return "the journal cannot be written, records wait: " + news.why;
    case JournalState::abandoned:
      return "the journal is given up, the run goes on without it: " + news.why;
  }
  return {};
}

std::optional<std::string> LossNews::take(std::uint64_t lost) {
  if (lost < next_) return std::nullopt;
  while (next_ <= lost / 10) next_ *= 10;
  next_ *= 10;
  return "records found no room in the journal and are lost, so far " + std::to_string(lost);
}

}  // namespace chargemill::app
