// The doors: who comes in, what they say, what of it cannot be read.
#include "app/metrics/family_makers.hpp"

namespace chargemill::app::metrics {

void add_doors(Families& out, const DoorFigures& d) {
  gauge(out, "chargemill_door_connections", "Open ones, by door.")
      .add(number(d.framed_open), {{kKind, "framed"}})
      .add(number(d.http_open), {{kKind, "http"}});
  counter(out, "chargemill_door_connections_total", "By door, and what became of them.")
      .add(number(d.framed_accepted), {{kKind, "framed"}, {kResult, "accepted"}})
      .add(number(d.framed_refused), {{kKind, "framed"}, {kResult, "refused"}})
      .add(number(d.http_accepted), {{kKind, "http"}, {kResult, "accepted"}})
      .add(number(d.http_refused), {{kKind, "http"}, {kResult, "refused"}});
  counter(out, "chargemill_door_cuts_total",
          "By door, what it ended itself: of the slow, strangers that newcomers displaced, those "
          "who kept most when all kept too much, what is not its protocol.")
      .add(number(d.framed_slow), {{kKind, "framed"}, {kResult, "slow"}})
      .add(number(d.framed_displaced), {{kKind, "framed"}, {kResult, "displaced"}})
      .add(number(d.framed_crowded), {{kKind, "framed"}, {kResult, "crowded"}})
      .add(number(d.framed_foreign), {{kKind, "framed"}, {kResult, "foreign"}})
      .add(number(d.http_slow), {{kKind, "http"}, {kResult, "slow"}})
      .add(number(d.http_displaced), {{kKind, "http"}, {kResult, "displaced"}})
      .add(number(d.http_crowded), {{kKind, "http"}, {kResult, "crowded"}});
  counter(out, "chargemill_door_frames_total", "Of the framed door: whole ones, and the damaged.")
      .add(number(d.frames), {{kResult, "read"}})
      .add(number(d.resyncs), {{kResult, "resync"}})
      .add(number(d.bad_escapes), {{kResult, "bad_escape"}})
      .add(number(d.bad_lrcs), {{kResult, "bad_lrc"}})
      .add(number(d.bad_utf8), {{kResult, "bad_utf8"}})
      .add(number(d.oversize), {{kResult, "oversize"}});
  counter(out, "chargemill_door_garbage_bytes_total", "Received outside of any frame.")
      .add(number(d.garbage_bytes));
  counter(out, "chargemill_door_messages_unread_total",
          "At the framed door: JSON that is none of the messages, or about nobody here.")
      .add(number(d.messages_unread));
  counter(out, "chargemill_door_news_lost_total",
          "To participants outside, because too many waited.")
      .add(number(d.news_lost));
  counter(out, "chargemill_door_requests_total", "Over HTTP: answered, and refused at the door.")
      .add(number(d.requests), {{kResult, "answered"}})
      .add(number(d.requests_refused), {{kResult, "refused"}});
  counter(out, "chargemill_door_web_sockets_total", "Opened.").add(number(d.web_sockets));
}

}  // namespace chargemill::app::metrics
