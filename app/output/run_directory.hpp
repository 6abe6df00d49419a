// The files that a run leaves behind.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "runtime/base/result.hpp"

namespace chargemill::app {

/// A directory of one run. Whole files are written to a temporary name and renamed, so nobody ever
/// reads half of one; timeseries.csv grows by whole lines.
class RunDirectory {
 public:
  /// Fails when it cannot be made, or already holds a file that a run writes.
  [[nodiscard]] static Result<RunDirectory> create(std::filesystem::path path);
  /// `path`, or, if it holds such a file, the first of `path-2`, `path-3` and so on that does not:
  /// of a run that goes on here, and may have been here before.
  [[nodiscard]] static std::filesystem::path unused(const std::filesystem::path& path);
  /// runs/<utc>-<scenario>-<id>.
  [[nodiscard]] static std::filesystem::path fresh_path(const std::string& scenario);

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] Result<void> write(const std::string& name, const std::string& content) const;
  /// One line of timeseries.csv (series_row), with its end.
  void append(const std::string& row) const;
  /// timeseries.csv as it stands.
  [[nodiscard]] std::string series_text() const;

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { (void)std::fclose(file); }
  };
  RunDirectory(std::filesystem::path path, std::FILE* series)
      : path_(std::move(path)), series_(series) {}

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> series_;
};

}  // namespace chargemill::app
