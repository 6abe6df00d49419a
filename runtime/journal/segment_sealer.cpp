#include "runtime/journal/segment_sealer.hpp"

#include <exception>
#include <new>
#include <system_error>
#include <utility>

namespace chargemill::runtime::journal {
namespace {

Result<void> seal_one(const std::string& directory, const LeftOpen& left) {
  auto segment = SegmentWriter::resume(directory, left.name);
  if (!segment) return tl::unexpected(segment.error());
  if (!*segment || (*segment)->next() != left.last + 1) return {};
  return (*segment)->seal();
}

/// A seal is worth less than the run that goes on beside it.
template <class Work>
Result<void> attempt(Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return tl::unexpected(no_memory());
  } catch (const std::exception& error) {
    return failure(ErrorKind::environment, std::string{"cannot seal: "} + error.what());
  }
}

}  // namespace

SegmentSealer::~SegmentSealer() { finish(); }

template <class Work>
void SegmentSealer::run(Work work) {
  finish();
  is_done_.store(false, std::memory_order_relaxed);  // relaxed: before the thread starts
  try {
    thread_ = std::thread{[this, work = std::move(work)]() mutable {
      if (auto sealed = attempt(work); !sealed) failure_ = std::move(sealed.error());
      // release: the failure has been written; pairs with acquire in take_failure().
      is_done_.store(true, std::memory_order_release);
    }};
  } catch (const std::bad_alloc&) {
    failure_ = no_memory();
  } catch (const std::system_error& error) {
    failure_ = Error{ErrorKind::environment, std::string{"cannot start a thread: "} + error.what()};
  }
}

void SegmentSealer::seal(SegmentWriter segment) {
  run([last = std::move(segment)]() mutable { return last.seal(); });
}

void SegmentSealer::seal_all(std::string directory, std::vector<LeftOpen> left) {
  if (left.empty()) return;
  run([directory = std::move(directory), left = std::move(left)]() mutable {
    Result<void> outcome;
    for (LeftOpen& one : left) {
      auto sealed = seal_one(directory, one);
      if (outcome && !sealed) outcome = std::move(sealed);
      one.file.reset();
    }
    return outcome;
  });
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
