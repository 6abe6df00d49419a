// `chargemill generate sessions [--profile P] [--count N] [--days N] [--seed S]
//  [--out FILE [--force]]`
// `chargemill generate completion|man [--out FILE [--force]]`
// `chargemill generate alerts|grafana|systemd|slurm|kubernetes|deploy [--out DIR [--force]]`
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/observability/generated_files.hpp"
#include "app/sessions/generate_sessions.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
}

namespace chargemill::app {

/// Where one generated text goes.
struct TextRequest {
  std::optional<std::filesystem::path> out;  ///< none: stdout
  bool force = false;                        ///< write over a file that differs
};

/// The defaults make config/scenarios/sessions-sample.csv.
struct SessionRequest : TextRequest {
  std::string profile = "public";
  std::uint32_t count = 200;
  std::uint32_t days = 10;
  std::uint64_t seed = 42;
};

/// Where generated files go.
struct FilesRequest {
  std::optional<std::filesystem::path> out;  ///< a folder; none: all to stdout
  bool force = false;                        ///< write over files that differ
};

/// `app` sets `request`, which outlives it.
void add_session_options(CLI::App& app, SessionRequest& request);

/// As many charge points as `count` sessions in `days` days keep busy at about two sessions a day.
/// Requires count > 0 and days > 0.
[[nodiscard]] GenerateOptions generate_options(const SessionRequest& request);

/// Exit code 0, or 4 when the file cannot be written, or is there and differs without `force`.
[[nodiscard]] int generate_sessions_command(const SessionRequest& request);

/// `app` sets `request`, which outlives it.
void add_text_options(CLI::App& app, TextRequest& request);

/// Exit code 0, or 4 when the file cannot be written, or is there and differs without `force`.
[[nodiscard]] int generate_text_command(const std::string& text, const TextRequest& request);

/// `app` sets `request`, which outlives it.
void add_files_options(CLI::App& app, FilesRequest& request);

/// Into a folder, and says which on stderr; else all to stdout, each after a line with its name.
/// Exit code 0, or 4 when a file cannot be written, or one is there and differs without `force`:
/// then none is written.
[[nodiscard]] int generate_files_command(const std::vector<observability::GeneratedFile>& files,
                                         const FilesRequest& request);

}  // namespace chargemill::app
