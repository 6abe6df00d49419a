// A sealed segment, read where it lies: nobody writes it any more, so its reader needs neither a
// transaction nor a place in LMDB's table of readers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/result.hpp"
#include "runtime/journal/file_pieces.hpp"
#include "runtime/journal/sealed_run.hpp"

namespace chargemill::runtime::journal {

/// Finds records by the segment's run and the pages that it names. What it does not find as it
/// should be, it leaves to LMDB.
/// Threads: any.
class SealedFile {
 public:
  using Access = FilePieces::Access;
  struct Place {
    std::string path;
    Sequence first = 1;
    Sequence last_max = 0;
    Access access = Access::descriptor;
  };
  /// False ends the reading.
  using Visit = std::function<bool(const Record&, const std::byte*)>;
  /// Shows record `sequence` by another way, or says what is wrong with it.
  using Otherwise = std::function<Result<bool>(Sequence)>;

  /// Of each place what is there, if its file is sealed and says where its run is; else null. The
  /// beginnings of all are asked for together.
  [[nodiscard]] static std::vector<std::unique_ptr<SealedFile>> open_all(
      const std::vector<Place>& places);
  ~SealedFile() = default;
  SealedFile(const SealedFile&) = delete;
  SealedFile& operator=(const SealedFile&) = delete;

  /// Those that bear `key`, up to number `last`, from the newest on; each is checked. False: it
  /// was stopped.
  [[nodiscard]] Result<bool> newest(PostingKey key, const Visit& visit, const Otherwise& otherwise,
                                    Sequence last = kSequenceMax) const;
  [[nodiscard]] const SealedRun& run() const noexcept { return run_; }
  [[nodiscard]] Access access() const noexcept { return file_->access(); }
  /// Asks for the pages of these records.
  void foresee_records(const std::vector<SealedRun::Place>& places) const noexcept;

 private:
  [[nodiscard]] static std::unique_ptr<SealedFile> open(const Place& place,
                                                        std::unique_ptr<FilePieces> file);
  SealedFile(std::unique_ptr<FilePieces> file, const SealedRun& run) noexcept
      : file_(std::move(file)), run_(run) {}
  /// Shows the record of one posting of `key`; `page`: room for its page.
  [[nodiscard]] Result<bool> show(SealedRun::Place place, PostingKey key, std::byte* page,
                                  const Visit& visit, const Otherwise& otherwise) const;
  void foresee_more(PostingKey key, std::uint32_t end, std::uint32_t most) const;

  std::unique_ptr<FilePieces> file_;
  SealedRun run_;  // in file_
};

/// Asks for all that newest(key) reads of `files`, newest first, up to the record number `limit`, a
/// step of all of them together: the disk is waited for three times, not once a page. Returns how
/// many files it came through.
[[nodiscard]] std::size_t foresee_newest(const std::vector<const SealedFile*>& files,
                                         PostingKey key, std::uint64_t limit);
/// The same of what counting in these runs reads.
void foresee_counts(const std::vector<const SealedFile*>& files, PostingKey key);

}  // namespace chargemill::runtime::journal
