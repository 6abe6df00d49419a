#include "runtime/journal/sealed_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "runtime/journal/page_layout.hpp"
#include "runtime/journal/postings_ahead.hpp"
#include "runtime/journal/record_codec.hpp"

namespace chargemill::runtime::journal {

/// An open file whose beginning has been asked for.
class SealedFile::OpenFile {
 public:
  explicit OpenFile(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    // Just so much: around a page that is read unasked the kernel reads as far as the disk is set.
    if (file_ >= 0) (void)::posix_fadvise(file_, 0, PageLayout::kBytes, POSIX_FADV_WILLNEED);
  }
  OpenFile(OpenFile&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile() {
    if (file_ >= 0) (void)::close(file_);
  }
  [[nodiscard]] int number() const noexcept { return file_; }
  [[nodiscard]] std::optional<RunHint> hint() const noexcept {
    HintBytes bytes{};
    if (file_ < 0 || ::pread(file_, bytes.data(), bytes.size(), HintLayout::kAt) !=
                         static_cast<ssize_t>(bytes.size()))
      return std::nullopt;
    return decode_hint(bytes);
  }

 private:
  int file_;
};

/// All of a file in memory, for reading here and there.
class SealedFile::Mapping {
 public:
  explicit Mapping(int file) noexcept {
    struct stat about {};
    if (::fstat(file, &about) != 0 || about.st_size <= 0) return;
    const auto bytes = static_cast<std::size_t>(about.st_size);
    void* const at = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0);
    if (at == MAP_FAILED) return;
    (void)::madvise(at, bytes, MADV_RANDOM);
    all_ = {static_cast<const std::byte*>(at), bytes};
  }
  ~Mapping() {
    if (all_.at != nullptr) (void)::munmap(const_cast<std::byte*>(all_.at), all_.count);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  [[nodiscard]] PageMap pages() const noexcept {
    return {all_.at, all_.count / PageLayout::kBytes};
  }

 private:
  Bytes all_;
};

SealedFile::SealedFile(std::unique_ptr<Mapping> mapping, const RunHint& hint, Bytes run)
    : mapping_(std::move(mapping)),
      pages_(mapping_->pages()),
      hint_(hint),
      run_(*RunView::over(run, hint_.head.data())) {}

SealedFile::~SealedFile() = default;

std::vector<std::unique_ptr<SealedFile>> SealedFile::open_all(const std::vector<Place>& places) {
  constexpr std::size_t kTogetherMax = 128;  // descriptors
  std::vector<std::unique_ptr<SealedFile>> opened(places.size());
  for (std::size_t begin = 0; begin < places.size(); begin += kTogetherMax) {
    const std::size_t end = std::min(places.size(), begin + kTogetherMax);
    std::vector<OpenFile> files;
    files.reserve(end - begin);
    for (std::size_t i = begin; i < end; ++i) files.emplace_back(places[i].path);
    for (std::size_t i = begin; i < end; ++i) opened[i] = open(places[i], files[i - begin]);
  }
  return opened;
}

std::unique_ptr<SealedFile> SealedFile::open(const Place& place, const OpenFile& file) {
  const auto hint = file.hint();
  if (!hint) return nullptr;
  auto mapping = std::make_unique<Mapping>(file.number());
  const Bytes bytes = mapping->pages().large_value(hint->page, hint->bytes);
  const auto run = RunView::over(bytes, hint->head.data());
  const bool fits = run && run->first() >= place.first && run->first() <= run->last() &&
                    run->last() <= place.last_max;
  if (!fits) return nullptr;
  // The constructor is private.
  return std::unique_ptr<SealedFile>{new SealedFile(std::move(mapping), *hint, bytes)};
}

Result<bool> SealedFile::newest(PostingKey key, const Visit& visit,
                                const Otherwise& otherwise) const {
  PostingsAhead ahead;
  for (std::uint32_t i = run_.end_of(key); i > 0 && run_.key(i - 1) == key; --i) {
    if (const auto most = ahead.wish(); most > 0)
      foresee_pages(run_, pages_, foresee_places(run_, key, i, most));
    const Sequence sequence = run_.sequence(i - 1);
    const Bytes bytes = pages_.record(run_.page(i - 1), sequence);
    const auto record = decode_record(bytes.at, bytes.count, sequence);
    if (!record) {
      auto more = otherwise(sequence);
      if (!more || !*more) return more;
      continue;
    }
    // A posting that says what the record does not is no reason to show it.
    const bool bears =
        std::find(record->keys.begin(), record->keys.end(), key) != record->keys.end();
    if (bears && !visit(*record, bytes.at)) return false;
  }
  return true;
}

void foresee_search(const std::vector<RunView>& runs, PostingKey key, std::uint64_t limit) {
  for (const RunView& run : runs) foresee(run.fences_of(key));
  for (const RunView& run : runs) foresee(run.keys_of(key));
  for (const RunView& run : runs) foresee(run.places_of(run.newest_of(key, limit)));
}

std::size_t foresee_newest(const std::vector<const SealedFile*>& files, PostingKey key,
                           std::uint64_t limit) {
  std::vector<RunView> runs;
  runs.reserve(files.size());
  for (const SealedFile* file : files) runs.push_back(file->run());
  foresee_search(runs, key, limit);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto range = runs[i].newest_of(key, limit);
    for (std::uint32_t p = range.begin; p < range.end; ++p) files[i]->foresee_record(p);
    limit -= range.end - range.begin;
    if (limit == 0) return i;  // it may have more
  }
  return files.size();
}

}  // namespace chargemill::runtime::journal
