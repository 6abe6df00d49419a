#include "actors/archive/image.hpp"

#include <algorithm>

#include "actors/archive/record_fields.hpp"
#include "actors/archive/soundness.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::archive {
namespace {

constexpr unsigned kSessionCounterBits = 40;

void made(Image& image, std::size_t shard, std::uint64_t count) {
  if (shard >= image.sessions_made.size()) return;
  image.sessions_made[shard] = std::max(image.sessions_made[shard], count);
}

void made(Image& image, SessionId session) {
  made(image, index_of(session) >> kSessionCounterBits,
       index_of(session) & ((std::uint64_t{1} << kSessionCounterBits) - 1));
}

void remember(std::vector<SessionEnd>& closed, const SessionEnd& end) {
  const auto known = std::find_if(closed.begin(), closed.end(), [&](const SessionEnd& one) {
    return one.session == end.session;
  });
  if (known != closed.end()) {
    const SimTime first = known->at;  // when its point was told to stop
    *known = end;
    known->at = std::min(first, end.at);
    return;
  }
  if (closed.size() == kClosedRemembered) closed.erase(closed.begin());
  closed.push_back(end);
}

void named(Image& image, const RequestNamed& r, std::string_view name) {
  if (name.empty()) return;  // its driver has used so many since that it was forgotten
  auto& all = image.named[r.driver];
  const auto known = std::find_if(
      all.begin(), all.end(), [&](const NamedAs& one) { return one.what.request == r.request; });
  if (known != all.end()) {
    *known = {r, std::string{name}};
    return;
  }
  // A program that has started anew counts from the beginning again: the latest is meant.
  const auto namesake =
      std::find_if(all.begin(), all.end(), [&](const NamedAs& one) { return one.name == name; });
  if (namesake != all.end()) {
    if (r.asked < namesake->what.asked) return;
    all.erase(namesake);
  }
  // Shards tell of theirs in turn.
  const auto after =
      std::upper_bound(all.begin(), all.end(), r.asked,
                       [](SimTime asked, const NamedAs& one) { return asked < one.what.asked; });
  all.insert(after, {r, std::string{name}});
  if (all.size() > kNamedRemembered) all.erase(all.begin());
}

void settle_named(Image& image, const SessionEnd& r) {
  const auto all = image.named.find(r.driver);
  if (all == image.named.end() || r.request == RequestId::none) return;
  for (NamedAs& one : all->second) {
    if (one.what.request != r.request) continue;
    one.what.delivered = r.delivered;
    one.what.cost = r.cost;
    one.what.status = r.status;
    one.what.reason = r.reason;
    one.what.detail = r.detail;
    one.what.phase = r.phase;
    one.what.refusal = r.refusal;
  }
}

void clear_session(PointState& point) {
  point.session = SessionId::none;
  point.request = RequestId::none;
  point.driver = DriverId{};
  point.begun = point.heard = SimTime{};
  point.delivered = Energy{};
  point.cost = Money{};
  point.permit = runtime::Permit{};
}

void on(Image&, PointState& point, const Fault& r) {
  if (r.type == EventType::other) return;
  point.is_faulty = r.type == EventType::fault;
  point.fault = point.is_faulty ? r.reason : Reason::none;
}

void on(Image& image, PointState& point, const SessionStart& r) {
  made(image, r.session);
  point.session = r.session;
  point.request = r.request;
  point.driver = r.driver;
  point.begun = point.heard = r.at;
  point.delivered = Energy{};
  point.cost = Money{};
  point.permit = r.permit;
}

void on(Image&, PointState& point, const Checkpoint& r) {
  if (point.session != r.session) return;
  point.begun = r.begun;
  point.heard = r.at;
  point.delivered = r.delivered;
  point.cost = r.cost;
}

void on(Image& image, PointState& point, const SessionEnd& r) {
  made(image, r.session);
  if (point.session == r.session) clear_session(point);
  remember(image.closed[index_of(r.point)], r);
  settle_named(image, r);
  if (!r.is_stray && r.driver != kNobody) image.tickets[{r.driver, r.session}] = r;
}

// The engine itself says it in its next life (D-103); then nothing of it is booked twice. What was
// billed stays: it is corrected with the ticket.
void on(Image& image, PointState&, const OwedEnd& r) {
  for (SessionEnd& end : image.closed[index_of(r.point)]) {
    if (end.session != r.session || end.is_final || end.is_stray) continue;
    end.start = r.begun;
    end.end = r.at;
    end.delivered = r.delivered;
  }
}

void on(Image& image, PointState&, const TicketDelivered& r) {
  const auto kept = image.tickets.find({r.driver, r.session});
  if (kept != image.tickets.end() && kept->second.is_correction == r.is_correction)
    image.tickets.erase(kept);
}

void on(Image&, PointState& point, const Registration& r) {
  point.is_registered = true;
  point.price = r.price;
}

void on(Image&, PointState& point, const OperatorState& r) { point.is_stopped = r.is_stopped; }
void on(Image&, PointState& point, const BreakerState& r) {
  point.breaker = r.word;
  point.breaker_opened = r.opened;
}
void on(Image&, PointState& point, const PointState& r) { point = r; }
void on(Image&, PointState&, const Health&) {}

void joined(Image& image, const PointJoined& r, std::string_view name) {
  const std::uint32_t at = index_of(r.point);
  if (at < image.seats || at - image.seats >= kJoinedMax) return;
  for (auto next = static_cast<std::uint32_t>(image.points.size()); next <= at; ++next) {
    image.points.emplace_back().point = PointId{next};
    image.closed.emplace_back();
  }
  auto& known = image.joined_points[r.point];
  if (known.name != name) {  // a later run has given the place to another
    image.points[at] = {};
    image.points[at].point = r.point;
    image.closed[at].clear();
  }
  known = {r, std::string{name}};
}

void joined(Image& image, const DriverJoined& r, std::string_view name) {
  auto& known = image.joined_drivers[r.driver];
  // Who is heard of for the first time may have tickets of shards that were read before.
  if (!known.name.empty() && known.name != name) {
    const auto first = image.tickets.lower_bound({r.driver, SessionId::none});
    auto end = first;
    while (end != image.tickets.end() && end->first.first == r.driver) ++end;
    image.tickets.erase(first, end);
    image.named.erase(r.driver);
  }
  known = {r, std::string{name}};
}

bool is_stray(const SessionEnd& r) noexcept { return r.is_stray; }
bool is_stray(const ClosedAgain& r) noexcept { return r.end.is_stray; }
template <class R>
bool is_stray(const R&) noexcept {
  return false;
}

/// Whether its session is of one of our shards, to which its ticket is confirmed; of a stray only
/// its engine knows the number.
bool is_ours(const Image& image, const Record& record) {
  return std::visit(
      [&](const auto& r) {
        bool is = true;
        each_field(r, [&](const auto& field) {
          if constexpr (std::is_same_v<std::decay_t<decltype(field)>, SessionId>)
            is = field == SessionId::none ||
                 index_of(field) >> kSessionCounterBits < image.sessions_made.size();
        });
        return is || is_stray(r);
      },
      record);
}

template <class R>
void about_point(Image& image, const R& r) {
  if (index_of(r.point) >= image.points.size()) return;
  on(image, image.points[index_of(r.point)], r);
}

}  // namespace

Image make_image(std::uint32_t points, std::uint16_t shards) {
  Image image;
  image.points.resize(points);
  image.seats = points;
  for (std::uint32_t i = 0; i < points; ++i) image.points[i].point = PointId{i};
  image.closed.resize(points);
  image.sessions_made.resize(shards);
  return image;
}

void fold(Image& image, const Record& record, const Names& names) {
  ++image.records;
  if (!is_sound(record) || !is_ours(image, record)) return;
  std::visit(
      Overloaded{[&](const ClosedAgain& r) {
                   if (index_of(r.end.point) < image.closed.size())
                     remember(image.closed[index_of(r.end.point)], r.end);
                 },
                 [&](const TicketAgain& r) {
                   image.tickets[{r.end.driver, r.end.session}] = r.end;
                 },
                 [&](const RoundMark& r) { made(image, index_of(r.shard), r.sessions_made); },
                 [&](const RunBegan& r) { image.run = r; },
                 [&](const RunAgain& r) { image.run = r.run; },
                 [&](const PointJoined& r) { joined(image, r, names.point); },
                 [&](const DriverJoined& r) { joined(image, r, names.driver); },
                 [&](const RequestNamed& r) { named(image, r, names.point); },
                 [&](const auto& r) { about_point(image, r); }},
      record);
}

}  // namespace chargemill::archive
