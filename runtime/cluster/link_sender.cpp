#include "runtime/cluster/link_sender.hpp"

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {

void LinkSender::keep(SlabPtr frame) {
  const auto bytes = static_cast<std::uint32_t>(frame->frame_bytes());
  kept_bytes_ += bytes;
  kept_.push_back({std::move(frame), next_sequence_++, bytes});
}

const LinkSender::Entry* LinkSender::due() const noexcept {
  if (on_the_way_ == kept_.size()) return nullptr;
  const Entry& entry = kept_[on_the_way_];
  // A frame that is larger than the credit still goes, alone: else it never would.
  if (on_the_way_ > 0 && on_the_way_bytes_ + entry.bytes > credit_) return nullptr;
  return &entry;
}

void LinkSender::sent(SimTime now) {
  CHARGEMILL_ASSERT(on_the_way_ < kept_.size());
  const Entry& entry = kept_[on_the_way_];
  if (on_the_way_ == 0) news_at_ = now;  // patience begins with the first
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
  credit_ = ack.credit;
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
  // Once for each gap: what is already on its way again shows as a gap until it is there.
  if (ack.has_gap && on_the_way_ > 0 && rewound_at_ != ack.next) {
    rewind(now);
    rewound_at_ = ack.next;
  }
  return true;
}

void LinkSender::tick(SimTime now) {
  if (now < deadline()) return;
  rewind(now);
}

SimTime LinkSender::deadline() const noexcept {
  return on_the_way_ == 0 ? kNever : news_at_ + patience_;
}

std::uint64_t LinkSender::start_over() noexcept {
  const std::uint64_t bytes = kept_bytes_;
  kept_.clear();
  on_the_way_ = 0;
  on_the_way_bytes_ = kept_bytes_ = furthest_ = rewound_at_ = 0;
  next_sequence_ = 1;
  credit_ = kFirstCredit;
  return bytes;
}

void LinkSender::rewind(SimTime now) {
  on_the_way_ = 0;
  on_the_way_bytes_ = 0;
  news_at_ = now;
}

}  // namespace chargemill::runtime
