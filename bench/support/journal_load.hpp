// What the journal's benchmarks write, and where.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "bench/support/figures.hpp"
#include "runtime/base/random_stream.hpp"
#include "runtime/journal/journal.hpp"

namespace chargemill::bench {

inline constexpr std::uint64_t kPoints = 100'000;
inline constexpr std::uint64_t kDrivers = 100'000;
inline constexpr std::size_t kPayloadBytes = 96;

[[nodiscard]] inline runtime::journal::PostingKey point_key(std::uint64_t point) {
  return runtime::journal::PostingKey{std::uint64_t{1} << 56U | point};
}
[[nodiscard]] inline runtime::journal::PostingKey driver_key(std::uint64_t driver) {
  return runtime::journal::PostingKey{std::uint64_t{2} << 56U | driver};
}

/// Records of one producer, the same every time.
class RecordSource {
 public:
  explicit RecordSource(std::uint64_t producer) : random_(1, producer, Purpose::choice) {
    payload_.fill('x');
  }
  /// Valid until the next one.
  [[nodiscard]] runtime::journal::Record next() {
    runtime::journal::Record record;
    record.kind = runtime::journal::RecordKind{1};
    record.time = runtime::journal::Micros{++count_};
    record.keys = {point_key(random_.below(kPoints)), driver_key(random_.below(kDrivers))};
    record.payload = {payload_.data(), payload_.size()};
    return record;
  }

 private:
  RandomStream random_;
  std::int64_t count_ = 0;
  std::array<char, kPayloadBytes> payload_{};
};

/// An empty directory on the disk that the build is on; gone with its scope.
class BenchFolder {
 public:
  explicit BenchFolder(const char* name) : path_(path_of(name)) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~BenchFolder() {
    std::error_code code;
    std::filesystem::remove_all(path_, code);
  }
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Of the one called `name`, for other processes.
  [[nodiscard]] static std::string path_of(const char* name) {
    return std::string{CHARGEMILL_SOURCE_DIR "/build/bench_journal/"} + name;
  }

 private:
  std::string path_;
};

/// As a journal's are unless it is told otherwise.
inline const std::uint64_t kSegmentBytes = runtime::journal::ChainOptions{}.segment_bytes;

/// Null when it cannot be opened.
[[nodiscard]] inline std::unique_ptr<runtime::journal::Journal> open_journal(
    const std::string& directory, std::uint64_t segment_bytes = kSegmentBytes) {
  runtime::journal::JournalOptions options;
  options.chain.directory = directory;
  options.chain.segment_bytes = segment_bytes;
  auto journal = runtime::journal::Journal::open(std::move(options));
  return journal ? std::move(*journal) : nullptr;
}
template <class State>
[[nodiscard]] std::unique_ptr<runtime::journal::Journal> open_or_skip(
    State& state, const std::string& directory, std::uint64_t segment_bytes = kSegmentBytes) {
  auto journal = open_journal(directory, segment_bytes);
  if (!journal) state.SkipWithError("the journal cannot be opened");
  return journal;
}

/// Drops the files of a directory from memory. Nobody may have them open.
inline void forget_cached(const std::string& directory) {
  for (const auto& entry : std::filesystem::directory_iterator{directory}) {
    const int file = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) continue;
    (void)::fdatasync(file);
    (void)::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    (void)::close(file);
  }
}

/// Reads the files of a directory into memory.
inline void cache(const std::string& directory) {
  std::array<char, 1U << 16U> bytes{};
  for (const auto& entry : std::filesystem::directory_iterator{directory}) {
    const int file = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) continue;
    while (::read(file, bytes.data(), bytes.size()) > 0) {
    }
    (void)::close(file);
  }
}

}  // namespace chargemill::bench
