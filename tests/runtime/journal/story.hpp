// The small language of the journal's tests.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/journal/directory.hpp"
#include "runtime/journal/journal.hpp"
#include "runtime/journal/reader.hpp"
#include "tests/runtime/journal/child/records.hpp"

namespace chargemill::runtime::journal::test {

/// An empty directory; gone with its scope.
class Folder {
 public:
  /// Below `parent`; by default on the disk that the build is on.
  explicit Folder(const std::string& parent = CHARGEMILL_BINARY_DIR "/journal_tests") {
    const auto* const running = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::path{parent} /
            (std::string{running->name()} + "-" + std::to_string(::getpid()));
    clear();
  }
  ~Folder() {
    std::error_code code;
    std::filesystem::remove_all(path_, code);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void clear() const {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

inline constexpr std::uint64_t kSmallSegment = 1U << 20U;

[[nodiscard]] inline JournalOptions small_options(const std::string& directory) {
  JournalOptions options;
  options.chain.directory = directory;
  options.chain.segment_bytes = kSmallSegment;
  return options;
}
[[nodiscard]] inline std::unique_ptr<Journal> open_journal(const JournalOptions& options) {
  auto journal = Journal::open(options);
  if (!journal) throw std::runtime_error(journal.error().text);
  return std::move(*journal);
}
[[nodiscard]] inline Reader open_reader(const std::string& directory,
                                        Reader::Care care = Reader::Care::usual) {
  auto reader = Reader::open(directory, care);
  if (!reader) throw std::runtime_error(reader.error().text);
  return std::move(*reader);
}

/// Appends the records `from` to `upto` of `producer`; yields while the queue is full.
inline void append(Appender& appender, std::uint64_t producer, std::uint64_t from,
                   std::uint64_t upto) {
  for (std::uint64_t n = from; n <= upto; ++n) {
    const std::string text = text_of(producer, n);
    while (!appender.try_append(record_of(producer, n, text))) std::this_thread::yield();
  }
}

/// What there must be of a journal.
enum class Extent {
  all,
  rest  ///< whatever was dropped at its beginning
};

/// For each producer, how many of its records there are: all from the first on, or from the first
/// one that was not dropped, once, in order. Of whom nothing is left there are 0.
struct Tally {
  std::vector<std::uint64_t> upto;
  Extent extent;

  explicit Tally(std::size_t producers, Extent whole = Extent::all)
      : upto(producers), extent(whole) {}
  /// Counts one record; false if it is not the one that comes next, or was changed.
  [[nodiscard]] bool count(const Record& record) {
    const auto producer = static_cast<std::uint64_t>(record.kind);
    if (producer >= upto.size()) return false;
    if (extent == Extent::rest && upto[producer] == 0)
      upto[producer] = std::max<std::uint64_t>(1, number_in_text(record.payload)) - 1;
    const std::uint64_t n = ++upto[producer];
    return record.payload == text_of(producer, n) && record.keys.size() == 2 &&
           record.keys[0] == producer_key(producer) && record.keys[1] == point_key(n);
  }
};

/// How many of the records 1 to `last` are disowned.
[[nodiscard]] inline std::uint64_t disowned_upto(const std::string& directory, Sequence last) {
  const auto listed = list_journal(directory);
  std::uint64_t sum = 0;
  for (const Disowned& range : listed ? listed->disowned : std::vector<Disowned>{}) {
    if (range.first <= last) sum += std::min(range.last, last) - range.first + 1;
  }
  return sum;
}

/// What is wrong with a journal that nobody writes: something unsound, lost, twice or out of order;
/// nothing: "". Fills `tally`.
[[nodiscard]] inline std::string problem_of(const std::string& directory, Tally& tally) {
  auto reader = Reader::open(directory, Reader::Care::suspicious);
  if (!reader) return reader.error().text;
  const auto checked = reader->check();
  if (!checked) return checked.error().text;
  std::string problem;
  const auto shown = reader->scan(1, [&](const Record& record) {
    if (!tally.count(record)) problem = "record " + std::to_string(record.sequence) + " is wrong";
    return problem.empty();
  });
  if (!shown) return shown.error().text;
  if (problem.empty() && *shown + disowned_upto(directory, *checked) != *checked)
    return "not all records are shown";
  return problem;
}
[[nodiscard]] inline Tally tally_of(const std::string& directory, std::size_t producers,
                                    Extent extent = Extent::all) {
  Tally tally{producers, extent};
  EXPECT_EQ(problem_of(directory, tally), "");
  return tally;
}

}  // namespace chargemill::runtime::journal::test
