#include "app/guests/guests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "actors/codec/frames.hpp"
#include "app/directory/admission.hpp"
#include "app/directory/plain_text.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::app {
namespace {

using codec::Channel;

constexpr const char* kNoPoint = "Charging point not found";
constexpr const char* kNoDriver = "Driver not found";
constexpr const char* kReadsOnly = "NACK: virtual time: the doors only read";
constexpr std::string_view kInvalidState = "Invalid CP state";  // D-057
constexpr std::size_t kWordsMax = 64;  // of words of theirs that are said again
// One session's; more is no charge, and sums must not overflow.
constexpr Energy kSessionMax{10'000 * kMillijoulesPerKwh};
constexpr Power kPowerMax{10'000'000};
constexpr Money kCostMax{1'000'000'000'000};  // a million euros

bool is_sane(Money cost) {
  return cost.microeur <= kCostMax.microeur && cost.microeur >= -kCostMax.microeur;
}
bool is_sane(const SessionEnd& end) { return end.delivered <= kSessionMax && is_sane(end.cost); }
/// Of these a NACK means that something is lost (D-056, D-065, D-074); other participants are told
/// what they have to do next.
bool is_news_of_a_point(Channel channel) noexcept {
  return channel == Channel::cp_status || channel == Channel::cp_telemetry ||
         channel == Channel::cp_session_end || channel == Channel::cp_fault;
}

std::string out_of_range() { return std::string{word(codec::Misfit::out_of_range)}; }

}  // namespace

Guests::Guests(network::Desk& desk, Directory& names, codec::UtcTime run_start,
               std::shared_ptr<runtime::Poster> poster, std::function<void(std::string)> trouble)
    : desk_(desk),
      names_(names),
      run_start_(run_start),
      poster_(std::move(poster)),
      trouble_(std::move(trouble)),
      inbound_(names, run_start),
      outbound_(names, run_start) {
  desk_.connect(*this);
}

std::string Guests::take(const Link& from, std::string_view text) {
  recorded_at_.reset();
  is_relayed_ = false;
  if (!desk_.may_change()) return kReadsOnly;
  const auto now = codec::utc_of(desk_.engine().reached(), run_start_);
  const auto frame = reader_.read_frame(text, now);
  if (!frame) {
    const std::string error = codec::text(frame.error());
    if (has_to_tell()) tell_trouble(reader_.peek_channel(text), error);
    return "NACK: " + error;
  }
  const Answer why = on_frame(from, *frame);
  if (why.empty()) return fmt::format("ACK: {}", word(frame->channel));
  if (is_news_of_a_point(frame->channel) && has_to_tell()) tell_trouble(frame->channel, why);
  return "NACK: " + why;
}

/// Counts. Whoever sends nothing else must not fill a log.
bool Guests::has_to_tell() {
  ++unread_;
  const auto now = std::chrono::steady_clock::now();
  if (trouble_ && now >= tell_at_) {
    tell_at_ = now + kTellEvery;
    return true;
  }
  ++untold_;
  return false;
}

void Guests::tell_trouble(std::optional<Channel> channel, std::string_view why) {
  const std::string more = untold_ == 0 ? "" : fmt::format(" (and {} others before)", untold_);
  untold_ = 0;
  // D-057 has a line of its own.
  const bool is_whole = why.substr(0, kInvalidState.size()) == kInvalidState;
  const std::string from = fmt::format("Error processing message from {}: ",
                                       channel ? word(*channel) : "the framed door");
  trouble_((is_whole ? "" : from) + std::string{why} + more);
}

Guests::Answer Guests::on_frame(const Link& from, const codec::Frame& frame) {
  switch (frame.channel) {
    case Channel::cp_session_end:
      return on_end(from, std::get<codec::CPSessionTicket>(frame.body));
    case Channel::driver_ticket:
      return on_confirmed(from, std::get<codec::CPSessionTicket>(frame.body));
    case Channel::driver_requests:
      return on_request(from, std::get<codec::DriverRequest>(frame.body));
    case Channel::driver_cancel:
      return on_cancel(from, std::get<codec::DriverRequest>(frame.body));
    case Channel::central_commands:
    case Channel::driver_updates:
      return fmt::format("{} is what central says", word(frame.channel));
    default:
      break;
  }
  return std::visit(Overloaded{[&](const codec::CPStatus& body) { return on(from, body); },
                               [&](const codec::CPTelemetry& body) { return on(from, body); },
                               [&](const codec::CPRegistration& body) { return on(from, body); },
                               [&](const codec::CPHealth& body) { return on(from, body); },
                               [&](const codec::CPHeartbeat& body) { return on(from, body); },
                               [&](const codec::DriverReturn& body) { return on(from, body); },
                               [](const auto&) { return Answer{}; }},
                    frame.body);
}

// ---- who speaks

bool Guests::move(Seat& seat, const Link& to, Part part) {
  if (seat.key == to.get()) return false;
  seat.link = to;
  seat.key = to.get();
  parts_[seat.key].insert(key_of(part));
  return true;
}

Guests::OrWhy<PointId> Guests::engine(const Link& from, std::string_view name) {
  const auto point = names_.point(name);
  if (!point) return tl::unexpected<std::string>(kNoPoint);
  auto seat = engines_.find(*point);
  if (seat == engines_.end()) {
    if (!desk_.is_outside(*point))
      return tl::unexpected<std::string>(fmt::format("the engine of {} is not outside", name));
    seat = engines_.try_emplace(*point).first;
  }
  if (move(seat->second, from, {Role::engine, index_of(*point)}))
    desk_.say(*point, outside::Arrived{});
  return *point;
}

Guests::OrWhy<PointId> Guests::monitor(const Link& from, std::string_view name) {
  const auto point = names_.point(name);
  if (!point) return tl::unexpected<std::string>(kNoPoint);
  const auto seat = monitors_.find(*point);
  // D-043: as the 404 of HTTP; it registers at once.
  if (seat == monitors_.end() || !seat->second.is_registered)
    return tl::unexpected<std::string>(kNoPoint);
  (void)move(seat->second, from, {Role::monitor, index_of(*point)});
  return *point;
}

Guests::OrWhy<DriverId> Guests::driver(const Link& from, std::string_view name) {
  // To the desk it would mean: under any name.
  if (name.empty()) return tl::unexpected<std::string>("driver_id: is empty");
  auto id = names_.driver(name);
  if (!id) {
    network::NewDriver stranger;
    stranger.id = name;
    stranger.is_outside = true;
    const auto added = desk_.add(stranger);
    if (!added)
      return tl::unexpected<std::string>(fmt::format("{}: {}", kNoDriver, added.error().text));
    id = *added;
  }
  auto seat = drivers_.find(*id);
  if (seat == drivers_.end()) {
    if (!desk_.is_outside(*id))
      return tl::unexpected<std::string>(fmt::format("driver {} is not outside", name));
    seat = drivers_.try_emplace(*id).first;
    take_back(seat->second, *id);
  }
  if (move(seat->second, from, {Role::driver, index_of(*id)})) {
    desk_.call(*id);
    if (const Request* const latest = seat->second.current()) ask_again(*latest, *id);
  }
  return *id;
}

void Guests::take_back(DriverSeat& seat, DriverId id) {
  for (auto& given : desk_.requests_left_to(id)) {
    Request& request = seat.requests[seat.requests_made++ % kRemembered];
    request.name = std::move(given.name);
    request.id = given.request;
    request.where = given.point;
    request.is_over = given.is_over;
  }
}

/// Of this run's the driver's seat knows, and asks itself (D-129).
void Guests::ask_again(const Request& request, DriverId id) {
  const bool is_told = request.is_over && request.has_update;
  if (is_told || desk_.is_of_this_run(request.id)) return;
  desk_.ask_again({request.id, id, request.where});
}

void Guests::on_closed(const runtime::FrameLink& link) {
  const auto found = parts_.find(&link);
  if (found == parts_.end()) return;
  const auto all = std::move(found->second);
  parts_.erase(found);
  const auto leave = [&](Seat& seat, auto then) {
    if (seat.key != &link) return;  // it has moved on
    seat.key = nullptr;
    seat.link.reset();
    then();
  };
  for (const std::uint64_t key : all) {
    const Part part = part_of(key);
    const PointId point{part.index};
    const DriverId driver{part.index};
    switch (part.role) {
      case Role::engine:
        leave(engines_[point], [&] { desk_.say(point, outside::Left{}); });
        break;
      case Role::monitor:
        leave(monitors_[point], [&] { desk_.lose_monitor(point); });
        break;
      case Role::driver:
        leave(drivers_[driver], [&] {
          drivers_[driver].forget_left();
          desk_.hang_up(driver);
        });
        break;
    }
  }
}

// ---- engines

Guests::Answer Guests::on(const Link& from, const codec::CPStatus& body) {
  const auto point = engine(from, body.cp_id);
  if (!point) return point.error();
  const auto said = inbound_.message_of(body);
  if (!said) {
    if (said.error() == codec::Misfit::invalid_state)  // D-057
      return fmt::format("{} '{}' from {}", kInvalidState, plain_text(body.state, kWordsMax),
                         body.cp_id);
    return std::string{word(said.error())};
  }
  desk_.say(*point, outside::SaidState{*said});
  return {};
}

Guests::Answer Guests::on(const Link& from, const codec::CPTelemetry& body) {
  const auto point = engine(from, body.cp_id);
  if (!point) return point.error();
  const auto said = inbound_.message_of(body);
  if (!said) return std::string{word(said.error())};
  const Telemetry& t = said->message;
  if (kSessionMax < t.delivered || t.power.w > kPowerMax.w || !is_sane(t.cost))
    return out_of_range();
  desk_.say(*point, outside::SaidEnergy{t.session, t.power, t.delivered, t.cost, said->has_energy});
  return {};
}

Guests::Answer Guests::on_end(const Link& from, const codec::CPSessionTicket& body) {
  const auto point = engine(from, body.cp_id);
  if (!point) return point.error();
  const auto said = inbound_.session_end_of(body);
  if (!said) return std::string{word(said.error())};
  if (!is_sane(*said)) return out_of_range();
  desk_.say(*point, outside::SaidEnd{*said});
  recorded_at_ = *point;
  is_relayed_ = true;
  return {};
}

// ---- monitors

Guests::Answer Guests::on(const Link& from, const codec::CPRegistration& body) {
  if (const auto flaw = flaw_of(body); !flaw.empty()) return std::string{flaw};
  const auto point = admit(desk_, names_, body);
  if (!point) return "Registration failed: " + point.error().text;  // D-042
  const auto said = inbound_.message_of(body, desk_.spec(*point).price);
  if (!said) return std::string{word(said.error())};
  Seat& seat = monitors_[*point];
  seat.is_registered = true;
  (void)move(seat, from, {Role::monitor, index_of(*point)});
  desk_.report(*said);
  return {};
}

Guests::Answer Guests::on(const Link& from, const codec::CPHealth& body) {
  const auto point = monitor(from, body.cp_id);
  if (!point) return point.error();
  const auto said = inbound_.message_of(body);
  if (!said) return std::string{word(said.error())};
  std::visit([&](const auto& report) { desk_.report(report); }, *said);
  recorded_at_ = *point;
  return {};
}

Guests::Answer Guests::on(const Link& from, const codec::CPHeartbeat& body) {
  const auto point = monitor(from, body.cp_id);
  if (!point) return point.error();
  desk_.report(Heartbeat{*point});
  return {};
}

// ---- drivers

Guests::Answer Guests::on_request(const Link& from, const codec::DriverRequest& body) {
  // Both are kept, and said again with every update.
  if (body.request_id.size() > kNameBytesMax) return "request_id: is too long";
  if (body.cp_id.size() > kNameBytesMax) return "cp_id: is too long";
  const auto id = driver(from, body.driver_id);
  if (!id) return id.error();
  DriverSeat& seat = drivers_[*id];
  if (const Request* const known = seat.find(body.request_id)) {  // D-054
    if (known->has_update) {
      push_update(seat, known, known->update, known->at);
    } else {
      ask_again(*known, *id);
    }
    return {};
  }
  if (body.request_id.empty()) return "request_id: is empty";
  if (seat.has_left(body.request_id)) return fmt::format("request {} is over", body.request_id);
  const Request* const open = seat.current();
  if (open != nullptr && !open->is_over) return fmt::format("request {} is open", open->name);
  Request& request = seat.requests[seat.requests_made++ % kRemembered];
  if (!request.name.empty()) seat.leave(request.name);
  request = Request{};
  request.name = body.request_id;
  request.point = body.cp_id;
  Trip trip{};
  trip.due = desk_.engine().reached();
  trip.point = names_.point(body.cp_id).value_or(kUnknownPoint);
  request.where = trip.point;
  request.id = desk_.ask(*id, trip, body.request_id);
  return {};
}

Guests::Answer Guests::on_cancel(const Link& from, const codec::DriverRequest& body) {
  const auto id = driver(from, body.driver_id);
  if (!id) return id.error();
  const Request* const request = drivers_[*id].find(body.request_id);
  const auto point = names_.point(body.cp_id);
  if (request == nullptr || request->is_over || !point || request->where == kUnknownPoint)
    return std::string{word(codec::Misfit::unknown_request)};
  // Its shard would hear of a request that it does not know, and the session would go on.
  if (*point != request->where)
    return fmt::format("cp_id: request {} is about {}", request->name, names_.name(request->where));
  desk_.cancel({request->id, *id, *point});
  return {};
}

Guests::Answer Guests::on_confirmed(const Link& from, const codec::CPSessionTicket& body) {
  const auto id = driver(from, body.driver_id);
  if (!id) return id.error();
  const auto said = inbound_.ticket_of(body);
  if (!said) return std::string{word(said.error())};
  const auto& issued = drivers_[*id].tickets;
  const auto known = std::find_if(issued.begin(), issued.end(),
                                  [&](const Issued& one) { return one.session == said->session; });
  const bool is_correction =
      known != issued.end() && known->is_correction && known->is_confirmed_by(said->delivered);
  desk_.confirm({said->session, *id, is_correction});
  recorded_at_ = said->point;
  return {};
}

Guests::Answer Guests::on(const Link& from, const codec::DriverReturn& body) {
  const auto id = driver(from, body.driver_id);
  return id ? Answer{} : id.error();
}

}  // namespace chargemill::app
