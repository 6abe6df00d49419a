#include "runtime/journal/scan_ahead.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <new>

#include "runtime/journal/page_layout.hpp"
#include "runtime/journal/page_map.hpp"

namespace chargemill::runtime::journal {

long pages_read() noexcept {
  constexpr long kBlocksAPage = 8;
  rusage usage{};
  if (::getrusage(RUSAGE_THREAD, &usage) != 0) return 0;
  return std::max(usage.ru_majflt, usage.ru_inblock / kBlocksAPage);
}

void ScanAhead::look(const std::byte* at) noexcept {
  const long now = pages_read();
  const bool is_cold = pages_before_ >= 0 && now - pages_before_ >= kColdPages;
  pages_before_ = now;
  if (!is_cold) return;
  const auto from = std::uint64_t{page_number_of(at)} * PageLayout::kBytes;
  try {
    ahead_.emplace(std::vector<FileAhead::Part>{{environment_.path(), from}});
  } catch (const std::bad_alloc&) {
    // No memory for it: the scan waits for its pages itself.
  }
}

}  // namespace chargemill::runtime::journal
