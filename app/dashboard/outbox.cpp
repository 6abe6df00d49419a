#include "app/dashboard/outbox.hpp"

#include <utility>

namespace chargemill::app::dashboard {

Outbox::Text Outbox::missed() {
  static const Text text = std::make_shared<const std::string>(R"({"type":"missed"})");
  return text;
}

void Outbox::add(Text text) {
  if (texts_.size() < kTextsMax) return texts_.push_back(std::move(text));
  has_missed_ = true;
}

bool Outbox::hear(const Said& said) {
  switch (said.kind) {
    case Said::Kind::taken:
      if (said.number == 0 || said.number > last_) {
        texts_.clear();
        pulse_.reset();
        is_last_said_ = true;
        end();
        return false;
      }
      // An older one was under way when the watcher said that it had lost its states.
      if (said.number == sent_) held_ = sent_;
      return true;
    case Said::Kind::lost:
      held_ = sent_ = 0;
      return true;
    case Said::Kind::paused:
    case Said::Kind::resumed:
      is_paused_ = said.kind == Said::Kind::paused;
      return true;
  }
  return true;
}

std::optional<Outbox::Message> Outbox::next(FrameLog& log) {
  if (!texts_.empty()) {
    Message message{std::move(texts_.front()), true};
    texts_.pop_front();
    return message;
  }
  if (std::exchange(has_missed_, false)) return Message{missed(), true};
  if (pulse_ != nullptr) return Message{std::exchange(pulse_, nullptr), true};
  if (is_ended_) {
    if (std::exchange(is_last_said_, true) || log.newest() <= sent_) return Message{};
    sent_ = last_ = log.newest();
    return Message{log.message_for(0), false};  // it goes on from whatever is there or under way
  }
  if (!is_owed_states(log)) return std::nullopt;
  const std::uint32_t number = log.newest();
  const bool is_key = number - key_ >= kKeyEvery;
  Message message{log.message_for(is_key ? 0 : held_), false};
  // The log may have made a keyframe of it; one more in twenty then does no harm.
  if (is_key || held_ == 0) key_ = number;
  sent_ = last_ = number;
  return message;
}

}  // namespace chargemill::app::dashboard
