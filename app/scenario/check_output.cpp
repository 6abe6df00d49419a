#include "app/scenario/check_output.hpp"

#include <fmt/format.h>

namespace chargemill::app {

void check_output(const OutputSettings& output, const Origins& origins,
                  std::vector<Diagnostic>& found) {
  const auto contradict = [&](const char* key, std::string text, std::string hint) {
    const auto written = origins.find(key);
    found.push_back({Code::contradiction, std::move(text),
                     written == origins.end() ? Place{} : written->second.place, std::move(hint)});
  };
  if (output.quiet && output.console == "on")
    contradict("output.console",
               "'output.console' is on, and 'output.quiet' leaves nobody to show it to",
               "--progress off leaves out all but the console lines");
  const bool is_shared = !output.data.empty() && output.data != "off";
  if (output.repeat == 1 || !is_shared) return;
  contradict("run.repeat",
             fmt::format("'run.repeat' ({}) and 'journal.dir' ({}): each run would go on where the "
                         "one before it ended, and none be like another",
                         output.repeat, output.data),
             "without --data each run keeps its journal in its own run directory");
}

}  // namespace chargemill::app
