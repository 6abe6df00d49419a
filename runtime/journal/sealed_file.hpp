// A sealed segment, read where it lies: nobody writes it any more, so its reader needs neither a
// transaction nor a place in LMDB's table of readers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.hpp"
#include "runtime/journal/page_map.hpp"
#include "runtime/journal/run_hint.hpp"

namespace chargemill::runtime::journal {

/// Finds records by the segment's run and the pages that it names. What it does not find as it
/// should be, it leaves to LMDB.
/// Threads: any.
class SealedFile {
 public:
  struct Place {
    std::string path;
    Sequence first = 1;
    Sequence last_max = 0;
  };
  /// False ends the reading.
  using Visit = std::function<bool(const Record&, const std::byte*)>;
  /// Shows record `sequence` by another way, or says what is wrong with it.
  using Otherwise = std::function<Result<bool>(Sequence)>;

  /// Of each place what is there, if its file is sealed and says where its run is; else null. The
  /// beginnings of all are asked for together.
  [[nodiscard]] static std::vector<std::unique_ptr<SealedFile>> open_all(
      const std::vector<Place>& places);
  ~SealedFile();
  SealedFile(const SealedFile&) = delete;
  SealedFile& operator=(const SealedFile&) = delete;

  /// Those that bear `key`, from the newest on; each is checked. False: it was stopped.
  [[nodiscard]] Result<bool> newest(PostingKey key, const Visit& visit,
                                    const Otherwise& otherwise) const;
  [[nodiscard]] const RunView& run() const noexcept { return run_; }
  /// Asks for the page of the record that posting `i` means.
  void foresee_record(std::uint32_t i) const noexcept { pages_.foresee_page(run_.page(i)); }

 private:
  class Mapping;
  class OpenFile;
  [[nodiscard]] static std::unique_ptr<SealedFile> open(const Place& place, const OpenFile& file);
  /// `hint` is of the file that is mapped; what it says has been held against the file's size.
  SealedFile(std::unique_ptr<Mapping> mapping, const RunHint& hint, Bytes run);

  std::unique_ptr<Mapping> mapping_;
  PageMap pages_;
  RunHint hint_;
  RunView run_;  // of hint_ and mapping_
};

/// Asks for all that a search for `key` in these runs reads, a step of all of them together: the
/// disk is waited for three times, not once a page. Then newest_of() finds `limit` of each in
/// memory.
void foresee_search(const std::vector<RunView>& runs, PostingKey key, std::uint64_t limit);
/// Asks for all that newest(key) reads of `files`, newest first, up to the record number `limit`.
/// Returns how many files it came through.
[[nodiscard]] std::size_t foresee_newest(const std::vector<const SealedFile*>& files,
                                         PostingKey key, std::uint64_t limit);

}  // namespace chargemill::runtime::journal
