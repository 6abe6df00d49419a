#include "app/commands/report_command.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>

#include "app/summary/summary.hpp"

namespace chargemill::app {

int report_command(const std::filesystem::path& run, const std::string& format) {
  constexpr int kExitEnvironment = 4;
  std::ifstream file(run / "summary.json");
  const auto summary = nlohmann::json::parse(file, nullptr, false);
  if (summary.is_discarded()) {
    fmt::print(stderr, "chargemill: {} holds no finished run (no readable summary.json)\n",
               run.string());
    return kExitEnvironment;
  }
  try {
    const std::string text = format == "json" ? summary.dump(2) + "\n" : summary_text(summary);
    (void)std::fputs(text.c_str(), stdout);
  } catch (const nlohmann::json::exception& e) {
    fmt::print(stderr, "chargemill: {} is not a summary of this version: {}\n",
               (run / "summary.json").string(), e.what());
    return kExitEnvironment;
  }
  return 0;
}

}  // namespace chargemill::app
