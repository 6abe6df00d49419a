#include "bench/support/fresh_process.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>

namespace chargemill::bench {
namespace {

constexpr const char* kOption = "--measure";

std::map<std::string, Measure>& measurements() {
  static std::map<std::string, Measure> all;
  return all;
}

}  // namespace

Measurement::Measurement(const char* name, Measure measure) { measurements()[name] = measure; }

double in_a_fresh_process(const char* name, std::size_t size) {
  // The shell would expand /proc/self to its own; the parent's number names this program.
  const std::string command =
      "exec /proc/$PPID/exe " + std::string{kOption} + " " + name + " " + std::to_string(size);
  struct Close {
    void operator()(std::FILE* pipe) const { (void)pclose(pipe); }
  };
  const std::unique_ptr<std::FILE, Close> pipe{popen(command.c_str(), "re")};
  double result = 0.0;
  if (!pipe || std::fscanf(pipe.get(), "%lf", &result) != 1) return 0.0;
  return result;
}

bool was_asked_to_measure(int argc, char** argv, int& code) {
  if (argc != 4 || std::string{argv[1]} != kOption) return false;
  const auto found = measurements().find(argv[2]);
  code = found == measurements().end() ? 2 : 0;
  if (code == 0) std::printf("%.3f\n", found->second(std::strtoull(argv[3], nullptr, 10)));
  return true;
}

}  // namespace chargemill::bench
