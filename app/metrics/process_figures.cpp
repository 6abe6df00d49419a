#include "app/metrics/process_figures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace chargemill::app::metrics {
namespace {

std::optional<std::string> first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return line;
}

/// Seconds since the Unix epoch.
std::optional<double> boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("btime ", 0) == 0) return std::strtod(line.c_str() + 6, nullptr);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> open_files() {
  std::error_code failed;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", failed), end; !failed && at != end;
       at.increment(failed))
    ++count;
  if (failed || count == 0) return std::nullopt;
  return count - 1;  // without the one that reads the directory
}

std::uint64_t files_max() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace

std::optional<StatFields> parse_stat(const std::string& line) {
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(name_end + 1));
  StatFields fields;
  std::string skipped;
  // proc(5): 3 state ... 14 utime, 15 stime ... 22 starttime ... 24 rss.
  for (int field = 3; field <= 24; ++field) {
    std::uint64_t* const wanted = field == 14   ? &fields.user_ticks
                                  : field == 15 ? &fields.system_ticks
                                  : field == 22 ? &fields.start_ticks
                                  : field == 24 ? &fields.resident_pages
                                                : nullptr;
    if (!(wanted != nullptr ? rest >> *wanted : rest >> skipped)) return std::nullopt;
  }
  return fields;
}

Result<ProcessFigures> process_figures() {
  const auto fail = [](const char* text) { return failure(ErrorKind::environment, text); };
  const auto line = first_line("/proc/self/stat");
  const auto stat = line ? parse_stat(*line) : std::nullopt;
  if (!stat) return fail("/proc/self/stat cannot be read");
  const auto boot = boot_time();
  if (!boot) return fail("/proc/stat has no btime");
  const auto files = open_files();
  if (!files) return fail("/proc/self/fd cannot be read");
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  ProcessFigures figures;
  figures.cpu_s = static_cast<double>(stat->user_ticks + stat->system_ticks) / ticks;
  figures.start_unix_s = *boot + static_cast<double>(stat->start_ticks) / ticks;
  figures.resident_bytes = stat->resident_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  figures.open_files = *files;
  figures.files_max = files_max();
  return figures;
}

}  // namespace chargemill::app::metrics
