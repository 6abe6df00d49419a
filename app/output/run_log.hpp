// What happened in a run, for machines: one JSON object a line.
#pragma once

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "app/output/kept_log.hpp"
#include "app/output/log_counts.hpp"
#include "runtime/base/units.hpp"
#include "runtime/resilience/token_bucket.hpp"

namespace chargemill::app {

/// Whom lines come from, and when its model time began.
struct LogSource {
  std::string run;                ///< the name of its directory, or of its scenario
  std::string node = "local";     ///< as the cluster calls it
  std::string role = "alone";     ///< of several nodes: leads
  std::int64_t start_unix_s = 0;  ///< SimTime{} in UTC
};

/// `{"ts":"2026-01-05T00:00:00.000000000Z","level":"info","msg":"the run begins","event":"start",
/// "run":"demo","node":"local","role":"alone","worker":null,"sim_ts":null,...}` and a line feed:
/// the time in UTC; `msg` is the same for every line of an event; no worker writes any; `sim`:
/// model time as of the last look, none before the run. Then `fields` (an object). Bytes that are
/// not UTF-8 are replaced.
[[nodiscard]] std::string log_line(std::chrono::system_clock::time_point at, Level level,
                                   const char* event, const LogSource& source,
                                   std::optional<SimTime> sim,
                                   const nlohmann::ordered_json& fields);

/// log.ndjson of a run directory: lines are only ever appended, and each is flushed, so the log of
/// a run that was killed ends with what it did last. Without a file nothing is written.
///
/// Of one event so many lines are written at once, and then so many a second: the next one says how
/// many were suppressed before it. Threads: one.
class RunLog {
 public:
  using Clock = std::function<std::chrono::system_clock::time_point()>;
  static constexpr std::uint32_t kAtOnce = 1'000;
  static constexpr std::uint32_t kPerSecond = 100;

  RunLog() = default;
  /// A file that cannot be opened is left unwritten: the log never stops a run.
  explicit RunLog(const std::filesystem::path& path, Clock now = std::chrono::system_clock::now);

  /// From now on lines come from there. A run with a directory is called as that is.
  void speak_for(LogSource source);
  /// As of which model time they speak.
  void note_time(SimTime sim) noexcept { sim_ = sim; }
  /// From now on each call of write() is counted there, with or without a file; it outlives this.
  void count_in(LogCounts& counts) noexcept { counts_ = &counts; }
  /// Likewise each line is kept there.
  void keep_in(KeptLog& kept) noexcept { kept_ = &kept; }
  /// Opens the path anew: whoever moved the file away keeps what was written so far.
  void reopen();
  void write(Level level, const char* event, const nlohmann::ordered_json& fields) const;
  /// At the end: a line for each event of which some were suppressed and not told of.
  void tell_suppressed() const;

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { (void)std::fclose(file); }
  };
  struct Pace {
    runtime::TokenBucket bucket{kPerSecond, kAtOnce};
    std::uint64_t suppressed = 0;
  };

  void put(std::chrono::system_clock::time_point at, Level level, const char* event,
           const nlohmann::ordered_json& fields) const;
  void lose(LogLoss how) const noexcept {
    if (counts_ != nullptr) counts_->lose(how);
  }

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
  Clock now_ = std::chrono::system_clock::now;
  LogSource source_;
  std::optional<SimTime> sim_;
  LogCounts* counts_ = nullptr;
  KeptLog* kept_ = nullptr;
  mutable std::map<std::string, Pace, std::less<>> paces_;  // by event
};

}  // namespace chargemill::app
