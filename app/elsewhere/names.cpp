#include "app/elsewhere/names.hpp"

namespace chargemill::app {

void ElsewhereNames::append(std::string& to, SessionId session) const {
  // Those that are remembered are numbered without gaps.
  const std::uint64_t first = sessions_made_ - sessions_.size() + 1;
  const std::uint64_t number = index_of(session);
  if (number >= first && number <= sessions_made_) {
    to += sessions_[number - first];
  } else {
    directory_.append(to, session);
  }
}

std::optional<SessionId> ElsewhereNames::find_session(std::string_view name) {
  if (name.size() > kNameBytesMax) return std::nullopt;
  const std::string text{name};
  const auto known = numbers_.find(text);
  if (known != numbers_.end()) return known->second;
  if (sessions_.size() == sessions_max_) {
    numbers_.erase(sessions_.front());
    sessions_.pop_front();
  }
  const SessionId number{++sessions_made_};
  sessions_.push_back(text);
  numbers_.emplace(text, number);
  return number;
}

}  // namespace chargemill::app
