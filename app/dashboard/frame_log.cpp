#include "app/dashboard/frame_log.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/assert.hpp"

namespace chargemill::app::dashboard {

void FrameLog::add(PackedStates states, std::int64_t sim_ms) {
  const std::uint32_t number = newest() + 1;
  // From frames of fewer points nobody can go on.
  if (!frames_.empty() && frames_.back().states.size() != states.size()) frames_.clear();
  frames_.push_back({std::move(states), number, sim_ms});
  if (frames_.size() > kKept) frames_.pop_front();
  messages_.clear();
}

FrameLog::Message FrameLog::message_for(std::uint32_t held) {
  CHARGEMILL_ASSERT(!frames_.empty());
  const Frame& frame = frames_.back();
  const auto base = std::find_if(frames_.begin(), frames_.end(),
                                 [held](const Frame& f) { return f.number == held; });
  const bool is_key = base == frames_.end();
  Message& message = messages_[is_key ? 0 : held];
  if (message == nullptr) {
    FrameHead head{frame.states.size(), frame.number, is_key ? 0 : held, frame.sim_ms};
    message = std::make_shared<const std::string>(
        encode_frame(head, frame.states, is_key ? nullptr : &base->states));
    ++compressed_;
  }
  return message;
}

}  // namespace chargemill::app::dashboard
