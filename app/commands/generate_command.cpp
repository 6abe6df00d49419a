#include "app/commands/generate_command.hpp"
#include "app/commands/exit_code.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "app/cli/values.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::app {
namespace {

fleet::ProfileName profile_name(const std::string& text) {
  if (text == "home") return fleet::ProfileName::home;
  return text == "workplace" ? fleet::ProfileName::workplace : fleet::ProfileName::public_;
}

struct OutFile {
  std::filesystem::path path;
  std::string text;
};

/// Somebody else's file, or one that was edited. What is no plain file (/dev/stdout) is nobody's.
bool would_lose_text(const OutFile& file) {
  std::error_code ignored;  // what cannot be looked at cannot be written either
  if (!std::filesystem::is_regular_file(file.path, ignored)) return false;
  std::ostringstream present;
  present << std::ifstream(file.path, std::ios::binary).rdbuf();
  return present.str() != file.text;
}

/// False: it could not.
bool write(const OutFile& file) {
  std::error_code failed;  // shows when the file cannot be written
  if (file.path.has_parent_path())
    std::filesystem::create_directories(file.path.parent_path(), failed);
  std::ofstream out(file.path, std::ios::binary);
  out << file.text;
  out.close();
  return static_cast<bool>(out);
}

/// The exit code; says what was written, or why nothing was.
int write_all(const std::vector<OutFile>& files, bool force) {
  // All are looked at before the first is written: a refusal leaves nothing half done.
  bool refused = false;
  for (const auto& file : files) {
    if (force || !would_lose_text(file)) continue;
    refused = true;
    fmt::print(stderr, "chargemill: {} is there and differs; --force writes over it\n",
               file.path.string());
  }
  if (refused) return kExitEnvironment;
  for (const auto& file : files) {
    if (!write(file)) {
      fmt::print(stderr, "chargemill: cannot write {}\n", file.path.string());
      return kExitEnvironment;
    }
    fmt::print(stderr, "wrote {}\n", file.path.string());
  }
  return 0;
}

void add_force(CLI::App& app, bool& force) {
  app.add_flag("--force", force, "write over files that differ");
}

}  // namespace

void add_text_options(CLI::App& app, TextRequest& request) {
  app.add_option_function<std::string>(
         "--out", [&request](const std::string& path) { request.out = path; }, "where to [stdout]")
      ->type_name("FILE");
  add_force(app, request.force);
}

int generate_text_command(const std::string& text, const TextRequest& request) {
  if (request.out) return write_all({{*request.out, text}}, request.force);
  (void)std::fputs(text.c_str(), stdout);
  return 0;
}

void add_session_options(CLI::App& app, SessionRequest& request) {
  constexpr std::uint32_t kCountMax = 10'000'000;
  constexpr std::uint32_t kDaysMax = 3'650;
  app.add_option("--profile", request.profile, "who comes: public, home or workplace")
      ->check(one_of({"public", "home", "workplace"}))
      ->capture_default_str();
  app.add_option("--count", request.count, "sessions")
      ->check(whole_in(1, kCountMax))
      ->capture_default_str();
  app.add_option("--days", request.days, "about so many days of model time")
      ->check(whole_in(1, kDaysMax))
      ->capture_default_str();
  app.add_option("--seed", request.seed, "of all random numbers")->capture_default_str();
  add_text_options(app, request);
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
  return generate_text_command(
      generate_sessions(fleet::builtin_profile(profile_name(request.profile)),
                        generate_options(request)),
      request);
}

void add_files_options(CLI::App& app, FilesRequest& request) {
  app.add_option_function<std::string>(
         "--out", [&request](const std::string& path) { request.out = path; },
         "folder for the files [all to stdout]")
      ->type_name("DIR");
  add_force(app, request.force);
}

int generate_files_command(const std::vector<observability::GeneratedFile>& files,
                           const FilesRequest& request) {
  std::vector<OutFile> all;
  for (const auto& file : files) {
    if (request.out) {
      all.push_back({*request.out / file.path, file.text});
    } else {
      (void)std::fputs(fmt::format("==> {} <==\n{}\n", file.path, file.text).c_str(), stdout);
    }
  }
  return write_all(all, request.force);
}

}  // namespace chargemill::app
