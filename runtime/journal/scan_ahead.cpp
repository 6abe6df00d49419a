#include "runtime/journal/scan_ahead.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <system_error>

#include "runtime/journal/page_layout.hpp"
#include "runtime/journal/page_map.hpp"

namespace chargemill::runtime::journal {

long pages_read() noexcept {
  constexpr long kBlocksAPage = 8;
  rusage usage{};
  if (::getrusage(RUSAGE_THREAD, &usage) != 0) return 0;
  return std::max(usage.ru_majflt, usage.ru_inblock / kBlocksAPage);
}

ScanAhead::~ScanAhead() {
  // relaxed: it orders nothing; the thread is joined.
  is_over_.store(true, std::memory_order_relaxed);
  if (thread_.joinable()) thread_.join();
}

void ScanAhead::look(const std::byte* at) noexcept {
  const long now = pages_read();
  const bool is_cold = pages_before_ >= 0 && now - pages_before_ >= kColdPages;
  pages_before_ = now;
  mdb_filehandle_t file = -1;
  if (!is_cold || mdb_env_get_fd(environment_.handle(), &file) != 0) return;
  const auto from =
      static_cast<std::int64_t>(std::uint64_t{page_number_of(at)} * PageLayout::kBytes);
  try {
    piece_ = std::make_unique<std::byte[]>(kPieceBytes);
    thread_ = std::thread{[this, file, from] { read_on(file, from); }};
  } catch (const std::bad_alloc&) {
    // No memory for it: the scan waits for its pages itself. Likewise without a thread.
  } catch (const std::system_error&) {
  }
}

void ScanAhead::read_on(int file, std::int64_t from) noexcept {
  // relaxed: see the destructor.
  while (!is_over_.load(std::memory_order_relaxed)) {
    // What it reads is there already, as pages of the mapping: that is what it is for.
    const ssize_t bytes = ::pread(file, piece_.get(), kPieceBytes, from);
    if (bytes <= 0) return;
    from += bytes;
  }
}

}  // namespace chargemill::runtime::journal
