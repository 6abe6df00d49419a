#include "actors/shell/memory.hpp"

#include <readerwriterqueue/readerwriterqueue.h>

#include "runtime/base/assert.hpp"

namespace chargemill {

/// One worker's way in: a queue of one producer and one consumer (moodycamel's, lock-free).
class Memory::Sink final : public archive::RecordSink {
 public:
  [[nodiscard]] bool try_append(const archive::Record& record) override {
    ++appended_;
    if (!archive::Chronicle::is_kept(record)) return true;
    const bool is_refused = archive::may_merge(record) && waiting_.size_approx() >= kWaitingMax / 2;
    // relaxed: a counter with one writer; orders nothing.
    if (is_refused || !waiting_.try_enqueue(record))
      lost_.store(lost_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    return true;
  }
  [[nodiscard]] std::uint64_t appended() const override { return appended_; }
  [[nodiscard]] std::uint64_t durable() const override { return appended_; }
  [[nodiscard]] bool has_much_room() const override { return true; }
  [[nodiscard]] bool holds_promises() const override { return false; }   // nothing is promised
  [[nodiscard]] bool serves_restarts() const override { return false; }  // it ends with its run

  /// The reader's: hands over what waits now, not what comes meanwhile.
  void drain(archive::Chronicle& to) {
    archive::Record record;
    for (std::size_t left = waiting_.size_approx(); left > 0 && waiting_.try_dequeue(record);
         --left)
      to.add(record);
  }
  [[nodiscard]] std::uint64_t lost() const noexcept {
    return lost_.load(std::memory_order_relaxed);  // relaxed: as above
  }

 private:
  moodycamel::ReaderWriterQueue<archive::Record> waiting_{kWaitingMax};
  std::uint64_t appended_ = 0;          // the worker's
  std::atomic<std::uint64_t> lost_{0};  // written by the worker
};

Memory::Memory() = default;
Memory::~Memory() = default;

void Memory::begin(archive::Origin origin, const NameBook& names, unsigned workers) {
  CHARGEMILL_ASSERT(sinks_.empty());
  for (unsigned w = 0; w < workers; ++w) sinks_.push_back(std::make_unique<Sink>());
  const auto named = [](const auto& book) {
    return [book](auto id) {
      NameBuffer buffer;
      return std::string{book(id, buffer)};
    };
  };
  chronicle_.emplace(origin, archive::Chronicle::Namer{named(names.point), named(names.driver)});
}

archive::RecordSink& Memory::sink(unsigned worker) { return *sinks_.at(worker); }

archive::Chronicle& Memory::look() {
  CHARGEMILL_ASSERT(chronicle_.has_value());
  for (const auto& sink : sinks_) sink->drain(*chronicle_);
  return *chronicle_;
}

std::uint64_t Memory::lost() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& sink : sinks_) sum += sink->lost();
  return sum;
}

}  // namespace chargemill
