// Measuring memory where nothing else has used any.
#pragma once

#include <cstddef>
#include <string>

namespace chargemill::bench {

/// Measures something of a given size; the result goes to whoever asked.
using Measure = double (*)(std::size_t size);

/// Makes `measure` known under `name`; as a static object, before main().
struct Measurement {
  Measurement(const char* name, Measure measure);
};

/// Runs a measurement in this program started afresh, whose allocator holds no memory of earlier
/// cases that it could use again. 0 when that failed.
[[nodiscard]] double in_a_fresh_process(const char* name, std::size_t size);

/// What main() does when it is started so: true if it was, and `code` is its exit code.
[[nodiscard]] bool was_asked_to_measure(int argc, char** argv, int& code);

}  // namespace chargemill::bench
