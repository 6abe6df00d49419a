#include "runtime/journal/sealed_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/journal/page_layout.hpp"
#include "runtime/journal/page_map.hpp"
#include "runtime/journal/postings_ahead.hpp"
#include "runtime/journal/record_codec.hpp"

namespace chargemill::runtime::journal {

std::vector<std::unique_ptr<SealedFile>> SealedFile::open_all(const std::vector<Place>& places) {
  std::vector<std::unique_ptr<SealedFile>> opened(places.size());
  std::vector<std::unique_ptr<FilePieces>> files;
  files.reserve(places.size());
  for (const Place& place : places) {
    files.push_back(FilePieces::open(place.path, place.access));
    if (files.back()) files.back()->foresee(0, PageLayout::kBytes);
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (files[i]) opened[i] = open(places[i], std::move(files[i]));
  }
  return opened;
}

std::unique_ptr<SealedFile> SealedFile::open(const Place& place, std::unique_ptr<FilePieces> file) {
  HintBytes bytes{};
  if (!file->read(HintLayout::kAt, bytes.size(), bytes.data())) return nullptr;
  const auto hint = decode_hint(bytes);
  if (!hint) return nullptr;
  const auto run = SealedRun::in(*file, *hint);
  const bool fits = run && run->first() >= place.first && run->first() <= run->last() &&
                    run->last() <= place.last_max;
  if (!fits) return nullptr;
  // The constructor is private.
  return std::unique_ptr<SealedFile>{new SealedFile(std::move(file), *run)};
}

Result<bool> SealedFile::newest(PostingKey key, const Visit& visit, const Otherwise& otherwise,
                                Sequence last) const {
  SealedRun::Keys keys;
  auto end = run_.end_of(key, keys);
  if (!end) return tl::unexpected(end.error());
  if (last < run_.last()) {
    const auto beyond = run_.count_from(key, last + 1);
    if (!beyond) return tl::unexpected(beyond.error());
    *end -= static_cast<std::uint32_t>(std::min<std::uint64_t>(*beyond, *end));
  }
  PostingsAhead ahead;
  std::array<std::byte, PageLayout::kBytes> page;
  for (std::uint32_t upto = *end; upto > 0;) {
    const auto range = run_.newest_before(upto, key, RunLayout::kKeysAFence, keys);
    if (!range) return tl::unexpected(range.error());
    if (range->begin == upto) break;
    const auto places = run_.places(*range);
    if (!places) return tl::unexpected(places.error());
    for (; upto > range->begin; --upto) {
      if (const auto most = ahead.wish(); most > 0) foresee_more(key, upto, most);
      const SealedRun::Place place = (*places)[upto - 1 - range->begin];
      auto more = show(place, key, page.data(), visit, otherwise);
      if (!more || !*more) return more;
    }
  }
  return true;
}

/// A page that cannot be read is one where the record is not: LMDB's way says what is wrong.
Result<bool> SealedFile::show(SealedRun::Place place, PostingKey key, std::byte* page,
                              const Visit& visit, const Otherwise& otherwise) const {
  const Sequence sequence = run_.sequence(place);
  Bytes bytes;
  if (file_->read(std::uint64_t{place.page} * PageLayout::kBytes, PageLayout::kBytes, page))
    bytes = record_in(page, place.page, sequence);
  const auto record = decode_record(bytes.at, bytes.count, sequence);
  if (!record) return otherwise(sequence);
  // A posting that says what the record does not is no reason to show it.
  const bool bears = std::find(record->keys.begin(), record->keys.end(), key) != record->keys.end();
  return !bears || visit(*record, bytes.at);
}

/// Asks for the pages of the records of the `most` postings of `key` before posting `end`. What
/// cannot be read newest() finds out.
void SealedFile::foresee_more(PostingKey key, std::uint32_t end, std::uint32_t most) const {
  SealedRun::Keys keys;
  const auto range = run_.newest_before(end, key, most, keys);
  if (!range) return;
  run_.foresee_places(*range);
  if (const auto places = run_.places(*range)) foresee_records(*places);
}

void SealedFile::foresee_records(const std::vector<SealedRun::Place>& places) const noexcept {
  std::uint32_t last = 0;  // no record is in the first page
  for (const SealedRun::Place place : places) {
    // Neighbours are often in one page.
    if (place.page != last)
      file_->foresee(std::uint64_t{place.page} * PageLayout::kBytes, PageLayout::kBytes);
    last = place.page;
  }
}

namespace {

/// What a search reads before it knows its postings. Returns the keys to search, none of what
/// cannot be read.
std::vector<RunBlock> foresee_keys(const std::vector<const SealedFile*>& files, PostingKey key) {
  for (const SealedFile* file : files) file->run().foresee_fences(key);
  std::vector<RunBlock> blocks;
  blocks.reserve(files.size());
  for (const SealedFile* file : files) {
    blocks.push_back(file->run().block_of(key).value_or(RunBlock{}));
    file->run().foresee_keys(blocks.back());
  }
  return blocks;
}

SealedRun::Range newest_in(const SealedRun& run, RunBlock block, PostingKey key,
                           std::uint64_t limit) {
  SealedRun::Keys keys;
  const auto end = run.end_in(block, key, keys);
  if (!end) return {};
  return run.newest_before(*end, key, limit, keys).value_or(SealedRun::Range{});
}

}  // namespace

std::size_t foresee_newest(const std::vector<const SealedFile*>& files, PostingKey key,
                           std::uint64_t limit) {
  const auto blocks = foresee_keys(files, key);
  std::vector<SealedRun::Range> ranges;
  ranges.reserve(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    ranges.push_back(newest_in(files[i]->run(), blocks[i], key, limit));
    files[i]->run().foresee_places(ranges.back());
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto [begin, end] = ranges[i];
    if (end - begin > limit) begin = end - static_cast<std::uint32_t>(limit);
    if (const auto places = files[i]->run().places({begin, end}))
      files[i]->foresee_records(*places);
    limit -= end - begin;
    if (limit == 0) return i;  // it may have more
  }
  return files.size();
}

void foresee_counts(const std::vector<const SealedFile*>& files, PostingKey key) {
  (void)foresee_keys(files, key);
}

}  // namespace chargemill::runtime::journal
