#include "app/output/build_facts.hpp"

#include "app/version.hpp"

namespace chargemill::app {

nlohmann::ordered_json build_facts() {
  return {{"version", kVersion},      {"commit", kCommit},
          {"build_type", kBuildType}, {"compiler", kCompiler},
          {"flags", kFlags},          {"sanitizer", *kSanitizer == '\0' ? "none" : kSanitizer},
          {"allocator", kAllocator},  {"libraries", kLibraries}};
}

}  // namespace chargemill::app
