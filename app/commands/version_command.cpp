#include "app/commands/version_command.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/version.hpp"

namespace chargemill::app {

int version_command(bool json) {
  if (json) {
    const nlohmann::ordered_json block{{"version", kVersion},
                                       {"commit", kCommit},
                                       {"build_type", kBuildType},
                                       {"compiler", kCompiler}};
    std::printf("%s\n", block.dump(2).c_str());
  } else {
    std::printf("chargemill %s (%s, %s, %s)\n", kVersion, kCommit, kBuildType, kCompiler);
  }
  return 0;
}

}  // namespace chargemill::app
