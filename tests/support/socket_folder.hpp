// Where the nodes of a test meet.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/cluster/links.hpp"

namespace chargemill::test {

/// Names of sockets have 107 bytes at most, so they lie near the root.
class SocketFolder {
 public:
  SocketFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "chargemill-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    path_ = name;
  }
  ~SocketFolder() {
    std::error_code code;
    std::filesystem::remove_all(path_, code);
  }
  SocketFolder(const SocketFolder&) = delete;
  SocketFolder& operator=(const SocketFolder&) = delete;

  [[nodiscard]] std::vector<runtime::NodeEndpoints> endpoints(unsigned nodes) const {
    std::vector<runtime::NodeEndpoints> result;
    for (unsigned n = 0; n < nodes; ++n) {
      const std::string stem = "ipc://" + (path_ / std::to_string(n)).string();
      result.push_back({stem + ".data", stem + ".control", {}});
    }
    return result;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace chargemill::test
