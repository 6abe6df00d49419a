#include "app/output/run_log.hpp"

#include <fmt/format.h>

#include <array>
#include <ctime>

namespace chargemill::app {
namespace {

std::string utc_text(std::chrono::system_clock::time_point at) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
  const auto whole = static_cast<std::time_t>(ms / 1'000);
  std::tm utc{};
  (void)gmtime_r(&whole, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, ms % 1'000);
}

}  // namespace

std::string log_line(std::chrono::system_clock::time_point at, Level level, const char* event,
                     const nlohmann::ordered_json& fields) {
  constexpr std::array<const char*, 3> kNames{"info", "warning", "error"};
  nlohmann::ordered_json line = {{"ts", utc_text(at)},
                                 {"level", kNames.at(static_cast<std::size_t>(level))},
                                 {"event", event}};
  for (const auto& [key, value] : fields.items()) line[key] = value;
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

RunLog::RunLog(const std::filesystem::path& path, Clock now)
    : path_(path), file_(std::fopen(path.c_str(), "ae")), now_(std::move(now)) {}

void RunLog::reopen() {
  if (!path_.empty()) file_.reset(std::fopen(path_.c_str(), "ae"));
}

void RunLog::write(Level level, const char* event, const nlohmann::ordered_json& fields) const {
  if (counts_ != nullptr) counts_->add(level);
  if (file_ == nullptr && kept_ == nullptr) return;
  const std::string line = log_line(now_(), level, event, fields);
  if (kept_ != nullptr) kept_->add(line);
  if (file_ == nullptr) return;
  (void)std::fputs(line.c_str(), file_.get());
  (void)std::fflush(file_.get());
}

}  // namespace chargemill::app
