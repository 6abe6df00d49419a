#include "app/scenario/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>

#include "actors/characters.hpp"
#include "actors/monitor/monitor.hpp"
#include "actors/network/division.hpp"
#include "actors/shell/name_book.hpp"
#include "app/scenario/check_context.hpp"
#include "app/scenario/thresholds.hpp"
#include "app/scenario/value.hpp"

namespace chargemill::app {
namespace {

/// As many bytes of a name as a journal keeps (actors/archive/codec.hpp).
constexpr std::size_t kNameBytesMax = 48;

/// `#` parts the fields of commands and replies (D-145), of which `*` is all, `-` nobody, and `>`
/// the next page.
bool is_sayable(const std::string& id) {
  return id != "*" && id != "-" && id.substr(0, 1) != ">" && id.find('#') == std::string::npos &&
         is_without_controls(id);
}

class Checker : public CheckContext {
 public:
  Checker(const network::Scenario& scenario, const Origins& origins,
          const std::set<std::string>& failed, std::vector<Diagnostic>& found, bool is_a_file)
      : CheckContext(scenario, origins, failed, found), is_a_file_(is_a_file) {}

  void all() {
    run();
    outside();
    network();
    drivers();
    central();
    time_outs();
    check_events(*this);
    check_needs(*this);
    thresholds();
  }

 private:
  void run() {
    // A journal counts nanoseconds since 1970 in 64 bits (actors/archive/soundness.hpp).
    constexpr std::int64_t kStartMax = 5'648'745'600;  // 2149
    if (s_.run.start_unix_s < 0 || s_.run.start_unix_s > kStartMax)
      error(Code::range, "'run.start' is not between 1970 and 2149", place_of("run.start"));
    if (s_.run.digest_every && !s_.run.speed.max && are_sound({"run.speed"})) {
      error(Code::contradiction, "'run.digest_every' needs virtual time",
            place_of({"run.digest_every", "run.speed"}), "--speed max");
    }
    if (s_.run.recover_within && !s_.run.speed.max && are_sound({"run.speed"})) {
      error(Code::contradiction, "'cluster.recover' needs virtual time",
            place_of({"cluster.recover", "run.speed"}), "--speed max");
    }
    if (s_.run.warmup >= s_.run.duration && are_sound({"run.warmup", "run.duration"})) {
      error(Code::contradiction,
            fmt::format("'run.warmup' ({}) leaves nothing of 'run.duration' ({})",
                        duration_text(s_.run.warmup), duration_text(s_.run.duration)),
            place_of({"run.warmup", "run.duration"}));
    }
  }

  /// In virtual time the doors only read.
  void outside() {
    const auto refuse = [&](const std::string& key) {
      error(Code::contradiction,
            fmt::format("'{}': other programs take part in real time only", key),
            place_of({key, "run.speed"}), "--speed 1");
    };
    if (!s_.run.speed.max || !are_sound({"run.speed"})) return;
    for (std::size_t i = 0; i < s_.network.points.size(); ++i) {
      if (s_.network.points[i].is_outside) refuse(fmt::format("charge_point[{}].external", i));
    }
    for (std::size_t i = 0; i < s_.drivers.named.size(); ++i) {
      if (s_.drivers.named[i].is_outside) refuse(fmt::format("driver[{}].external", i));
    }
    if (s_.network.external > 0) refuse("network.external");
    if (s_.drivers.external > 0) refuse("drivers.external");
  }

  void network() {
    const auto& n = s_.network;
    if (n.charge_points != 0 && !n.points.empty()) {
      error(Code::contradiction, "both 'network.charge_points' and [[charge_point]]",
            place_of("network.charge_points"), "one or the other");
    }
    // Of nothing but defaults nobody expects anything.
    if (n.charge_points == 0 && n.points.empty() && n.external == 0 &&
        (is_a_file_ || !origins_.empty()) && points_are_sound())
      warning(Code::missing, "there are no charge points: nothing will happen",
              place_of("network.charge_points"), "network.charge_points = 100");
    std::set<std::string> ids;
    for (std::size_t i = 0; i < n.points.size(); ++i) {
      const auto key = fmt::format("charge_point[{}]", i);
      const auto& id = n.points[i].id;
      if (!id.empty() && !ids.insert(id).second)
        error(Code::twice, fmt::format("a second charge point '{}'", id), place_of(key + ".id"));
      check_id(id, place_of(key + ".id"));
      if (id.empty() && origins_.count(key + ".id") != 0)
        error(Code::range, "an empty id", place_of(key + ".id"));
      if (n.points[i].manual_plug && !n.points[i].is_outside && !is_plugged_by_somebody(id))
        warning(Code::contradiction,
                fmt::format("nobody plugs in at '{}': its supplies never start", id),
                place_of(key + ".manual_plug"), "[[action]] do = \"plug\"");
    }
  }

  [[nodiscard]] bool is_plugged_by_somebody(const std::string& point) const {
    return std::any_of(s_.actions.begin(), s_.actions.end(), [&](const auto& action) {
      return action.kind == network::ActionKind::plug && action.point == point;
    });
  }

  void check_id(const std::string& id, const Place& place) {
    if (id.size() > kNameBytesMax)
      error(Code::range, fmt::format("an id of {} bytes: at most {}", id.size(), kNameBytesMax),
            place);
    if (!is_sayable(id))
      error(Code::range, "an id that nobody could say at the framed door", place,
            "not * or -, UTF-8, and without #, control characters and a > in front");
  }

  /// Generated drivers follow the named ones, and are numbered as they come.
  void check_generated(const std::string& id, const Place& place) {
    constexpr std::string_view kPrefix = "DRV-";
    if (id.compare(0, kPrefix.size(), kPrefix) != 0 || !are_sound({"drivers.count"})) return;
    std::uint32_t number = 0;
    (void)std::from_chars(id.data() + kPrefix.size(), id.data() + id.size(), number);
    const std::size_t named = s_.drivers.named.size();
    if (number <= named || number > named + s_.drivers.count) return;
    NameBuffer buffer;
    if (numbered_name(kPrefix, number, buffer) == id)
      error(Code::twice, fmt::format("'{}' is a generated driver's name too", id), place);
  }

  void drivers() {
    const auto& d = s_.drivers;
    std::set<std::string> ids;
    for (std::size_t i = 0; i < d.named.size(); ++i) {
      const auto key = fmt::format("driver[{}]", i);
      if (!d.named[i].id.empty() && !ids.insert(d.named[i].id).second)
        error(Code::twice, fmt::format("a second driver '{}'", d.named[i].id),
              place_of(key + ".id"));
      check_id(d.named[i].id, place_of(key + ".id"));
      check_generated(d.named[i].id, place_of(key + ".id"));
      check_requests(d.named[i], place_of({key + ".requests", key}));
      if (d.named[i].is_outside && !d.named[i].requests.empty())
        error(Code::contradiction,
              fmt::format("driver '{}' is external, and has requests here", d.named[i].id),
              place_of({key + ".external", key}), "its program makes them");
    }
    const bool moved = d.sessions_per_cp_per_day > 0 || d.initial_supplying > 0 ||
                       !d.replay.empty() || has_rate_stage();
    if (moved && d.count == 0 && are_sound({"drivers.count"})) {
      warning(Code::contradiction, "there is load, but 'drivers.count' is 0: all trips are shed",
              place_of({"drivers.count", "drivers.sessions_per_cp_per_day", "drivers.replay",
                        "drivers.initial_supplying"}));
    }
    if (moved) {
      check_drivers_of_shards();
    } else {
      check_idle_drivers();
    }
    std::set<std::string_view> stations;
    for (const auto& session : d.replay) stations.insert(session.station);
    const std::size_t points =
        s_.network.points.empty() ? s_.network.charge_points : s_.network.points.size();
    if (stations.size() > points && points_are_sound()) {
      error(Code::recording,
            fmt::format("{} recorded stations do not fit on {} charge points", stations.size(),
                        points),
            place_of({"drivers.replay", "drivers.recorded"}),
            fmt::format("network.charge_points = {}", stations.size()));
    }
  }

  // Each shard's trips go to its own drivers: where there are none, none are made.
  void check_drivers_of_shards() {
    const std::size_t shards = network::shards_of(s_);
    const std::size_t drivers = s_.drivers.count;
    if (drivers == 0 || drivers >= shards || !points_are_sound() ||
        !are_sound({"drivers.count", "central.shards"}))
      return;
    warning(Code::contradiction,
            fmt::format("{} of {} shards have no driver: all trips at their charge points are shed",
                        shards - drivers, shards),
            place_of({"drivers.count", "central.shards", "network.charge_points"}),
            fmt::format("central.shards = {}, or drivers.count = {} or more", drivers, shards));
  }

  // Whoever wrote how many there are expects something of them; others may ask for them while it
  // runs.
  void check_idle_drivers() {
    if (s_.drivers.count == 0 || origins_.count("drivers.count") == 0 ||
        !are_sound({"drivers.count", "drivers.sessions_per_cp_per_day", "drivers.replay",
                    "drivers.initial_supplying"}))
      return;
    warning(Code::contradiction,
            "there is no load: the drivers of 'drivers.count' ask for nothing by themselves",
            place_of("drivers.count"),
            "drivers.sessions_per_cp_per_day = 5, drivers.replay, or a [[stage]] of request_rate");
  }

  // A request for a charge point that is not there is denied, not an error: real files have slips.
  void check_requests(const network::DriverSpec& driver, const Place& place) {
    std::set<std::string> unknown;
    for (const auto& id : driver.requests) {
      if (!has_point(id)) unknown.insert(id);
    }
    if (unknown.empty() || !points_are_sound()) return;
    warning(Code::reference,
            fmt::format("driver '{}' asks for {} that {} not there: denied", driver.id,
                        unknown.size() == 1 ? fmt::format("'{}'", *unknown.begin())
                                            : fmt::format("{} charge points", unknown.size()),
                        unknown.size() == 1 ? "is" : "are"),
            place);
  }

  [[nodiscard]] bool has_rate_stage() const {
    return std::any_of(s_.stages.begin(), s_.stages.end(), [](const auto& stage) {
      return stage.target == network::StageTarget::request_rate;
    });
  }

  /// `key` must be long enough for an answer to be back: each of its `messages` takes the control
  /// latency in virtual time. At other speeds messages go at once.
  void leaves_time_for_an_answer(const char* key, Nanos value, int messages) {
    const Nanos answer = messages * s_.network.control_latency;
    if (!s_.run.speed.max || value >= answer ||
        !are_sound({key, "network.control_latency", "run.speed"}))
      return;
    error(Code::contradiction,
          fmt::format("'{}' ({}) is less than {} 'network.control_latency' ({}): no answer would "
                      "be in time",
                      key, duration_text(value), messages == 2 ? "twice" : "three times",
                      duration_text(s_.network.control_latency)),
          place_of({key, "network.control_latency"}));
  }

  void time_outs() {
    leaves_time_for_an_answer("central.start_timeout", s_.central.start_timeout, 2);
    // For any charge point of a zone central is asked, which asks a shard.
    const bool asks_central =
        s_.drivers.choose == network::Choice::any_in_zone && are_sound({"drivers.choose"});
    leaves_time_for_an_answer("drivers.timeout", s_.drivers.timeout, asks_central ? 3 : 2);
    const Nanos answer = 2 * s_.network.control_latency;
    if (s_.run.speed.max && answer > monitor::kReadTimeout &&
        are_sound({"network.control_latency", "run.speed"})) {
      error(Code::contradiction,
            fmt::format("twice 'network.control_latency' ({}) is more than the {} that a monitor "
                        "waits for its engine: all would be found broken",
                        duration_text(s_.network.control_latency),
                        duration_text(monitor::kReadTimeout)),
            place_of("network.control_latency"), "at most 500ms");
    }
    if (s_.network.telemetry_interval >= s_.drivers.timeout &&
        are_sound({"network.telemetry_interval", "drivers.timeout"})) {
      error(Code::contradiction,
            fmt::format(
                "'network.telemetry_interval' ({}) is not less than 'drivers.timeout' ({}): "
                "drivers would give up on sessions that run",
                duration_text(s_.network.telemetry_interval), duration_text(s_.drivers.timeout)),
            place_of({"network.telemetry_interval", "drivers.timeout"}));
    }
  }

  void central() {
    const auto& timeout = s_.central.monitor_timeout;
    if (timeout && *timeout < 2 * s_.network.health_interval &&
        are_sound({"network.health_interval"})) {
      error(Code::contradiction,
            fmt::format("'central.monitor_timeout' ({}) is less than twice "
                        "'network.health_interval' ({}): monitors that live would be lost",
                        duration_text(*timeout), duration_text(s_.network.health_interval)),
            place_of({"central.monitor_timeout", "network.health_interval"}));
    }
    const auto& silence = s_.central.session_silence_timeout;
    if (silence && *silence < 2 * s_.network.telemetry_interval &&
        are_sound({"network.telemetry_interval"})) {
      error(Code::contradiction,
            fmt::format("'central.session_silence_timeout' ({}) is less than twice "
                        "'network.telemetry_interval' ({})",
                        duration_text(*silence), duration_text(s_.network.telemetry_interval)),
            place_of({"central.session_silence_timeout", "network.telemetry_interval"}));
    }
  }

  void thresholds() {
    for (std::size_t i = 0; i < s_.thresholds.size(); ++i) {
      const auto parsed = parse_threshold(s_.thresholds[i]);
      if (parsed && !can_hold(*parsed))
        warning(Code::never, fmt::format("no run can meet '{}'", s_.thresholds[i]),
                place_of(fmt::format("thresholds[{}].expr", i)));
      if (parsed || s_.thresholds[i].empty()) continue;
      error(Code::threshold, parsed.error().text,
            within(place_of(fmt::format("thresholds[{}].expr", i)), parsed.error().part),
            parsed.error().hint);
    }
  }

  /// The place of `part`, if the line has it.
  [[nodiscard]] static Place within(Place place, const std::string& part) {
    const auto at = part.empty() || place.column == 0 ? std::string::npos
                                                      : place.text.find(part, place.column - 1);
    if (at == std::string::npos) return place;
    place.column = at + 1;
    place.width = part.size();
    return place;
  }

  const bool is_a_file_;
};

}  // namespace

void check(const network::Scenario& scenario, const Origins& origins,
           const std::set<std::string>& failed, std::vector<Diagnostic>& found, bool is_a_file) {
  Checker{scenario, origins, failed, found, is_a_file}.all();
}

}  // namespace chargemill::app
