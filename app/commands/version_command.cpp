#include "app/commands/version_command.hpp"

#include <cstdio>

#include "app/output/build_facts.hpp"
#include "app/version.hpp"

namespace chargemill::app {

int version_command(bool json) {
  const auto facts = build_facts();
  if (json) {
    std::printf("%s\n", facts.dump(2).c_str());
    return 0;
  }
  std::printf("chargemill %s (%s, %s, %s)\n", kVersion, kCommit, kBuildType, kCompiler);
  for (const char* name : {"flags", "sanitizer", "allocator", "libraries"})
    std::printf("%-10s %s\n", name, facts.at(name).get_ref<const std::string&>().c_str());
  return 0;
}

}  // namespace chargemill::app
