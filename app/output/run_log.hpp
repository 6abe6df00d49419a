// What happened in a run, for machines: one JSON object a line.
#pragma once

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "app/output/kept_log.hpp"
#include "app/output/log_counts.hpp"

namespace chargemill::app {

/// `{"ts":"2026-01-05T00:00:00.000Z","level":"info","event":"start",...}` and a line feed: the time
/// in UTC, then `fields` (an object). Bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string log_line(std::chrono::system_clock::time_point at, Level level,
                                   const char* event, const nlohmann::ordered_json& fields);

/// log.ndjson of a run directory: lines are only ever appended, and each is flushed, so the log of
/// a run that was killed ends with what it did last. Without a file nothing is written.
class RunLog {
 public:
  using Clock = std::function<std::chrono::system_clock::time_point()>;

  RunLog() = default;
  /// A file that cannot be opened is left unwritten: the log never stops a run.
  explicit RunLog(const std::filesystem::path& path, Clock now = std::chrono::system_clock::now);

  /// From now on each call of write() is counted there, with or without a file; it outlives this.
  void count_in(LogCounts& counts) noexcept { counts_ = &counts; }
  /// Likewise each line is kept there.
  void keep_in(KeptLog& kept) noexcept { kept_ = &kept; }
  /// Opens the path anew: whoever moved the file away keeps what was written so far.
  void reopen();
  void write(Level level, const char* event, const nlohmann::ordered_json& fields) const;

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { (void)std::fclose(file); }
  };
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
  Clock now_ = std::chrono::system_clock::now;
  LogCounts* counts_ = nullptr;
  KeptLog* kept_ = nullptr;
};

}  // namespace chargemill::app
