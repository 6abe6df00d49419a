// What a former life of this node has already written of a run.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "runtime/journal/record.hpp"

namespace chargemill {

/// A node that lives through its windows again makes the same records again, in the same order of
/// each worker's. Those that are on disk need not be written twice: each of them is taken out once.
/// By hashes of 64 bits over all that a record holds, 12 bytes each: of ten million records two
/// are alike with a chance of 3 in a million.
/// Threads: note() and seal() before any other.
class WrittenBefore {
 public:
  void note(const runtime::journal::Record& record);
  /// Forgets all that was noted: of a run that has taken out so many.
  void begin_anew(std::uint64_t taken);
  /// All are noted.
  void seal();
  /// Whether it was written, and not taken out yet.
  [[nodiscard]] bool take(const runtime::journal::Record& record);
  [[nodiscard]] std::uint64_t taken() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::uint64_t> hashes_;  // sorted by seal(), each once
  std::vector<std::uint32_t> counts_;  // how often it is left; by hash; guarded by mutex_
  std::uint64_t taken_ = 0;            // guarded by mutex_
};

}  // namespace chargemill
