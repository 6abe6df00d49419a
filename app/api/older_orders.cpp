// The older paths that take part: what monitors say, and stopping (D-181 to D-183, D-187 to D-189,
// D-193).
#include "actors/codec/body_reader.hpp"
#include "actors/codec/inbound.hpp"
#include "app/api/looks.hpp"
#include "app/directory/admission.hpp"
#include "app/directory/plain_text.hpp"

namespace chargemill::app::api {
namespace {

using codec::BodyReader;
using codec::Decoded;
using codec::UtcTime;
using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* kNoPoint = "Charging point not found";
constexpr const char* kNoId = "cp_id required";
/// Of a name in a line that is told.
constexpr std::size_t kNameBytesMax = 64;

UtcTime utc_now(const World& world) { return {world.now().count()}; }

/// The object that a hand-checked body is; nothing: it is none, and that has been said.
std::optional<json> object_of(const Call& call) {
  auto body = json::parse(call.body_text.begin(), call.body_text.end(), nullptr, false);
  if (body.is_object()) return body;
  call.refuse(422, "the body must be a JSON object");
  return std::nullopt;
}

/// The text of a field; empty: it is missing, null, empty or no text.
std::string text_of(const json& body, const char* name) {
  const auto field = body.find(name);
  return field != body.end() && field->is_string() ? field->get<std::string>() : std::string{};
}

/// Whose monitor has said something: `use` is called if it is registered, else `turn_away` (D-043,
/// D-074).
template <class Use, class TurnAway>
void if_registered(const CallPtr& call, const std::string& id, Use use, TurnAway turn_away) {
  const auto point = call->world.names.point(id);
  if (!point) return turn_away();
  look_at(call, *point, [call, use, turn_away](const PointCopy& copy, SimTime) {
    if (!copy.record.registered) return turn_away();
    use(copy.record);
  });
}

/// A body that one of the message types takes; nothing: it is none, and that has been said (422).
template <class Message>
std::optional<Message> message_of(const Call& call, BodyReader& reader) {
  const Decoded<Message> body = reader.read<Message>(call.body_text, utc_now(call.world));
  if (body) return *body;
  call.refuse(422, codec::text(body.error()), std::string{body.error().field});
  return std::nullopt;
}

void register_point(const CallPtr& call) {  // D-181
  World& world = call->world;
  BodyReader reader;
  const auto body = message_of<codec::CPRegistration>(*call, reader);
  if (!body) return;
  if (const auto flaw = flaw_of(*body); !flaw.empty())
    return call->refuse(422, std::string{flaw}, "price_eur_kwh");
  const auto point = admit(world.desk, world.names, *body);
  if (!point) {  // the scenario lists who is admitted, or keeps places free (D-042)
    return call->answer(json_answer(
        {{"success", false}, {"cp_id", body->cp_id}, {"message", "Registration failed"}}, 403));
  }
  codec::Inbound inbound{world.names, {std::int64_t{world.scenario.run.start_unix_s} * 1'000'000}};
  const auto said = inbound.message_of(*body, world.desk.spec(*point).price);
  if (!said)
    return call->refuse(422, "price_eur_kwh: " + std::string{word(said.error())}, "price_eur_kwh");
  world.desk.report(*said);
  call->answer(json_answer({{"success", true},
                            {"cp_id", body->cp_id},
                            {"message", "Charging point registered successfully"}}));
}

void report_fault(const CallPtr& call) {  // D-182
  const auto object = object_of(*call);
  if (!object) return;
  const std::string id = text_of(*object, "cp_id");
  if (id.empty()) return call->refuse(400, kNoId, "cp_id");
  const std::string status = text_of(*object, "status");
  if (status != "FAULT" && status != "HEALTHY")
    return call->refuse(400, "status must be FAULT or HEALTHY", "status");
  BodyReader reader;
  const auto body = message_of<codec::CPHealth>(*call, reader);
  if (!body) return;
  const auto turn_away = [call, id] {  // D-074
    if (call->world.tell)
      call->world.tell("Error processing message from cp.fault: " + std::string{kNoPoint} + ": " +
                       plain_text(id, kNameBytesMax));
    call->refuse(404, kNoPoint);
  };
  const auto pass_on = [call, id, status, turn_away,
                        reason = std::string{body->reason}](const auto&) {
    World& world = call->world;
    codec::Inbound inbound{world.names,
                           {std::int64_t{world.scenario.run.start_unix_s} * 1'000'000}};
    codec::CPHealth health;
    health.cp_id = id;
    health.status = status == "FAULT" ? codec::Health::fault : codec::Health::healthy;
    health.reason = reason;
    const auto said = inbound.message_of(health);
    if (!said) return turn_away();
    std::visit([&](const auto& report) { world.desk.report(report); }, *said);
    const auto point = world.names.point(id);
    if (!point) return turn_away();
    answer_when_kept(call, *point,
                     json_answer({{"success", true}, {"cp_id", id}, {"status", status}}));
  };
  if_registered(call, id, pass_on, turn_away);
}

void heartbeat(const CallPtr& call) {  // D-183
  const auto object = object_of(*call);
  if (!object) return;
  const std::string id = text_of(*object, "cp_id");
  if (id.empty()) return call->refuse(400, kNoId, "cp_id");
  BodyReader reader;
  if (!message_of<codec::CPHeartbeat>(*call, reader)) return;
  if_registered(
      call, id,
      [call, id](const central::PointRecord& record) {
        call->world.desk.report(Heartbeat{record.id});
        call->answer(json_answer({{"success", true}, {"cp_id", id}}));
      },
      [call] { call->refuse(404, kNoPoint); });  // D-043: it registers at once
}

void stop_session(const CallPtr& call) {  // D-187
  const auto object = object_of(*call);
  if (!object) return;
  const std::string id = text_of(*object, "cp_id");
  const std::string driver = text_of(*object, "driver_id");
  const std::string session = text_of(*object, "session_id");
  if (id.empty() || driver.empty() || session.empty())
    return call->refuse(400, "cp_id, driver_id, and session_id required");
  const auto point = call->world.names.point(id);
  if (!point) return call->refuse(404, kNoPoint);
  look_at(call, *point, [=](const PointCopy& copy, SimTime) {
    World& world = call->world;
    const auto& record = copy.record;
    const bool is_it =
        record.stage != central::Stage::none && world.names.name(record.session) == session;
    if (!is_it) return call->refuse(400, "Session ID mismatch");
    if (record.driver == kNobody || world.names.name(record.driver) != driver)
      return call->refuse(403, "Not authorized to stop this session");
    world.desk.order(
        {record.id, OperatorAction::stop_supply, false, Reason::driver_requested_stop});
    call->answer(json_answer({{"success", true},
                              {"cp_id", id},
                              {"session_id", session},
                              {"message", "Stop command sent"}}));
  });
}

void stop_point(const CallPtr& call) {  // D-188
  const auto object = object_of(*call);
  if (!object) return;
  const std::string id = text_of(*object, "cp_id");
  if (id.empty()) return call->refuse(400, kNoId, "cp_id");
  const auto point = call->world.names.point(id);
  if (!point) return call->refuse(404, kNoPoint);
  call->world.desk.order({*point, OperatorAction::stop_supply, false, Reason::manual_stop});
  call->answer(json_answer({{"success", true}, {"message", "Stop command sent to " + id}}));
}

std::optional<OperatorAction> action_of(std::string_view command) {
  if (command == "stop_cp") return OperatorAction::stop;
  if (command == "resume_cp") return OperatorAction::resume;
  if (command == "stop_supply") return OperatorAction::stop_supply;
  if (command == "shutdown") return OperatorAction::shutdown;
  return std::nullopt;
}

void command(const CallPtr& call) {  // D-189
  const auto object = object_of(*call);
  if (!object) return;
  const std::string cmd = text_of(*object, "cmd");
  const std::string id = text_of(*object, "cp_id");
  const auto action = action_of(cmd);
  if (!action)
    return call->refuse(400, "cmd must be stop_cp, resume_cp, stop_supply or shutdown", "cmd");
  if (id.empty()) return call->refuse(400, kNoId, "cp_id");
  const bool is_for_all = id == "*";
  const auto point = is_for_all ? PointId{} : call->world.names.point(id);
  if (!point) return call->refuse(404, kNoPoint);
  call->world.desk.order({*point, *action, is_for_all});
  const std::size_t count = is_for_all ? call->world.desk.points() : 1;
  auto answer = json_answer({{"success", true}, {"cmd", cmd}, {"count", count}});
  if (count == 0) return call->answer(std::move(answer));
  answer_when_kept(call, *point, answer);
}

/// It ends as by a shutdown (D-080): what it was stays known, and power-on brings it back.
void remove_point(const CallPtr& call) {  // D-193
  look_at(call, call->point, [call](const PointCopy& copy, SimTime) {
    if (copy.record.stage != central::Stage::none)
      return call->refuse(409, "a session runs: stop it first");
    call->world.desk.order({call->point, OperatorAction::shutdown, false});
    HttpResponse done;
    done.status = 204;
    answer_when_kept(call, call->point, done);
  });
}

Route post(std::string_view pattern, std::string_view summary, void (*handle)(const CallPtr&),
           std::vector<Parameter> body, std::vector<Outcome> outcomes) {
  Route route{"POST", pattern, summary, handle};
  route.body_form = Body::by_hand;
  route.body = std::move(body);
  route.outcomes = std::move(outcomes);
  route.is_change = true;
  return route;
}

constexpr Parameter kPoint{"cp_id", Kind::text, "the charge point", true};
constexpr Outcome kUnknown{404, "nobody is called so, or its monitor has not registered"};
constexpr Outcome kMissing{400, "a field is missing or wrong"};

}  // namespace

std::vector<Route> older_orders() {
  const Parameter host{"cp_e_host", Kind::text, "where its engine listens", true};
  const Parameter port{"cp_e_port", Kind::number, "likewise, 0 to 65535", true};
  const Parameter location{"location", Kind::text, "where it stands"};
  const Parameter price{"price_eur_kwh", Kind::number, "0 to 1000; the scenario's if left out"};
  const Parameter status{"status", Kind::text, "FAULT or HEALTHY", true};
  const Parameter reason{"reason", Kind::text, "of a FAULT"};
  const Parameter ts{"ts", Kind::text, "when; now if left out"};
  const Parameter driver{"driver_id", Kind::text, "who asks", true};
  const Parameter session{"session_id", Kind::text, "the session that is to end", true};
  const Parameter cmd{"cmd", Kind::text, "stop_cp, resume_cp, stop_supply or shutdown", true};
  const Outcome taken_for_another{403, "it is another driver's"};
  Route removal{"DELETE", "/cp/{id}",
                "A charge point ends, as by a shutdown, unless a session runs there (D-193)",
                remove_point};
  removal.subject = Subject::point;
  removal.is_change = true;
  removal.success = 204;
  removal.outcomes = {
      {409, "a session runs there, or virtual time: nobody outside may change anything"},
      kNotSeenKept};
  return {
      post("/cp/register", "A monitor registers its charge point (D-181)", register_point,
           {kPoint, host, port, location, price, ts},
           {{403,
             "success is false: the scenario does not list it, and no place is free "
             "(network.external)",
             "application/json"}}),
      post("/cp/fault", "A monitor tells of a fault or its end (D-182)", report_fault,
           {kPoint, status, reason, ts}, {kMissing, kUnknown, kNotSeenKept}),
      post("/cp/heartbeat", "A monitor is alive (D-183)", heartbeat, {kPoint, ts},
           {kMissing, kUnknown}),
      post("/stop-session", "A driver ends its session (D-187)", stop_session,
           {kPoint, driver, session}, {kMissing, taken_for_another, kUnknown}),
      post("/cp/stop",
           "End the supply of one charge point, which stays in order (D-188); out of order: "
           "/cp/command with stop_cp",
           stop_point, {kPoint}, {kMissing, kUnknown}),
      post("/cp/command", "A command to one charge point, or to * (D-189)", command, {cmd, kPoint},
           {kMissing, kUnknown, kNotSeenKept}),
      removal,
  };
}

}  // namespace chargemill::app::api
