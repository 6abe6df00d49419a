#include "app/simulation/early_words.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace chargemill::app {

std::optional<EarlyWords::Message> EarlyWords::next(unsigned leader) {
  if (words_.empty()) return std::nullopt;
  const bool is_its = words_.front().node == leader;
  if (!is_its && words_.size() <= kMax) return std::nullopt;
  Message message = std::move(words_.front());
  words_.pop_front();
  if (!is_its) return std::nullopt;
  return message;
}

std::deque<EarlyWords::Message> EarlyWords::take_all(unsigned self) {
  std::deque<Message> all;
  for (auto& text : take_for_the_lead())
    all.push_back({self, std::move(text), false, false, false});
  std::move(words_.begin(), words_.end(), std::back_inserter(all));
  words_.clear();
  return all;
}

}  // namespace chargemill::app
