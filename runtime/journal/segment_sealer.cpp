#include "runtime/journal/segment_sealer.hpp"

#include <system_error>
#include <utility>

namespace chargemill::runtime::journal {

SegmentSealer::~SegmentSealer() { finish(); }

void SegmentSealer::seal(SegmentWriter segment) {
  finish();
  is_done_.store(false, std::memory_order_relaxed);  // relaxed: before the thread starts
  try {
    thread_ = std::thread{[this, last = std::move(segment)]() mutable {
      if (auto sealed = last.seal(); !sealed) failure_ = std::move(sealed.error());
      // release: the failure has been written; pairs with acquire in take_failure().
      is_done_.store(true, std::memory_order_release);
    }};
  } catch (const std::system_error& error) {
    failure_ = Error{ErrorKind::environment, std::string{"cannot start a thread: "} + error.what()};
  }
}

std::optional<Error> SegmentSealer::take_failure() {
  // acquire: pairs with release in the thread.
  if (thread_.joinable() && is_done_.load(std::memory_order_acquire)) finish();
  if (thread_.joinable()) return std::nullopt;
  return std::exchange(failure_, std::nullopt);
}

void SegmentSealer::finish() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace chargemill::runtime::journal
