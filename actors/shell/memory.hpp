// What happens in a run without a journal, on its way to its memory.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "actors/archive/chronicle.hpp"
#include "actors/archive/sink.hpp"
#include "actors/shell/name_book.hpp"

namespace chargemill {

/// Workers hand records over through queues of their own and never wait: if nobody reads, or reads
/// too slowly, records are lost and counted, first those for which a later one stands.
/// Threads: one drives it; each sink is its worker's; look() is one reader's.
class Memory {
 public:
  /// Of one worker's queue.
  static constexpr std::size_t kWaitingMax = 16'384;

  Memory();
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  /// A run begins. One sink for each of `workers`. Once, before anybody reads.
  void begin(archive::Origin origin, const NameBook& names, unsigned workers);
  [[nodiscard]] archive::RecordSink& sink(unsigned worker);

  /// What has been handed over until now; valid until the next call. Requires begin().
  [[nodiscard]] archive::Chronicle& look();
  /// Records that found no room.
  [[nodiscard]] std::uint64_t lost() const noexcept;

 private:
  class Sink;

  std::vector<std::unique_ptr<Sink>> sinks_;
  std::optional<archive::Chronicle> chronicle_;  // the reader's
};

}  // namespace chargemill
