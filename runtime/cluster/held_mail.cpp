#include "runtime/cluster/held_mail.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {

void HeldMail::hold(const std::vector<std::uint32_t>& entities) {
  if (entities.empty()) return;
  const std::uint32_t last = *std::max_element(entities.begin(), entities.end());
  if (held_.size() <= last) held_.resize(std::size_t{last} + 1);
  for (const std::uint32_t entity : entities) held_[entity] = true;
  is_holding_.store(true, std::memory_order_relaxed);  // relaxed: see is_holding()
}

bool HeldMail::keep(const MailBag::Item& item) {
  const PacketKind& kind = kind_of(item.letter.tag);
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto add = [&] {
    return !bags_.empty() && bags_.back()->try_add(item.to, kind, item.letter.content());
  };
  if (!add()) {
    bags_.push_back(std::make_unique<MailBag>());
    const bool has_room = add();
    CHARGEMILL_ASSERT(has_room);
  }
  const std::size_t bytes =
      bytes_.load(std::memory_order_relaxed) + MailBag::bytes_of(kind.bytes);  // relaxed: mutex_
  bytes_.store(bytes, std::memory_order_relaxed);                              // relaxed: likewise
  if (bytes < limit_ || is_full_) return false;
  return is_full_ = true;
}

}  // namespace chargemill::runtime
