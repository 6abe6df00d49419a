#include "runtime/journal/sealed_run.hpp"

#include <algorithm>
#include <utility>

#include "runtime/journal/page_layout.hpp"

namespace chargemill::runtime::journal {
namespace {

using Layout = RunLayout;

constexpr std::size_t kKeyBytes = sizeof(PostingKey);

const std::byte* bytes_of(const PostingKey* keys) noexcept {
  return reinterpret_cast<const std::byte*>(keys);
}

}  // namespace

std::optional<SealedRun> SealedRun::in(const FilePieces& file, const RunHint& hint) {
  const auto version = load<std::uint8_t>(hint.head.data() + Layout::kVersionAt);
  const auto count = load<std::uint32_t>(hint.head.data() + Layout::kCount);
  const std::uint64_t at = std::uint64_t{hint.page} * PageLayout::kBytes + PageLayout::kHeader;
  const bool is_whole = version == Layout::kVersionWithPages &&
                        hint.bytes == Layout::bytes(count, version) && at <= file.bytes() &&
                        hint.bytes <= file.bytes() - at;
  if (!is_whole) return std::nullopt;
  return SealedRun{file, hint};
}

SealedRun::SealedRun(const FilePieces& file, const RunHint& hint) noexcept
    : file_(&file),
      head_(hint.head),
      count_(load<std::uint32_t>(hint.head.data() + Layout::kCount)),
      fences_(std::uint64_t{hint.page} * PageLayout::kBytes + PageLayout::kHeader +
              Layout::kHeadBytes),
      keys_(fences_ + Layout::fences(count_) * kKeyBytes),
      places_(keys_ + std::uint64_t{count_} * kKeyBytes) {}

void SealedRun::foresee_fences(PostingKey key) const noexcept {
  const RunBlock fences =
      fences_among(head_.data() + Layout::kHeaderBytes, Layout::fences(count_), key);
  file_->foresee(fences_ + fences.from * kKeyBytes, fences.count * kKeyBytes);
}

Result<RunBlock> SealedRun::block_of(PostingKey key) const {
  const RunBlock fences =
      fences_among(head_.data() + Layout::kHeaderBytes, Layout::fences(count_), key);
  std::vector<PostingKey> read(fences.count);
  if (auto done =
          file_->read(fences_ + fences.from * kKeyBytes, fences.count * kKeyBytes, read.data());
      !done)
    return tl::unexpected(std::move(done.error()));
  return keys_behind(fences.from + not_above(key, bytes_of(read.data()), read.size()), count_);
}

void SealedRun::foresee_keys(RunBlock block) const noexcept {
  file_->foresee(keys_ + block.from * kKeyBytes, block.count * kKeyBytes);
}

Result<void> SealedRun::read_keys(RunBlock block, Keys& keys) const {
  keys.block = {};  // as long as nothing has been read
  auto done = file_->read(keys_ + block.from * kKeyBytes, block.count * kKeyBytes, keys.all.data());
  if (done) keys.block = block;
  return done;
}

Result<std::uint32_t> SealedRun::end_in(RunBlock block, PostingKey key, Keys& keys) const {
  if (auto done = read_keys(block, keys); !done) return tl::unexpected(std::move(done.error()));
  return static_cast<std::uint32_t>(block.from +
                                    not_above(key, bytes_of(keys.all.data()), block.count));
}

Result<SealedRun::Range> SealedRun::newest_before(std::uint32_t end, PostingKey key,
                                                  std::uint64_t limit, Keys& keys) const {
  Range range{end, end};
  while (range.begin > 0 && range.end - range.begin < limit) {
    const std::uint32_t i = range.begin - 1;
    const bool is_here = i >= keys.block.from && i < keys.block.from + keys.block.count;
    if (!is_here) {
      const RunBlock block = keys_behind(i / Layout::kKeysAFence + 1, count_);
      if (auto done = read_keys(block, keys); !done) return tl::unexpected(std::move(done.error()));
    }
    if (keys.all[i - keys.block.from] != key) break;
    --range.begin;
  }
  return range;
}

void SealedRun::foresee_places(Range range) const noexcept {
  file_->foresee(places_ + range.begin * sizeof(Place), (range.end - range.begin) * sizeof(Place));
}

Result<std::vector<SealedRun::Place>> SealedRun::places(Range range) const {
  std::vector<Place> read(range.end - range.begin);
  auto done =
      file_->read(places_ + range.begin * sizeof(Place), read.size() * sizeof(Place), read.data());
  if (!done) return tl::unexpected(std::move(done.error()));
  return read;
}

Result<std::uint32_t> SealedRun::end_of(PostingKey key, Keys& keys) const {
  const auto block = block_of(key);
  if (!block) return tl::unexpected(block.error());
  return end_in(*block, key, keys);
}

Result<std::uint64_t> SealedRun::count_from(PostingKey key, Sequence from) const {
  Keys keys;
  const auto end = end_of(key, keys);
  if (!end) return tl::unexpected(end.error());
  std::uint32_t begin = 0;
  if (key != PostingKey{}) {
    const auto less = end_of(static_cast<PostingKey>(static_cast<std::uint64_t>(key) - 1), keys);
    if (!less) return tl::unexpected(less.error());
    begin = std::min(*end, *less);  // in a damaged run keys may fall
  }
  // Among equal keys numbers rise.
  std::uint32_t above = *end;
  while (begin < above) {
    const std::uint32_t middle = begin + (above - begin) / 2;
    const auto place = places({middle, middle + 1});
    if (!place) return tl::unexpected(place.error());
    if (sequence(place->front()) < from) {
      begin = middle + 1;
    } else {
      above = middle;
    }
  }
  return *end - begin;
}

Result<void> SealedRun::each(const std::function<void(PostingKey, Sequence)>& visit) const {
  Keys keys;
  for (std::size_t fences = 1; fences <= Layout::fences(count_); ++fences) {
    const RunBlock block = keys_behind(fences, count_);
    if (auto done = read_keys(block, keys); !done) return done;
    const auto from = static_cast<std::uint32_t>(block.from);
    const auto read = places({from, from + static_cast<std::uint32_t>(block.count)});
    if (!read) return tl::unexpected(read.error());
    for (std::size_t i = 0; i < block.count; ++i) visit(keys.all[i], sequence((*read)[i]));
  }
  return {};
}

}  // namespace chargemill::runtime::journal
