// Prometheus' own checker, where there is one.
#pragma once

#include <cstdio>
#include <string>

#include "tests/support/folder.hpp"

namespace chargemill::test {

/// Runs `command`; its exit code, and what it said.
struct Ran {
  int code = -1;
  std::string text;
};
inline Ran ran(const std::string& command) {
  Ran result;
  std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  char buffer[4'096];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) result.text += buffer;
  const int status = ::pclose(pipe);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}
inline bool has_promtool() { return ran("promtool --version").code == 0; }

}  // namespace chargemill::test
