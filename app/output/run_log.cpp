#include "app/output/run_log.hpp"

#include <fmt/format.h>

#include <array>
#include <ctime>
#include <string_view>
#include <utility>

namespace chargemill::app {
namespace {

using std::chrono::system_clock;

/// What each event is, in words that never change.
constexpr std::array<std::pair<std::string_view, const char*>, 14> kMessages{
    {{"start", "the run begins"},
     {"plan", "what is going to be simulated"},
     {"warning", "something to know of"},
     {"door", "how the run is reached"},
     {"journal", "how the journal fares"},
     {"etcd", "how the nodes agree"},
     {"node", "how a node fares"},
     {"console", "what a participant shows"},
     {"refused", "charge points refused commands"},
     {"memory", "not all could be remembered"},
     {"output", "the run cannot do what it was told"},
     {"stop", "the run is over"},
     {"threshold", "a threshold was judged"},
     {"verdict", "what came of the run"}}};

const char* message_of(const char* event) {
  for (const auto& [name, message] : kMessages) {
    if (name == event) return message;
  }
  return event;
}

std::string utc_text(std::chrono::nanoseconds since_epoch) {
  constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch).count();
  const auto whole = static_cast<std::time_t>(seconds);
  std::tm utc{};
  (void)gmtime_r(&whole, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     since_epoch.count() - seconds * kNanosPerSecond);
}

}  // namespace

std::string log_line(system_clock::time_point at, Level level, const char* event,
                     const LogSource& source, std::optional<SimTime> sim,
                     const nlohmann::ordered_json& fields) {
  constexpr std::array<const char*, 3> kNames{"info", "warning", "error"};
  nlohmann::ordered_json line = {{"ts", utc_text(at.time_since_epoch())},
                                 {"level", kNames.at(static_cast<std::size_t>(level))},
                                 {"msg", message_of(event)},
                                 {"event", event},
                                 {"run", source.run},
                                 {"node", source.node},
                                 {"role", source.role},
                                 {"worker", nullptr},
                                 {"sim_ts", nullptr}};
  if (sim)
    line["sim_ts"] = utc_text(std::chrono::seconds{source.start_unix_s} + sim->time_since_epoch());
  for (const auto& [key, value] : fields.items()) line[key] = value;
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

RunLog::RunLog(const std::filesystem::path& path, Clock now)
    : path_(path), file_(std::fopen(path.c_str(), "ae")), now_(std::move(now)) {}

void RunLog::speak_for(LogSource source) {
  source_ = std::move(source);
  if (path_.has_parent_path()) source_.run = path_.parent_path().filename().string();
}

void RunLog::reopen() {
  if (!path_.empty()) file_.reset(std::fopen(path_.c_str(), "ae"));
}

void RunLog::write(Level level, const char* event, const nlohmann::ordered_json& fields) const {
  if (counts_ != nullptr) counts_->add(level);
  if (path_.empty() && kept_ == nullptr) return;
  const auto at = now_();
  Pace& pace = paces_[event];
  if (!pace.bucket.try_take(at.time_since_epoch())) {
    ++pace.suppressed;
    return lose(LogLoss::suppressed);
  }
  if (pace.suppressed == 0) return put(at, level, event, fields);
  auto with_count = fields;
  with_count["suppressed"] = std::exchange(pace.suppressed, 0);
  put(at, level, event, with_count);
}

void RunLog::tell_suppressed() const {
  for (auto& [event, pace] : paces_) {
    if (pace.suppressed == 0) continue;
    put(now_(), Level::warning, event.c_str(), {{"suppressed", std::exchange(pace.suppressed, 0)}});
  }
}

void RunLog::put(system_clock::time_point at, Level level, const char* event,
                 const nlohmann::ordered_json& fields) const {
  const std::string line = log_line(at, level, event, source_, sim_, fields);
  if (kept_ != nullptr) kept_->add(line);
  if (path_.empty()) return;
  const bool is_written = file_ != nullptr && std::fputs(line.c_str(), file_.get()) >= 0 &&
                          std::fflush(file_.get()) == 0;
  if (!is_written) lose(LogLoss::failed);
}

}  // namespace chargemill::app
