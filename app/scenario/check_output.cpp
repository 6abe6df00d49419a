#include "app/scenario/check_output.hpp"

#include <fmt/format.h>

namespace chargemill::app {

void check_output(const OutputSettings& output, const Origins& origins,
                  std::vector<Diagnostic>& found) {
  const bool is_shared = !output.data.empty() && output.data != "off";
  if (output.repeat == 1 || !is_shared) return;
  const auto later = origins.find("run.repeat");
  found.push_back({Code::contradiction,
                   fmt::format("'run.repeat' ({}) and 'journal.dir' ({}): each run would go on "
                               "where the one before it ended, and none be like another",
                               output.repeat, output.data),
                   later == origins.end() ? Place{} : later->second.place,
                   "without --data each run keeps its journal in its own run directory"});
}

}  // namespace chargemill::app
