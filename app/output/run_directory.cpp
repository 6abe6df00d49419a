#include "app/output/run_directory.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <fstream>
#include <sstream>
#include <system_error>

#include "app/output/series_row.hpp"

namespace chargemill::app {
namespace {

constexpr const char* kFiles[] = {"summary.json",
                                  "manifest.json",
                                  "scenario.resolved.toml",
                                  "summary.txt",
                                  "timeseries.csv",
                                  "states.json",
                                  "latency.hgrm",
                                  "latency_request_decision.hgrm",
                                  "latency_session_start.hgrm",
                                  "latency_fault_detection.hgrm",
                                  "latency_tick_lateness.hgrm",
                                  "report.html",
                                  "log.ndjson",
                                  "digests.csv",
                                  "entities.txt",
                                  "digests.bin",
                                  "journal"};

std::string utc_stamp() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  return fmt::format("{:04}{:02}{:02}-{:02}{:02}{:02}", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

/// A file that a run writes and that is there; null: none.
const char* first_file_in(const std::filesystem::path& path) {
  std::error_code error;  // what cannot be seen cannot be written either, and that is said then
  for (const char* name : kFiles) {
    if (std::filesystem::exists(path / name, error)) return name;
  }
  return nullptr;
}

std::string why() { return std::generic_category().message(errno); }

}  // namespace

std::filesystem::path RunDirectory::fresh_path(const std::string& scenario) {
  std::string name;
  for (const char c : scenario)
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' ? c : '_';
  const auto ticks = std::chrono::steady_clock::now().time_since_epoch().count();
  return fmt::format(
      "runs/{}-{}-{:04x}", utc_stamp(), name,
      (static_cast<std::uint64_t>(ticks) ^ static_cast<std::uint64_t>(getpid())) & 0xFFFFU);
}

std::filesystem::path RunDirectory::unused(const std::filesystem::path& path) {
  const auto base = path.has_filename() ? path : path.parent_path();  // "out/" is "out"
  std::filesystem::path next = base;
  for (unsigned number = 2; first_file_in(next) != nullptr; ++number)
    next = fmt::format("{}-{}", base.string(), number);
  return next;
}

Result<RunDirectory> RunDirectory::create(std::filesystem::path path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error)
    return failure(ErrorKind::environment, fmt::format("cannot make the run directory {}: {}",
                                                       path.string(), error.message()));
  if (const char* const name = first_file_in(path); name != nullptr) {
    return failure(ErrorKind::environment,
                   fmt::format("{} is there already; name another directory with --out",
                               (path / name).string()));
  }
  std::FILE* const series = std::fopen((path / "timeseries.csv").c_str(), "we");
  if (series == nullptr)
    return failure(ErrorKind::environment,
                   fmt::format("cannot write into {}: {}", path.string(), why()));
  (void)std::fputs(kSeriesHeader, series);
  return RunDirectory{std::move(path), series};
}

Result<void> RunDirectory::write(const std::string& name, const std::string& content) const {
  const auto target = path_ / name;
  const auto temporary = path_ / ("." + name + ".part");
  std::unique_ptr<std::FILE, Close> file{std::fopen(temporary.c_str(), "we")};
  const bool written =
      file != nullptr &&
      std::fwrite(content.data(), 1, content.size(), file.get()) == content.size() &&
      std::fflush(file.get()) == 0;
  if (!written)
    return failure(ErrorKind::environment,
                   fmt::format("cannot write {}: {}", target.string(), why()));
  file.reset();
  std::error_code error;
  std::filesystem::rename(temporary, target, error);
  if (error)
    return failure(ErrorKind::environment,
                   fmt::format("cannot write {}: {}", target.string(), error.message()));
  return {};
}

void RunDirectory::append(const std::string& row) const {
  (void)std::fputs(row.c_str(), series_.get());
  (void)std::fflush(series_.get());
}

std::string RunDirectory::series_text() const {
  std::ostringstream text;
  text << std::ifstream(path_ / "timeseries.csv", std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace chargemill::app
