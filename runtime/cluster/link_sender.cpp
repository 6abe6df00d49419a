#include "runtime/cluster/link_sender.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {

void LinkSender::keep(SlabPtr frame) {
  const auto bytes = static_cast<std::uint32_t>(frame->frame_bytes());
  kept_bytes_ += bytes;
  kept_.push_back({std::move(frame), next_sequence_++, bytes});
}

const LinkSender::Entry* LinkSender::due() const noexcept {
  if (asks_again_) return &kept_.front();
  if (on_the_way_ == kept_.size()) return nullptr;
  const Entry& entry = kept_[on_the_way_];
  // A frame that is larger than the credit still goes, alone: else it never would.
  if (on_the_way_ > 0 && on_the_way_bytes_ + entry.bytes > credit_) return nullptr;
  return &entry;
}

void LinkSender::sent(SimTime now) {
  if (std::exchange(asks_again_, false)) {
    ++resent_;
    return;
  }
  CHARGEMILL_ASSERT(on_the_way_ < kept_.size());
  const Entry& entry = kept_[on_the_way_];
  if (on_the_way_ == 0) {  // patience begins with the first
    news_at_ = now;
    is_first_ = true;
    asked_ = 0;
  }
  if (entry.sequence <= furthest_) {
    ++resent_;
  } else {
    furthest_ = entry.sequence;
  }
  on_the_way_bytes_ += entry.bytes;
  ++on_the_way_;
}

bool LinkSender::acknowledge(const Ack& ack, SimTime now, std::uint64_t& freed) {
  freed = 0;
  if (ack.next == 0 || ack.next > furthest_ + 1) return false;
  const std::uint64_t first = next_sequence_ - kept_.size();
  if (ack.next < first) return true;  // old news
  const bool had_none = credit_ == 0 && ack.credit > 0;
  credit_ = ack.credit;
  if (ack.next > first) learn(ack.next - 1, now);
  for (std::uint64_t sequence = first; sequence < ack.next; ++sequence) {
    const std::uint32_t bytes = kept_.front().bytes;
    freed += bytes;
    kept_bytes_ -= bytes;
    if (on_the_way_ > 0) {  // after a rewind it may be acknowledged before it goes again
      --on_the_way_;
      on_the_way_bytes_ -= bytes;
    }
    kept_.pop_front();
    news_at_ = now;
  }
  // Once for each gap: what is already on its way again shows as a gap until it is there. But what
  // came where there was no room is gone, whenever that was.
  if (ack.has_gap && on_the_way_ > 0 && (rewound_at_ != ack.next || had_none)) {
    if (had_none) doublings_ = 0;
    rewind(now);
    rewound_at_ = ack.next;
  }
  return true;
}

// Of a frame that went twice nobody knows which time was answered (Karn; RFC 6298, section 3).
// What is sent behind other frames waits for those as well: that shows how slow the link is, and
// not how fast.
void LinkSender::learn(std::uint64_t last, SimTime now) noexcept {
  asks_again_ = false;
  const bool is_first = std::exchange(is_first_, false);
  if (last < once_from_) return;
  const Nanos taken = std::min<Nanos>(now - news_at_, kPatienceMax);
  if (taken > taken_) {
    taken_ = taken;
  } else if (is_first) {
    taken_ -= (taken_ - taken) / 8;
  }
  doublings_ = 0;
}

void LinkSender::tick(SimTime now) {
  if (now < deadline()) return;
  doublings_ = std::min(doublings_ + 1, kDoublingsMax);
  const std::uint64_t first = next_sequence_ - kept_.size();
  if (asked_ != 0 && first <= asked_ + 1) return rewind(now);
  asked_ = first;
  asks_again_ = true;
  once_from_ = std::max(once_from_, first + 1);
  news_at_ = now;
}

Nanos LinkSender::patience() const noexcept {
  const Nanos least = std::max(patience_min_, kTimesTaken * taken_);
  return std::min(least * (1 << doublings_), std::max(patience_min_, kPatienceMax));
}

SimTime LinkSender::deadline() const noexcept {
  return on_the_way_ == 0 ? kNever : news_at_ + patience();
}

std::uint64_t LinkSender::start_over() noexcept {
  const std::uint64_t bytes = kept_bytes_;
  kept_.clear();
  on_the_way_ = 0;
  on_the_way_bytes_ = kept_bytes_ = furthest_ = rewound_at_ = asked_ = once_from_ = 0;
  asks_again_ = is_first_ = false;
  taken_ = Nanos{0};
  doublings_ = 0;
  next_sequence_ = 1;
  credit_ = kFirstCredit;
  return bytes;
}

void LinkSender::rewind(SimTime now) {
  on_the_way_ = 0;
  on_the_way_bytes_ = 0;
  news_at_ = now;
  asks_again_ = false;
  asked_ = 0;
  once_from_ = furthest_ + 1;
}

}  // namespace chargemill::runtime
