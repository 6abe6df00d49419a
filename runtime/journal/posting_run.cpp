#include "runtime/journal/posting_run.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime::journal {
namespace {

using Layout = RunLayout;

}  // namespace

std::size_t not_above(PostingKey key, const std::byte* keys, std::size_t count) noexcept {
  std::size_t below = 0;
  while (count > 0) {
    const std::size_t half = count / 2;
    if (load<PostingKey>(keys + (below + half) * sizeof(PostingKey)) <= key) {
      below += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return below;
}

RunBlock fences_among(const std::byte* coarse, std::size_t all, PostingKey key) noexcept {
  if (all == 0) return {};
  const std::size_t step = Layout::fences_a_coarse(all);
  const std::size_t begun = not_above(key, coarse, (all + step - 1) / step);
  if (begun == 0) return {};
  const std::size_t from = (begun - 1) * step;
  return {from, std::min(step, all - from)};
}

RunBlock keys_behind(std::size_t fences, std::uint32_t count) noexcept {
  if (fences == 0) return {};
  const std::size_t from = (fences - 1) * Layout::kKeysAFence;
  return {from, std::min(Layout::kKeysAFence, count - from)};
}

std::optional<RunView> RunView::over(Bytes run) noexcept {
  if (run.count < Layout::kHeaderBytes) return std::nullopt;
  const auto version = load<std::uint8_t>(run.at + Layout::kVersionAt);
  const bool is_known = version == Layout::kVersionWithPages || version == Layout::kVersion;
  if (!is_known ||
      run.count != Layout::bytes(load<std::uint32_t>(run.at + Layout::kCount), version))
    return std::nullopt;
  return RunView{run.at};
}

RunView::RunView(const std::byte* run) noexcept
    : head_(run),
      coarse_(run + Layout::kHeaderBytes),
      fences_(coarse_ + Layout::coarse_bytes(load<std::uint8_t>(run + Layout::kVersionAt))),
      keys_(nullptr),
      places_(nullptr),
      place_bytes_(Layout::place_bytes(load<std::uint8_t>(run + Layout::kVersionAt))),
      count_(load<std::uint32_t>(run + Layout::kCount)) {
  keys_ = fences_ + Layout::fences(count_) * sizeof(PostingKey);
  places_ = keys_ + std::size_t{count_} * sizeof(PostingKey);
}

RunBlock RunView::find_fences(PostingKey key) const noexcept {
  const std::size_t all = Layout::fences(count_);
  return has_pages() ? fences_among(coarse_, all, key) : RunBlock{0, all};
}

RunBlock RunView::find_block(PostingKey key) const noexcept {
  const RunBlock fences = find_fences(key);
  return keys_behind(
      fences.from + not_above(key, fences_ + fences.from * sizeof(PostingKey), fences.count),
      count_);
}

std::uint32_t RunView::end_of(PostingKey key) const noexcept {
  const RunBlock block = find_block(key);
  return static_cast<std::uint32_t>(
      block.from + not_above(key, keys_ + block.from * sizeof(PostingKey), block.count));
}

std::uint32_t RunView::count_from(PostingKey key, Sequence from) const noexcept {
  const std::uint32_t end = end_of(key);
  const auto less = static_cast<PostingKey>(static_cast<std::uint64_t>(key) - 1);
  // In a damaged run keys may fall.
  std::uint32_t begin = key == PostingKey{} ? 0 : std::min(end, end_of(less));
  // Among equal keys numbers rise.
  std::uint32_t above = end;
  while (begin < above) {
    const std::uint32_t middle = begin + (above - begin) / 2;
    if (sequence(middle) < from) {
      begin = middle + 1;
    } else {
      above = middle;
    }
  }
  return end - begin;
}

Bytes RunView::fences_of(PostingKey key) const noexcept {
  const RunBlock fences = find_fences(key);
  return {fences_ + fences.from * sizeof(PostingKey), fences.count * sizeof(PostingKey)};
}

Bytes RunView::keys_of(PostingKey key) const noexcept {
  const RunBlock block = find_block(key);
  return {keys_ + block.from * sizeof(PostingKey), block.count * sizeof(PostingKey)};
}

RunView::Range RunView::newest_of(PostingKey key, std::uint64_t limit) const noexcept {
  Range range;
  range.begin = range.end = end_of(key);
  while (range.begin > 0 && range.end - range.begin < limit && this->key(range.begin - 1) == key)
    --range.begin;
  return range;
}

void sort_by_key(std::vector<Posting>& postings, std::vector<Posting>& scratch) {
  constexpr unsigned kDigitBits = 8;
  constexpr std::uint64_t kDigitMask = (1U << kDigitBits) - 1;
  std::uint64_t differing = 0;
  for (const Posting& posting : postings) {
    differing |=
        static_cast<std::uint64_t>(posting.key) ^ static_cast<std::uint64_t>(postings[0].key);
  }
  scratch.resize(postings.size());
  for (unsigned shift = 0; shift < 64; shift += kDigitBits) {
    if ((differing >> shift & kDigitMask) == 0) continue;
    const auto digit_of = [shift](const Posting& posting) {
      return static_cast<std::uint64_t>(posting.key) >> shift & kDigitMask;
    };
    std::array<std::size_t, kDigitMask + 1> places{};
    for (const Posting& posting : postings) ++places[digit_of(posting)];
    std::size_t before = 0;
    for (std::size_t& place : places) before += std::exchange(place, before);
    for (const Posting& posting : postings) scratch[places[digit_of(posting)]++] = posting;
    postings.swap(scratch);
  }
}

RunEncoder::RunEncoder(std::uint32_t count, std::uint8_t level, Sequence first, Sequence last,
                       std::byte* to, const std::uint32_t* pages) noexcept
    : pages_(pages), fences_a_coarse_(Layout::fences_a_coarse(Layout::fences(count))) {
  CHARGEMILL_ASSERT(last >= first);
  const auto version = pages == nullptr ? Layout::kVersion : Layout::kVersionWithPages;
  place_bytes_ = Layout::place_bytes(version);
  coarse_ = to + Layout::kHeaderBytes;
  fences_ = coarse_ + Layout::coarse_bytes(version);
  keys_ = fences_ + Layout::fences(count) * sizeof(PostingKey);
  places_ = keys_ + count * sizeof(PostingKey);
  std::fill(coarse_, fences_, std::byte{0});
  store(to + Layout::kVersionAt, version);
  store(to + Layout::kLevel, level);
  store(to + Layout::kUnused, std::uint16_t{0});
  store(to + Layout::kCount, count);
  store(to + Layout::kFirst, first);
  store(to + Layout::kLast, last);
}

}  // namespace chargemill::runtime::journal
