// /api/v1/events: what the journal is told, while it is told; resumable by Last-Event-ID.
#include <fmt/format.h>

#include <memory>

#include "app/api/event_text.hpp"
#include "app/api/newest_messages.hpp"
#include "app/api/route.hpp"

namespace chargemill::app::api {
namespace {

using archive::Position;
using nlohmann::ordered_json;

constexpr int kStreamsMax = 64;
constexpr std::chrono::milliseconds kLookEvery{250};
/// Looks without an event after which a comment is sent: a client that has gone is noticed.
constexpr int kQuietLooks = 40;
constexpr std::uint64_t kLookedMax = 2'048;

/// Looks into the journal now and then; nothing is kept for one who reads slowly.
class EventStream final : public runtime::HttpStream,
                          public std::enable_shared_from_this<EventStream> {
 public:
  EventStream(World& world, Position after, std::string point)
      : world_(world), count_(world.streams), point_(std::move(point)), after_(std::move(after)) {
    // relaxed: a count; orders nothing.
    count_->fetch_add(1, std::memory_order_relaxed);
  }
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;
  ~EventStream() override { count_->fetch_sub(1, std::memory_order_relaxed); }  // relaxed: likewise

  void next(Take take) override {
    if (is_new_) {
      is_new_ = false;
      return take("retry: 1000\n\n");
    }
    look(std::move(take), 0);
  }

 private:
  /// Whoever lets go of the stream ends the looking.
  void look(Take take, int quiet) {
    const bool is_asked = world_.read_past(
        [weak = weak_from_this(), take, quiet](const Result<archive::Past*>& history) {
          const auto self = weak.lock();
          if (!self) return;
          if (!history) return take({});
          self->read(**history, take, quiet);
        });
    if (!is_asked) look_later(std::move(take), quiet);
  }

  void look_later(Take take, int quiet) {
    world_.after(kLookEvery, [weak = weak_from_this(), take = std::move(take), quiet] {
      if (const auto self = weak.lock()) self->look(take, quiet);
    });
  }

  void read(archive::Past& history, const Take& take, int quiet) {
    std::string text;
    const auto show = [&](const archive::Found& found, const Position& at) {
      if (point_.empty() || found.names.point == point_) text += event_text(found, at);
    };
    const auto last = history.follow(after_, kLookedMax, show);
    if (!last) return take({});
    const bool is_behind = last->records() > after_.records();
    after_ = *last;
    if (!text.empty()) return take(std::move(text));
    if (is_behind) return look(take, quiet);  // it has read what it does not show
    if (quiet >= kQuietLooks) return take(": nothing new\n\n");
    look_later(take, quiet + 1);
  }

  World& world_;
  const std::shared_ptr<std::atomic<int>> count_;
  const std::string point_;
  Position after_;  // one look at a time
  bool is_new_ = true;
};

constexpr const char* kLastEventId = "Last-Event-ID";

void open_stream(const Call& call, const Position& after) {
  HttpResponse response;
  response.content_type = "text/event-stream";
  response.stream = std::make_shared<EventStream>(call.world, after, call.query.text("cp"));
  call.answer(std::move(response));
}

void events(const CallPtr& call) {
  World& world = call->world;
  if (!world.read_past || !world.after)
    return call->refuse(503, world.no_past + ", and events are read from that");
  // relaxed: a count; orders nothing.
  if (world.streams->load(std::memory_order_relaxed) >= kStreamsMax)
    return call->refuse(503, "too many event streams are open");
  const std::string given = call->last_event.empty() ? call->query.text("after") : call->last_event;
  const auto wanted = archive::position_from(given);
  if (!given.empty() && !wanted)
    return call->refuse(400, "Last-Event-ID: must be the id of an event", kLastEventId);
  const bool is_taken = world.read_past([call, wanted](const Result<archive::Past*>& history) {
    if (!history) return call->refuse(503, history.error().text);
    const auto newest = (*history)->newest();
    if (!newest) return call->refuse(503, newest.error().text);
    if (wanted && wanted->journals() != newest->journals())
      return call->refuse(400, "Last-Event-ID: is of a run with another number of nodes",
                          kLastEventId);
    open_stream(*call, wanted ? wanted->at_most(*newest) : *newest);
  });
  if (!is_taken) call->refuse(503, "too many questions are under way, try again later");
}

void messages(const CallPtr& call) {
  constexpr const char* kNoPast = "this run remembers nothing, and messages are read from that";
  if (!call->world.read_past) return call->refuse(503, kNoPast);
  const auto limit = static_cast<std::size_t>(call->query.whole("limit", kLimitDefault));
  const bool is_taken = call->world.read_past([call, limit](const Result<archive::Past*>& history) {
    if (!history) return call->refuse(503, history.error().text);
    auto rows = newest_messages(**history, limit);
    if (!rows) return call->refuse(503, rows.error().text);
    call->answer(json_answer({{"messages", std::move(*rows)}}));
  });
  if (!is_taken) call->refuse(503, "too many questions are under way, try again later");
}

}  // namespace

std::vector<Route> event_routes() {
  Route route{"GET",
              "/api/v1/events",
              "Faults, sessions and states as they happen (server-sent events, Last-Event-ID)",
              events,
              {{"cp", Kind::text, "only of this charge point"},
               {"after", Kind::text, "as Last-Event-ID: events behind this one, else new ones"}}};
  route.media = "text/event-stream";
  route.outcomes = {{503, "the journal cannot be read, or too many streams are open"}};
  Route latest{"GET",
               "/api/v1/messages",
               "What happened lately: requests accepted, supplies started and ended, faults, "
               "recoveries, stops, commands refused; newest first, among the last 65,536 records "
               "(D-199)",
               messages,
               {{"limit", Kind::limit, "rows at most, 100 if left out"}}};
  latest.outcomes = {{503, "the journal cannot be read"}};
  return {std::move(route), std::move(latest)};
}

}  // namespace chargemill::app::api
