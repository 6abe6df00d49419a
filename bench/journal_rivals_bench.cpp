// Question: what would a database or a queue from the shelf cost in the journal's place?
// Budget:   the journal is to be 4 times as fast as SQLite in WAL mode with the same batches and
//           indexes, and 200 times as fast as with a transaction a record (bar of the design).
#include <benchmark/benchmark.h>
#include <concurrentqueue/concurrentqueue.h>
#include <sqlite3.h>

#include <thread>

#include "bench/support/journal_load.hpp"

namespace chargemill::bench {
namespace {

using namespace runtime::journal;

constexpr std::uint64_t kBatch = 4'096;  // as JournalOptions; likewise below
/// What a commit of the journal takes at full speed, when more wait than it waits for.
constexpr std::uint64_t kBatchMax = 16'384;

/// A table with the journal's fields and indexes, durable with every commit.
class SqliteJournal {
 public:
  explicit SqliteJournal(const std::string& directory) {
    if (sqlite3_open((directory + "/journal.sqlite").c_str(), &database_) != SQLITE_OK) return;
    // A cache as large as our map; its default of 2 MB would be read again for each batch.
    is_good_ = run("PRAGMA journal_mode=WAL") && run("PRAGMA synchronous=FULL") &&
               run("PRAGMA cache_size=-262144") &&
               run("CREATE TABLE records(sequence INTEGER PRIMARY KEY, kind INTEGER, time INTEGER,"
                   " point INTEGER, driver INTEGER, payload BLOB)") &&
               run("CREATE INDEX by_point ON records(point, sequence)") &&
               run("CREATE INDEX by_driver ON records(driver, sequence)") &&
               sqlite3_prepare_v2(database_,
                                  "INSERT INTO records(kind, time, point, driver, payload)"
                                  " VALUES(?, ?, ?, ?, ?)",
                                  -1, &insert_, nullptr) == SQLITE_OK;
  }
  ~SqliteJournal() {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }
  SqliteJournal(const SqliteJournal&) = delete;
  SqliteJournal& operator=(const SqliteJournal&) = delete;

  bool run(const char* text) {
    return sqlite3_exec(database_, text, nullptr, nullptr, nullptr) == SQLITE_OK;
  }
  /// One transaction.
  bool write(RecordSource& source, std::uint64_t records) {
    bool good = is_good_ && run("BEGIN");
    for (std::uint64_t n = 0; good && n < records; ++n) {
      const Record record = source.next();
      sqlite3_bind_int(insert_, 1, static_cast<int>(record.kind));
      sqlite3_bind_int64(insert_, 2, record.time.count());
      sqlite3_bind_int64(insert_, 3, static_cast<std::int64_t>(record.keys[0]));
      sqlite3_bind_int64(insert_, 4, static_cast<std::int64_t>(record.keys[1]));
      sqlite3_bind_blob(insert_, 5, record.payload.data(), static_cast<int>(record.payload.size()),
                        SQLITE_STATIC);
      good = sqlite3_step(insert_) == SQLITE_DONE && sqlite3_reset(insert_) == SQLITE_OK;
    }
    return good && run("COMMIT");
  }

 private:
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  bool is_good_ = false;
};

/// How many, in transactions of `batch`.
std::uint64_t batched_records() { return is_quick() ? 2 * kBatchMax : 32 * kBatchMax; }
bool write_batches(SqliteJournal& journal, RecordSource& source, std::uint64_t batch) {
  bool good = true;
  for (std::uint64_t n = 0; good && n < batched_records(); n += batch)
    good = journal.write(source, batch);
  return good;
}

void sqlite_wal_batched(benchmark::State& state, std::uint64_t batch) {
  for (auto _ : state) {
    state.PauseTiming();
    const BenchFolder folder{"sqlite_batched"};
    SqliteJournal journal{folder.path()};
    RecordSource source{0};
    state.ResumeTiming();
    if (!write_batches(journal, source, batch)) state.SkipWithError("SQLite failed");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batched_records()));
}
BENCHMARK_CAPTURE(sqlite_wal_batched, waits_for, kBatch)
    ->Name("journal/sqlite_wal_batched")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sqlite_wal_batched, takes, kBatchMax)
    ->Name("journal/sqlite_wal_batched_max")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// Into a table that holds half a million already: an empty one would have its indexes in a page.
void sqlite_single(benchmark::State& state) {
  static const BenchFolder folder{"sqlite_single"};
  static SqliteJournal journal{folder.path()};
  static RecordSource source{0};
  static const bool is_filled = write_batches(journal, source, kBatch);
  const std::uint64_t records = is_quick() ? 200 : 10'000;
  bool good = is_filled;
  for (auto _ : state) {
    for (std::uint64_t n = 0; good && n < records; ++n) good = journal.write(source, 1);
  }
  if (!good) state.SkipWithError("SQLite failed");
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(records));
}
BENCHMARK(sqlite_single)
    ->Name("journal/sqlite_single")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

constexpr std::uint32_t kQueue = 16'384;
constexpr std::uint64_t kHanded = 1'000'000;

/// Hands records from one thread to another.
template <class Produce, class Consume>
void hand_over(benchmark::State& state, Produce produce, Consume consume) {
  for (auto _ : state) {
    std::thread producer{[&] {
      RecordSource source{0};
      for (std::uint64_t n = 0; n < kHanded; ++n) {
        const Record record = source.next();
        while (!produce(record)) std::this_thread::yield();
      }
    }};
    std::uint64_t bytes = 0;
    for (std::uint64_t taken = 0; taken < kHanded;) {
      const std::uint64_t more = consume(bytes);
      if (more == 0) std::this_thread::yield();
      taken += more;
    }
    producer.join();
    if (bytes !=
        kHanded * (RecordLayout::kHeaderBytes + 2 * RecordLayout::kKeyBytes + kPayloadBytes))
      state.SkipWithError("records are missing");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kHanded));
}

void hand_over_ring(benchmark::State& state) {
  AppenderRing ring{kQueue};
  std::uint64_t taken = 0;
  hand_over(
      state,
      [&](const Record& record) { return ring.try_push(record) != AppenderRing::Push::full; },
      [&](std::uint64_t& bytes) {
        const std::uint64_t upto = std::min(ring.pushed(), taken + kBatch);
        const std::uint64_t before = taken;
        for (; taken < upto; ++taken) bytes += ring.slot(taken).bytes;
        ring.release(taken);
        return taken - before;
      });
}
BENCHMARK(hand_over_ring)->Name("journal/hand_over_ring")->UseRealTime();

/// The packaged queue, which gives copies, so a batch that may have to be resent is kept aside.
void hand_over_concurrentqueue(benchmark::State& state) {
  using Slot = AppenderRing::Slot;
  moodycamel::ConcurrentQueue<Slot> queue{kQueue, 1, 0};
  const moodycamel::ProducerToken producer{queue};
  moodycamel::ConsumerToken consumer{queue};
  std::vector<Slot> batch(kBatch);
  hand_over(
      state,
      [&](const Record& record) {
        Slot slot;  // NOLINT(cppcoreguidelines-pro-type-member-init): only what is used is written
        slot.bytes = static_cast<std::uint32_t>(encode_record(record, slot.record));
        return queue.try_enqueue(producer, slot);
      },
      [&](std::uint64_t& bytes) {
        const std::uint64_t more = queue.try_dequeue_bulk(consumer, batch.begin(), kBatch);
        for (std::uint64_t i = 0; i < more; ++i) bytes += batch[i].bytes;
        return more;
      });
}
BENCHMARK(hand_over_concurrentqueue)->Name("journal/hand_over_concurrentqueue")->UseRealTime();

}  // namespace
}  // namespace chargemill::bench
