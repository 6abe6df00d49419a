// Question: can every record of a network of 200,000 events a second be durable before it is
//           promised, and found again by the charge point or the driver?
// Budget:   1 M durable records/s from two producers (a flush costs 0.2 ms here, so a batch of
//           thousands is bound by encoding and copying, not by the disk); 150 ns of the producer's
//           time; p99 of the acknowledgement 20 ms at 200,000 records/s (5 ms of gathering and a
//           commit); newest 100 of 10 M records 5 ms cold, 1 ms warm (a few pages a run), until a
//           time deep in them as well (some twenty look-ups more, to find where that time is).
// Records:  96 bytes of payload and two keys among 100,000 each, at random: the hard case for an
//           index, as nearly every record of a batch has keys of its own.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <optional>
#include <thread>

#include "actors/archive/codec.hpp"
#include "bench/support/journal_load.hpp"
#include "runtime/journal/reader.hpp"
#include "runtime/observe/latency_histogram.hpp"

namespace chargemill::bench {
namespace {

using namespace std::chrono_literals;
using namespace runtime::journal;
using Clock = std::chrono::steady_clock;

constexpr unsigned kProducers = 2;

/// Appends `records` at full speed; waits for the disk where the queue is full. Returns the
/// nanoseconds that an append took, from bursts that met no full queue.
double append_all(Journal& journal, Appender& appender, std::uint64_t producer,
                  std::uint64_t records) {
  constexpr unsigned kBurst = 64;
  RecordSource source{producer};
  Nanos spent{0};
  std::uint64_t counted = 0;
  for (std::uint64_t n = 0; n < records; n += kBurst) {
    bool was_refused = false;
    const auto begin = Clock::now();
    for (unsigned i = 0; i < kBurst; ++i) {
      const Record record = source.next();
      while (!appender.try_append(record)) {
        was_refused = true;
        (void)journal.wait_durable(appender, appender.durable() + 1, 1s);
      }
    }
    if (was_refused) continue;
    spent += Clock::now() - begin;
    counted += kBurst;
  }
  return counted == 0 ? 0.0 : static_cast<double>(spent.count()) / static_cast<double>(counted);
}

void durable_append(benchmark::State& state) {
  constexpr std::uint64_t kRecords = 1'024'000;  // of each producer
  double cost = 0.0;
  runtime::LatencyHistogram commits;
  for (auto _ : state) {
    state.PauseTiming();
    const BenchFolder folder{"durable_append"};
    auto journal = open_or_skip(state, folder.path());
    if (!journal) return;
    Appender* appenders[kProducers];
    for (auto& appender : appenders) appender = &journal->add_appender();
    state.ResumeTiming();
    std::thread other{[&] { (void)append_all(*journal, *appenders[1], 1, kRecords); }};
    cost = append_all(*journal, *appenders[0], 0, kRecords);
    other.join();
    for (const Appender* appender : appenders) {
      if (!journal->wait_durable(*appender, kRecords, 60s)) state.SkipWithError("not durable");
    }
    state.PauseTiming();
    const JournalStatus status = journal->status();
    if (status.records != kProducers * kRecords || status.failures != 0)
      state.SkipWithError("records are missing");
    if (cost <= 0.0) state.SkipWithError("every burst met a full queue: no append was measured");
    commits = status.commit_times;
    journal.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kProducers * kRecords));
  state.counters["append_ns"] = cost;
  state.counters["commit_p50_ms"] = milliseconds(commits.quantile(0.5));
  state.counters["commit_p99_ms"] = milliseconds(commits.quantile(0.99));
}
BENCHMARK(durable_append)
    ->Name("journal/durable_append")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// One producer's share of the steady load: every millisecond its records of that millisecond.
/// Latency counts from when a record was due.
class SteadyProducer {
 public:
  static constexpr std::uint64_t kPerMilli = 100;

  SteadyProducer(Journal& journal, std::uint64_t producer, Clock::time_point start)
      : source_(producer), start_(start), appender_(&journal.add_appender([this](std::uint64_t n) {
          const auto now = Clock::now();
          for (; heard_ < n; ++heard_) latency_.record(now - due(heard_));
        })) {}

  void run(std::uint64_t millis) {
    for (std::uint64_t ms = 0; ms < millis; ++ms) {
      std::this_thread::sleep_until(due(ms * kPerMilli));
      const auto begin = Clock::now();
      for (std::uint64_t i = 0; i < kPerMilli; ++i) {
        const Record record = source_.next();
        while (!appender_->try_append(record)) std::this_thread::yield();
      }
      spent_ += Clock::now() - begin;
    }
  }
  [[nodiscard]] const Appender& appender() const { return *appender_; }
  /// Requires that the journal has ended.
  [[nodiscard]] const runtime::LatencyHistogram& latency() const { return latency_; }
  [[nodiscard]] double append_ns() const {
    return static_cast<double>(spent_.count()) / static_cast<double>(appended());
  }
  [[nodiscard]] std::uint64_t appended() const { return appender_->appended(); }

 private:
  [[nodiscard]] Clock::time_point due(std::uint64_t n) const {
    return start_ + std::chrono::microseconds{n * 1'000 / kPerMilli};
  }

  RecordSource source_;
  Clock::time_point start_;
  runtime::LatencyHistogram latency_;  // written by the journal's writer
  std::uint64_t heard_ = 0;            // written by the journal's writer
  Nanos spent_{0};
  Appender* appender_;
};

void acknowledge_200k(benchmark::State& state, std::uint64_t segment_bytes) {
  constexpr std::uint64_t kMillis = 10'000;
  runtime::LatencyHistogram latency;
  JournalStatus status;
  double cost = 0.0;
  for (auto _ : state) {
    const BenchFolder folder{"acknowledge_200k"};
    auto journal = open_or_skip(state, folder.path(), segment_bytes);
    if (!journal) return;
    const auto start = Clock::now() + 10ms;
    SteadyProducer producers[kProducers] = {{*journal, 0, start}, {*journal, 1, start}};
    std::thread other{[&] { producers[1].run(kMillis); }};
    producers[0].run(kMillis);
    other.join();
    cost = producers[0].append_ns();
    const std::uint64_t appended = producers[0].appended() + producers[1].appended();
    for (const auto& producer : producers) {
      if (!journal->wait_durable(producer.appender(), producer.appended(), 60s))
        state.SkipWithError("not durable");
    }
    status = journal->status();
    journal.reset();
    for (const auto& producer : producers) latency.merge(producer.latency());
    if (latency.count() % appended != 0) state.SkipWithError("acknowledgements are missing");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(latency.count()));
  state.counters["append_ns"] = cost;
  state.counters["p50_ms"] = milliseconds(latency.quantile(0.5));
  state.counters["p99_ms"] = milliseconds(latency.quantile(0.99));
  state.counters["p999_ms"] = milliseconds(latency.quantile(0.999));
  state.counters["max_ms"] = milliseconds(latency.max());
  state.counters["commit_p50_ms"] = milliseconds(status.commit_times.quantile(0.5));
  state.counters["commit_p99_ms"] = milliseconds(status.commit_times.quantile(0.99));
  state.counters["segments"] = static_cast<double>(status.segments);
}
BENCHMARK_CAPTURE(acknowledge_200k, usual, kSegmentBytes)
    ->Name("journal/acknowledge_200k")
    ->UseRealTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
/// All in one segment: none is begun and none is sealed meanwhile. What the one above takes longer
/// is theirs: a seal merges all postings and writes 16 bytes of each, 33 MB here.
BENCHMARK_CAPTURE(acknowledge_200k, one_segment, std::uint64_t{512} << 20U)
    ->Name("journal/acknowledge_200k_one_segment")
    ->UseRealTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

/// A journal of many records, made once and kept for all repetitions.
class BigJournal {
 public:
  BigJournal() : folder_("history"), records_(is_quick() ? 200'000 : 10'000'000) {
    auto journal = open_journal(folder_.path());
    if (!journal) return;
    Appender& appender = journal->add_appender();
    (void)append_all(*journal, appender, 0, records_);
    (void)journal->wait_durable(appender, records_, 120s);
  }
  [[nodiscard]] static const BigJournal& get() {
    static const BigJournal journal;
    return journal;
  }
  [[nodiscard]] const std::string& path() const { return folder_.path(); }
  /// As many as were to be written.
  [[nodiscard]] std::uint64_t records() const { return records_; }

 private:
  BenchFolder folder_;
  std::uint64_t records_;
};

/// Asks a journal of so many records about somebody: how many there were, which may be none in a
/// short journal; nothing after an error.
using Look = std::optional<std::uint64_t> (*)(Reader& reader, RandomStream& random,
                                              std::uint64_t records);

/// The newest 100 of a point.
std::optional<std::uint64_t> newest_100(Reader& reader, RandomStream& random, std::uint64_t) {
  bool is_right = true;
  const PostingKey key = point_key(random.below(kPoints));
  const auto shown = reader.newest(key, 100, [&](const Record& record) {
    is_right = is_right && record.keys[0] == key;
    return is_right;
  });
  if (!shown || !is_right) return std::nullopt;
  return *shown;
}

/// Those that are no younger than a time in the second half, as `chargemill history --until` looks
/// for them: of 10 M records a point has some 70.
std::optional<std::uint64_t> until_100(Reader& reader, RandomStream& random,
                                       std::uint64_t records) {
  const PostingKey key = point_key(random.below(kPoints));
  const Sequence last = records / 2 + random.below(records / 5 * 2);
  const Micros until{static_cast<std::int64_t>(last)};  // that of record `last`
  const auto younger = reader.first_since(until + Micros{1});
  if (!younger || *younger != last + 1) return std::nullopt;
  bool is_right = true;
  std::uint64_t shown = 0;
  const Reader::Visit visit = [&](const Record& record) {
    if (record.time > until) return true;
    is_right = record.keys[0] == key && record.sequence <= last;
    return is_right && ++shown < 100;
  };
  // Workers write side by side, so a look begins that much later.
  const auto read = reader.newest(key, kSequenceMax, visit, *younger + archive::kDisorderMax);
  if (!read || !is_right) return std::nullopt;
  return shown;
}

/// Milliseconds of opening and one look when nothing of the files is in memory: the median. Below
/// 0: it cannot be read.
double cold_ms(const BigJournal& journal, RandomStream& random, Look look) {
  runtime::LatencyHistogram times;
  for (int i = 0; i < 21; ++i) {
    forget_cached(journal.path());
    const auto begin = Clock::now();
    auto reader = Reader::open(journal.path());
    if (!reader || !look(*reader, random, journal.records())) return -1.0;
    times.record(Clock::now() - begin);
  }
  return milliseconds(times.quantile(0.5));
}

void history(benchmark::State& state, Look look) {
  const BigJournal& journal = BigJournal::get();
  RandomStream random{1, 0, Purpose::choice};
  const double cold = cold_ms(journal, random, look);
  const auto begin = Clock::now();
  { (void)open_journal(journal.path()); }
  state.counters["reopen_ms"] = milliseconds(Clock::now() - begin);
  auto reader = Reader::open(journal.path());
  if (!reader) return state.SkipWithError(reader.error().text.c_str());
  const auto last = reader->last();
  if (cold < 0 || !last || *last != journal.records())
    return state.SkipWithError("not all records are there");
  cache(journal.path());
  std::uint64_t shown = 0;
  for (auto _ : state) {
    const auto found = look(*reader, random, journal.records());
    if (!found) {
      state.SkipWithError("not read, or not what was asked for");
      break;
    }
    shown += *found;
  }
  if (shown == 0 && state.iterations() > 100) state.SkipWithError("nothing found");
  state.counters["cold_ms"] = cold;
  state.counters["records"] = static_cast<double>(*last);
  state.counters["shown"] = static_cast<double>(shown) /
                            static_cast<double>(std::max<std::int64_t>(1, state.iterations()));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(history, newest_100, newest_100)
    ->Name("journal/history_newest_100")
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(history, until_100, until_100)
    ->Name("journal/history_until_100")
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace chargemill::bench
