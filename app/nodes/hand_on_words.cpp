#include "app/nodes/hand_on_words.hpp"

#include <chrono>

#include "app/nodes/byte_streams.hpp"

namespace chargemill::app {
namespace {

// What travels, in its order, for both ways.
template <class Stream, class What>
void walk(Stream& stream, What& what) {
  stream.value(what.token);
  stream.value(what.by);
  stream.flag(what.has_nothing);
  stream.value(what.stood_ns);
  stream.histogram(what.latencies.request_decision);
  stream.histogram(what.latencies.session_start);
  stream.histogram(what.latencies.fault_detection);
  stream.histogram(what.latencies.tick_lateness);
  stream.histogram(what.latencies.node_transit);
}

}  // namespace

std::string to_bytes(const HandedOn& what) {
  ByteOutput out;
  walk(out, what);
  return out.take();
}

std::optional<HandedOn> handed_on_from(std::string_view bytes, unsigned nodes) {
  HandedOn what;
  ByteInput in{bytes};
  walk(in, what);
  if (!in.is_exhausted() || what.token < 0 || what.by >= nodes) return std::nullopt;
  if (what.stood_ns < 0) return std::nullopt;  // nobody counts from before 1970
  return what;
}

std::int64_t utc_now_ns() noexcept {
  return std::chrono::nanoseconds{std::chrono::system_clock::now().time_since_epoch()}.count();
}

}  // namespace chargemill::app
