// Sealing takes a tenth of a second; the writer does not wait for it.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/journal/segment_writer.hpp"

namespace chargemill::runtime::journal {

/// A segment that its writer has left whole, but without a seal.
struct LeftOpen {
  SegmentName name;
  Sequence last = 0;          ///< the number before its successor's first
  Environment::Pointer file;  ///< held for writing, so that no reader of this process comes first
};

/// Seals segments in a thread of its own, one at a time. A segment that could not be sealed is
/// complete all the same; its readers search more runs.
/// Threads: the owner calls; the thread works on its segment alone.
class SegmentSealer {
 public:
  SegmentSealer() = default;
  /// Waits for the seal that is under way.
  ~SegmentSealer();
  SegmentSealer(const SegmentSealer&) = delete;
  SegmentSealer& operator=(const SegmentSealer&) = delete;

  /// Takes over a segment that nothing more is written to. Waits for the one before.
  void seal(SegmentWriter segment);
  /// The same for those of earlier processes, one after the other. One that holds more than it
  /// should is left alone: what was written again elsewhere would count in its manifest.
  void seal_all(std::string directory, std::vector<LeftOpen> left);
  /// Why a segment that was taken over before is not sealed, once; empty: it is, or not yet.
  [[nodiscard]] std::optional<Error> take_failure();
  /// Waits for what was taken over.
  void finish();

 private:
  template <class Work>
  void run(Work work);

  std::thread thread_;
  std::optional<Error> failure_;      // written by the thread while it runs
  std::atomic<bool> is_done_{false};  // written by the thread, once, and by seal() before it runs
};

}  // namespace chargemill::runtime::journal
