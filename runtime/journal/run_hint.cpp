#include "runtime/journal/run_hint.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"
#include "runtime/base/crc32c.hpp"

namespace chargemill::runtime::journal {

HintBytes encode_hint(std::uint32_t page, Bytes run) noexcept {
  CHARGEMILL_ASSERT(run.count >= RunLayout::kHeadBytes);
  HintBytes hint{};
  std::byte* const to = hint.data();
  store(to, HintLayout::kMagic);
  store(to + HintLayout::kVersionAt, HintLayout::kVersion);
  store(to + HintLayout::kPage, page);
  store(to + HintLayout::kRunBytes, std::uint64_t{run.count});
  std::copy_n(run.at, RunLayout::kHeadBytes, to + HintLayout::kHead);
  store(to + HintLayout::kCrc, crc32c(to, HintLayout::kCrc));
  return hint;
}

std::optional<RunHint> decode_hint(const HintBytes& bytes) noexcept {
  const std::byte* const at = bytes.data();
  if (load<std::uint32_t>(at) != HintLayout::kMagic ||
      load<std::uint32_t>(at + HintLayout::kVersionAt) != HintLayout::kVersion ||
      load<std::uint32_t>(at + HintLayout::kCrc) != crc32c(at, HintLayout::kCrc))
    return std::nullopt;
  RunHint hint;
  hint.page = load<std::uint32_t>(at + HintLayout::kPage);
  hint.bytes = load<std::uint64_t>(at + HintLayout::kRunBytes);
  std::copy_n(at + HintLayout::kHead, hint.head.size(), hint.head.begin());
  return hint;
}

}  // namespace chargemill::runtime::journal
