// A directory of a test's own.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace chargemill::test {

/// Empty, below the build directory; gone with its scope.
class Folder {
 public:
  explicit Folder(const std::string& name = "data") {
    const auto* const running = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::path{CHARGEMILL_BINARY_DIR} / "test_folders" /
            (std::string{running->test_suite_name()} + "." + running->name() + "-" + name + "-" +
             std::to_string(::getpid()));
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code code;
    std::filesystem::remove_all(path_, code);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace chargemill::test
