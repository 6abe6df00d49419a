// What the doors of a run count, as plain values.
#pragma once

#include <cstdint>

namespace chargemill::app::metrics {

/// Since the start, but for `open`. Fields of 64 bits only: they are published (runtime/observe).
struct DoorFigures {
  std::uint64_t framed_open = 0, framed_accepted = 0, framed_refused = 0;
  std::uint64_t http_open = 0, http_accepted = 0, http_refused = 0;
  // What the doors ended themselves: one that was too slow, one in the place of a newcomer, one of
  // those who kept most when all together kept too much, one that speaks something else.
  std::uint64_t framed_slow = 0, framed_displaced = 0, framed_crowded = 0, framed_foreign = 0;
  std::uint64_t http_slow = 0, http_displaced = 0, http_crowded = 0;
  std::uint64_t frames = 0;  ///< whole and right; those below are not (D-142)
  std::uint64_t resyncs = 0, bad_escapes = 0, bad_lrcs = 0, bad_utf8 = 0, oversize = 0;
  std::uint64_t garbage_bytes = 0;                   ///< outside of any frame
  std::uint64_t requests = 0, requests_refused = 0;  ///< over HTTP
  std::uint64_t web_sockets = 0;                     ///< opened
  std::uint64_t messages_unread = 0;                 ///< JSON that is none of the messages (D-009)
  std::uint64_t news_lost = 0;  ///< to participants outside: the queue was full
};

}  // namespace chargemill::app::metrics
