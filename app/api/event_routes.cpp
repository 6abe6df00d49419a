// /api/v1/events: what the journal is told, while it is told; resumable by Last-Event-ID.
#include <algorithm>
#include <charconv>
#include <memory>

#include "app/api/event_text.hpp"
#include "app/api/route.hpp"

namespace chargemill::app::api {
namespace {

using nlohmann::ordered_json;
using runtime::journal::Sequence;

constexpr int kStreamsMax = 64;
constexpr std::chrono::milliseconds kLookEvery{250};
/// Looks without an event after which a comment is sent: a client that has gone is noticed.
constexpr int kQuietLooks = 40;
constexpr std::uint64_t kLookedMax = 2'048;

/// Looks into the journal now and then; nothing is kept for one who reads slowly.
class EventStream final : public runtime::HttpStream,
                          public std::enable_shared_from_this<EventStream> {
 public:
  EventStream(World& world, Sequence after, std::string point)
      : world_(world), count_(world.streams), point_(std::move(point)), after_(after) {
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
    const auto last = history.follow(after_, kLookedMax, [&](const archive::Found& found) {
      if (point_.empty() || found.names.point == point_) text += event_text(found);
    });
    if (!last) return take({});
    const bool is_behind = *last > after_;
    after_ = *last;
    if (!text.empty()) return take(std::move(text));
    if (is_behind) return look(take, quiet);  // it has read what it does not show
    if (quiet >= kQuietLooks) return take(": nothing new\n\n");
    look_later(take, quiet + 1);
  }

  World& world_;
  const std::shared_ptr<std::atomic<int>> count_;
  const std::string point_;
  Sequence after_;  // one look at a time
  bool is_new_ = true;
};

/// The number after which a client wants to go on; nothing: it is none.
std::optional<Sequence> number_of(std::string_view text) {
  Sequence number = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end || number >= runtime::journal::kSequenceMax)
    return std::nullopt;
  return number;
}

void open_stream(const Call& call, Sequence after) {
  HttpResponse response;
  response.content_type = "text/event-stream";
  response.stream = std::make_shared<EventStream>(call.world, after, call.query.text("cp"));
  call.answer(std::move(response));
}

void events(const CallPtr& call) {
  World& world = call->world;
  if (!world.read_past || !world.after)
    return call->refuse(503, "this run remembers nothing, and events are read from that");
  // relaxed: a count; orders nothing.
  if (world.streams->load(std::memory_order_relaxed) >= kStreamsMax)
    return call->refuse(503, "too many event streams are open");
  const std::string given = call->last_event.empty() ? call->query.text("after") : call->last_event;
  const auto number = number_of(given);
  if (!given.empty() && !number)
    return call->refuse(400, "Last-Event-ID: must be the id of an event", "Last-Event-ID");
  const bool is_taken = world.read_past([call, number](const Result<archive::Past*>& history) {
    if (!history) return call->refuse(503, history.error().text);
    const auto newest = (*history)->newest();
    if (!newest) return call->refuse(503, newest.error().text);
    open_stream(*call, std::min(number.value_or(*newest), *newest));
  });
  if (!is_taken) call->refuse(503, "too many questions are under way, try again later");
}

/// The newest `limit` messages, newest first, among the last records.
Result<ordered_json> newest_messages(archive::Past& history, std::size_t limit) {
  constexpr Sequence kLookedBack = 65'536;
  const auto newest = history.newest();
  if (!newest) return tl::unexpected<Error>(newest.error());
  auto rows = ordered_json::array();
  std::vector<ordered_json> found;
  const Sequence oldest = *newest > kLookedBack ? *newest - kLookedBack : 0;
  for (Sequence to = *newest; to > oldest && rows.size() < limit;) {
    const Sequence from = to - std::min<Sequence>(to - oldest, kLookedMax);
    found.clear();
    const auto last = history.follow(from, to - from, [&](const archive::Found& one) {
      if (one.sequence > to) return;
      if (auto row = message_json(one); !row.is_null()) found.push_back(std::move(row));
    });
    if (!last) return tl::unexpected<Error>(last.error());
    for (auto row = found.rbegin(); row != found.rend() && rows.size() < limit; ++row)
      rows.push_back(std::move(*row));
    to = from;
  }
  return rows;
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
               "recoveries, stops; newest first, among the last 65,536 records (D-199)",
               messages,
               {{"limit", Kind::limit, "rows at most, 100 if left out"}}};
  latest.outcomes = {{503, "the journal cannot be read"}};
  return {std::move(route), std::move(latest)};
}

}  // namespace chargemill::app::api
