#include "app/commands/generate_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "runtime/base/assert.hpp"

namespace chargemill::app {
namespace {

constexpr int kExitEnvironment = 4;

fleet::ProfileName profile_name(const std::string& text) {
  if (text == "home") return fleet::ProfileName::home;
  return text == "workplace" ? fleet::ProfileName::workplace : fleet::ProfileName::public_;
}

/// False: it could not, and has said so.
bool write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) fmt::print(stderr, "chargemill: cannot write {}\n", path.string());
  return static_cast<bool>(file);
}

}  // namespace

void add_session_options(CLI::App& app, SessionRequest& request) {
  constexpr std::uint32_t kCountMax = 10'000'000;
  constexpr std::uint32_t kDaysMax = 3'650;
  app.add_option("--profile", request.profile, "who comes: public, home or workplace")
      ->check(CLI::IsMember({"public", "home", "workplace"}))
      ->capture_default_str();
  app.add_option("--count", request.count, "sessions")
      ->check(CLI::Range(1U, kCountMax))
      ->capture_default_str();
  app.add_option("--days", request.days, "about so many days of model time")
      ->check(CLI::Range(1U, kDaysMax))
      ->capture_default_str();
  app.add_option("--seed", request.seed, "of all random numbers")->capture_default_str();
  app.add_option_function<std::string>(
         "--out", [&request](const std::string& path) { request.out = path; },
         "where to; without it: stdout")
      ->type_name("FILE");
}

GenerateOptions generate_options(const SessionRequest& request) {
  CHARGEMILL_ASSERT(request.count > 0);
  CHARGEMILL_ASSERT(request.days > 0);
  GenerateOptions options;
  const double per_day = static_cast<double>(request.count) / request.days;
  options.count = request.count;
  options.points = static_cast<std::uint32_t>(
      std::max(1.0, std::ceil(per_day / options.sessions_per_cp_per_day)));
  options.sessions_per_cp_per_day = per_day / options.points;
  options.seed = request.seed;
  return options;
}

int generate_sessions_command(const SessionRequest& request) {
  const std::string csv = generate_sessions(fleet::builtin_profile(profile_name(request.profile)),
                                            generate_options(request));
  if (!request.out) {
    (void)std::fputs(csv.c_str(), stdout);
    return 0;
  }
  return write(*request.out, csv) ? 0 : kExitEnvironment;
}

void add_files_options(CLI::App& app, std::optional<std::filesystem::path>& out) {
  app.add_option_function<std::string>(
         "--out", [&out](const std::string& path) { out = path; },
         "folder for the files; without it: all to stdout")
      ->type_name("DIR");
}

int generate_files_command(const std::vector<observability::GeneratedFile>& files,
                           const std::optional<std::filesystem::path>& out) {
  for (const auto& file : files) {
    if (!out) {
      (void)std::fputs(fmt::format("==> {} <==\n{}\n", file.path, file.text).c_str(), stdout);
      continue;
    }
    const auto path = *out / file.path;
    std::error_code failed;  // shows when the file cannot be written
    std::filesystem::create_directories(path.parent_path(), failed);
    if (!write(path, file.text)) return kExitEnvironment;
  }
  return 0;
}

}  // namespace chargemill::app
