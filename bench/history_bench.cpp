// Question: how long does a journal of ten million records take to say what people ask it: faults,
//           their statistics, sessions, tickets; of one charge point, one driver, since a time?
// Budget:   microseconds to milliseconds in memory: counts read postings only, a row costs one or
//           two look-ups, statistics look at 20,000 events at most. Cold, opening included: a few
//           waits for the disk for those of one name, one more step for the rows' sessions.
// Shape:    the journal that restart_bench goes on with. Warm: all files are in memory and open.
//           Cold: before each of 11 looks all are dropped from memory; the median.
#include <benchmark/benchmark.h>

#include <map>
#include <optional>
#include <string>

#include "actors/archive/history.hpp"
#include "actors/network/annex.hpp"
#include "actors/network/division.hpp"
#include "bench/support/evening.hpp"
#include "runtime/observe/latency_histogram.hpp"

namespace chargemill::bench {
namespace {

using namespace std::chrono_literals;
using archive::Filter;
using archive::History;
using archive::UtcMicros;
using Clock = std::chrono::steady_clock;

/// Whose past is asked for, and since when.
struct Who {
  std::string point;
  std::string driver;
  UtcMicros since{};  ///< half an hour before the newest record
};
Who anybody(RandomStream& random, UtcMicros newest) {
  const std::uint32_t points = evening_points();
  return {network::generated_point_name(static_cast<std::uint32_t>(random.below(points))),
          network::generated_driver_name(static_cast<std::uint32_t>(random.below(points / 2))),
          newest - 30min};
}

/// How many rows there were; none: it could not be read.
using Rows = std::optional<std::uint64_t>;
template <class R>
Rows rows_in(const Result<std::vector<R>>& rows) {
  return rows ? Rows{rows->size()} : std::nullopt;
}
Rows events_in(const Result<archive::FaultStatistics>& statistics) {
  return statistics ? Rows{statistics->total_events} : std::nullopt;
}

Rows stats_of_point(History& history, const Who& who) {
  return events_in(history.statistics(who.point, UtcMicros::min()));
}
Rows stats_of_point_since(History& history, const Who& who) {
  return events_in(history.statistics(who.point, who.since));
}
Rows stats_since(History& history, const Who& who) {
  return events_in(history.statistics("", who.since));
}
Rows stats(History& history, const Who&) {
  return events_in(history.statistics("", UtcMicros::min()));
}
Filter since(const Who& who) {
  Filter filter;
  filter.since = who.since;
  return filter;
}
Filter of_point(const Who& who) {
  Filter filter;
  filter.point = who.point;
  return filter;
}
Filter of_driver(const Who& who) {
  Filter filter;
  filter.driver = who.driver;
  return filter;
}

Rows faults_since(History& history, const Who& who) { return rows_in(history.faults(since(who))); }
Rows faults_of_point(History& history, const Who& who) {
  return rows_in(history.faults(of_point(who)));
}
Rows sessions_of_point(History& history, const Who& who) {
  return rows_in(history.sessions(of_point(who)));
}
Rows sessions_of_driver(History& history, const Who& who) {
  return rows_in(history.sessions(of_driver(who)));
}
Rows sessions_since(History& history, const Who& who) {
  return rows_in(history.sessions(since(who)));
}
Rows tickets_of_driver(History& history, const Who& who) {
  return rows_in(history.tickets(of_driver(who)));
}
Rows tickets_since(History& history, const Who& who) {
  return rows_in(history.tickets(since(who)));
}

struct Question {
  const char* name;
  Rows (*ask)(History&, const Who&);
};
constexpr Question kQuestions[] = {{"stats_of_point", stats_of_point},
                                   {"stats_of_point_since", stats_of_point_since},
                                   {"stats_since", stats_since},
                                   {"stats", stats},
                                   {"faults_since", faults_since},
                                   {"faults_of_point", faults_of_point},
                                   {"sessions_of_point", sessions_of_point},
                                   {"sessions_of_driver", sessions_of_driver},
                                   {"sessions_since", sessions_since},
                                   {"tickets_of_driver", tickets_of_driver},
                                   {"tickets_since", tickets_since}};

/// Milliseconds of opening and asking when nothing of the files is in memory; below 0: it failed.
double cold_ms(const Question& question, RandomStream& random, UtcMicros newest) {
  runtime::LatencyHistogram times;
  for (int look = 0; look < 11; ++look) {
    const Who who = anybody(random, newest);
    forget_cached(EveningJournal::get().path());
    const auto begin = Clock::now();
    auto history = History::open(EveningJournal::get().path());
    if (!history || !question.ask(*history, who)) return -1.0;
    times.record(Clock::now() - begin);
  }
  return milliseconds(times.quantile(0.5));
}

/// The cold figures of all questions, taken once; then all is in memory.
struct ColdFigures {
  UtcMicros newest{};
  std::map<std::string, double> ms;  ///< by name; empty: the journal cannot be read

  [[nodiscard]] static const ColdFigures& get() {
    static const ColdFigures figures;
    return figures;
  }

 private:
  ColdFigures() {
    const EveningJournal& evening = EveningJournal::get();
    if (!evening.is_there()) return;
    {
      auto history = History::open(evening.path());
      if (!history) return;
      newest = history->newest_time().value_or(std::nullopt).value_or(UtcMicros{});
    }
    RandomStream random{1, 0, Purpose::choice};
    for (const Question& question : kQuestions)
      ms[question.name] = cold_ms(question, random, newest);
    cache(evening.path());
  }
};

void ask(benchmark::State& state, const Question& question) {
  const ColdFigures& cold = ColdFigures::get();
  const auto found = cold.ms.find(question.name);
  auto history = History::open(EveningJournal::get().path());
  RandomStream random{2, 0, Purpose::choice};
  const bool is_read = found != cold.ms.end() && found->second >= 0 && history &&
                       question.ask(*history, anybody(random, cold.newest));
  if (!is_read) return state.SkipWithError("the journal of the evening cannot be read");
  std::uint64_t shown = 0;
  for (auto _ : state) {
    const Rows rows = question.ask(*history, anybody(random, cold.newest));
    if (!rows) return state.SkipWithError("it cannot be read");
    shown += *rows;
  }
  // Not everybody has something to tell, but somebody has.
  if (shown == 0 && state.iterations() > 1'000) state.SkipWithError("nothing was found");
  state.counters["cold_ms"] = found->second;
  state.counters["rows"] = static_cast<double>(shown) /
                           static_cast<double>(std::max<std::int64_t>(1, state.iterations()));
  state.SetItemsProcessed(state.iterations());
}

[[maybe_unused]] const bool kAreKnown = [] {
  for (const Question& question : kQuestions) {
    const std::string name = std::string{"journal/history/"} + question.name;
    benchmark::RegisterBenchmark(name.c_str(), ask, question)
        ->UseRealTime()
        ->Unit(benchmark::kMicrosecond);
  }
  return true;
}();

}  // namespace
}  // namespace chargemill::bench
