// Question: how much of an acknowledgement is the disk's, whatever the journal does?
// Budget:   none: it is what the bar of journal/acknowledge_200k has to be held against. A commit
//           waits for two flushes, that of its pages and that of the meta page, so the p99 of an
//           acknowledgement cannot be below twice the p50 of the two together: a record that comes
//           while one is under way waits for its rest and for the next.
// Shape:    512 commits of 320 KiB, what 1,600 records make of one, one after the other, without
//           LMDB and without anything beside them. `grown`: at the end of a file, as the journal
//           writes; `written_before`: into a file that is there already, where the disk has to
//           remember no new size and no new blocks. Their difference is what a segment that is
//           written in full before it is used would save, for twice the bytes.
#include <benchmark/benchmark.h>

#include <vector>

#include "bench/support/journal_load.hpp"
#include "runtime/observe/latency_histogram.hpp"

namespace chargemill::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPageBytes = 4'096;
constexpr std::size_t kCommitBytes = 80 * kPageBytes;

/// A file that is written as LMDB writes one.
class CommittedFile {
 public:
  explicit CommittedFile(const std::string& path)
      : pages_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)),
        meta_(::open(path.c_str(), O_WRONLY | O_DSYNC | O_CLOEXEC)) {}
  ~CommittedFile() {
    if (pages_ >= 0) (void)::close(pages_);
    if (meta_ >= 0) (void)::close(meta_);
  }
  CommittedFile(const CommittedFile&) = delete;
  CommittedFile& operator=(const CommittedFile&) = delete;

  /// Number `i` of as many as one likes.
  [[nodiscard]] bool commit(std::size_t i) {
    return put(pages_, kCommitBytes, kPageBytes + i * kCommitBytes) && ::fdatasync(pages_) == 0 &&
           put(meta_, kPageBytes, 0);
  }

 private:
  [[nodiscard]] bool put(int file, std::size_t bytes, std::size_t at) const {
    return ::pwrite(file, data_.data(), bytes, static_cast<off_t>(at)) ==
           static_cast<ssize_t>(bytes);
  }

  std::vector<char> data_ = std::vector<char>(kCommitBytes, 'x');
  int pages_;
  int meta_;
};

void disk_alone(benchmark::State& state, bool is_written_before) {
  const std::size_t commits = is_quick() ? 16 : 512;
  runtime::LatencyHistogram times;
  for (auto _ : state) {
    const BenchFolder folder{"disk_alone"};
    CommittedFile file{folder.path() + "/file"};
    bool is_good = true;
    for (std::size_t i = 0; is_written_before && i < commits; ++i)
      is_good = file.commit(i) && is_good;
    for (std::size_t i = 0; i < commits; ++i) {
      const auto begin = Clock::now();
      is_good = file.commit(i) && is_good;
      times.record(Clock::now() - begin);
    }
    if (!is_good) state.SkipWithError("the disk cannot be written");
  }
  state.counters["p50_ms"] = milliseconds(times.quantile(0.5));
  state.counters["p99_ms"] = milliseconds(times.quantile(0.99));
  state.counters["max_ms"] = milliseconds(times.max());
}
BENCHMARK_CAPTURE(disk_alone, grown, false)
    ->Name("journal/disk_alone/grown")
    ->UseRealTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(disk_alone, written_before, true)
    ->Name("journal/disk_alone/written_before")
    ->UseRealTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chargemill::bench
