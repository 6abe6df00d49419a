#include <fmt/format.h>

#include <algorithm>

#include "app/scenario/check_context.hpp"
#include "app/scenario/key_table.hpp"
#include "app/scenario/value.hpp"

namespace chargemill::app {
namespace {

// Stages of one target must not overlap: the second would not know where it starts from.
void check_stages(CheckContext& c) {
  const network::Scenario& s = c.scenario();
  for (std::size_t i = 0; i < s.stages.size(); ++i) {
    const auto& stage = s.stages[i];
    const auto key = fmt::format("stage[{}]", i);
    if (stage.target == network::StageTarget::connected_share && stage.value > 1.0)
      c.error(Code::range, "a connected share is at most 1", c.place_of(key + ".value"));
    for (std::size_t before = i; before-- > 0;) {
      if (s.stages[before].target != stage.target) continue;
      const auto above = fmt::format("stage[{}]", before);
      if (!c.are_sound({key + ".after", above + ".after", above + ".ramp"})) break;
      if (stage.after < s.stages[before].after + s.stages[before].ramp)
        c.error(
            Code::contradiction, "this stage begins before the one above it has ended",
            c.place_of(key + ".after"),
            fmt::format("not before {}",
                        duration_text(
                            (s.stages[before].after + s.stages[before].ramp).time_since_epoch())));
      break;
    }
  }
}

/// Keys that a kind of fault passes over.
struct Idle {
  network::FaultKind kind;
  const char* key;
  const char* why;
};
constexpr Idle kIdle[] = {
    {network::FaultKind::central_restart, "zone", "shards, which it takes down, are of no zone"}};

void check_idle_keys(CheckContext& c, const network::FaultSpec& fault, const std::string& key) {
  for (const auto& idle : kIdle) {
    const auto written = fmt::format("{}.{}", key, idle.key);
    if (fault.kind != idle.kind || !c.is_written(written)) continue;
    const auto& kind = fault_keys().front().info.choices.at(static_cast<std::size_t>(fault.kind));
    c.warning(Code::contradiction, fmt::format("'{}' takes no '{}': {}", kind, idle.key, idle.why),
              c.place_of(written), "leave it out");
  }
  if (fault.rate_per_cp_per_hour && *fault.rate_per_cp_per_hour == 0.0)
    c.warning(Code::never, "never happens: its rate is 0", c.place_of(key + ".rate"));
}

bool is_outside(const network::Scenario& scenario, const std::string& point) {
  const auto& all = scenario.network.points;
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& one) { return one.is_outside && one.id == point; });
}

void check_faults(CheckContext& c) {
  const network::Scenario& s = c.scenario();
  for (std::size_t i = 0; i < s.faults.size(); ++i) {
    const auto& fault = s.faults[i];
    const auto key = fmt::format("fault[{}]", i);
    if (fault.rate_per_cp_per_hour && fault.at)
      c.error(Code::contradiction, "both 'rate' and 'at'", c.place_of(key + ".at"),
              "one or the other");
    check_idle_keys(c, fault, key);
    if (!fault.rate_per_cp_per_hour && !fault.at && c.are_sound({key + ".rate", key + ".at"}))
      c.error(Code::missing, "'fault' lacks 'rate' or 'at'", c.place_of(key));
    if (fault.zone && fault.point)
      c.error(Code::contradiction, "both 'zone' and 'cp'", c.place_of(key + ".cp"),
              "one or the other");
    if (fault.zone && !c.has_zone(*fault.zone) && c.points_are_sound())
      c.error(Code::reference, fmt::format("no zone '{}'", *fault.zone), c.place_of(key + ".zone"),
              c.zones() == 0 ? "there are no zones"
                             : fmt::format("there are Z01 to Z{:02}", c.zones()));
    if (fault.point && !c.has_point(*fault.point) && c.points_are_sound())
      c.error(Code::reference, fmt::format("no charge point '{}'", *fault.point),
              c.place_of(key + ".cp"), c.point_hint(*fault.point));
    if (fault.point && is_outside(s, *fault.point))
      c.error(
          Code::contradiction,
          fmt::format("'{}' is external: what befalls it is its program's affair", *fault.point),
          c.place_of(key + ".cp"));
  }
}

const std::string& word_of(const network::ActionSpec& action) {
  return action_keys().front().info.choices.at(static_cast<std::size_t>(action.kind));
}

/// What the operator does, at a charge point of another program as well.
bool is_an_order(network::ActionKind kind) {
  using network::ActionKind;
  return kind == ActionKind::stop || kind == ActionKind::resume ||
         kind == ActionKind::stop_supply || kind == ActionKind::reset_breaker;
}

bool is_of_a_driver(const network::ActionSpec& action) {
  return action.kind == network::ActionKind::leave || action.kind == network::ActionKind::come_back;
}

void check_point_of(CheckContext& c, const network::ActionSpec& action, const std::string& key) {
  const auto place = c.place_of({key + ".cp", key});
  const bool takes_all =
      action.kind == network::ActionKind::stop || action.kind == network::ActionKind::resume;
  if (!c.are_sound({key + ".cp"})) return;
  if (is_of_a_driver(action)) {
    if (!action.point.empty())
      c.error(Code::contradiction,
              fmt::format("'{}' is about a driver, not about a charge point", word_of(action)),
              place);
  } else if (action.point.empty()) {
    c.error(Code::missing, "'action' lacks 'cp'", place,
            takes_all ? "cp = ...: a charge point, or \"*\" for all" : "cp = ...: a charge point");
  } else if (action.point == network::kAllPoints) {
    if (!takes_all)
      c.error(Code::contradiction,
              fmt::format("'{}' is about one charge point, not about all", word_of(action)), place,
              "only stop and resume take \"*\"");
  } else if (!c.has_point(action.point) && c.points_are_sound()) {
    c.error(Code::reference, fmt::format("no charge point '{}'", action.point), place,
            c.point_hint(action.point));
  } else if (is_outside(c.scenario(), action.point) && !is_an_order(action.kind)) {
    c.error(Code::contradiction,
            fmt::format("'{}' is external: its program does that", action.point), place);
  }
}

void check_driver_of(CheckContext& c, const network::ActionSpec& action, const std::string& key) {
  const auto place = c.place_of({key + ".driver", key});
  const auto& named = c.scenario().drivers.named;
  const bool is_known = std::any_of(named.begin(), named.end(),
                                    [&](const auto& driver) { return driver.id == action.driver; });
  if (!c.are_sound({key + ".driver"})) return;
  if (action.driver.empty()) {
    if (is_of_a_driver(action))
      c.error(Code::missing, "'action' lacks 'driver'", place, "driver = ...: a [[driver]]");
  } else if (!is_of_a_driver(action) && action.kind != network::ActionKind::start) {
    c.error(Code::contradiction, fmt::format("'{}' takes no driver", word_of(action)), place);
  } else if (!is_known) {
    c.error(Code::reference, fmt::format("no driver '{}'", action.driver), place);
  }
}

void check_actions(CheckContext& c) {
  const network::Scenario& s = c.scenario();
  for (std::size_t i = 0; i < s.actions.size(); ++i) {
    const auto key = fmt::format("action[{}]", i);
    if (!c.are_sound({key + ".do"})) continue;
    check_point_of(c, s.actions[i], key);
    check_driver_of(c, s.actions[i], key);
    if (s.actions[i].energy_kwh > 0 && s.actions[i].kind != network::ActionKind::start)
      c.error(Code::contradiction, fmt::format("'{}' takes no energy", word_of(s.actions[i])),
              c.place_of(key + ".energy_kwh"));
  }
}

/// When what is planned for once is to happen, and where that was written.
std::vector<std::pair<SimTime, std::string>> planned(const network::Scenario& s) {
  std::vector<std::pair<SimTime, std::string>> all;
  for (std::size_t i = 0; i < s.stages.size(); ++i)
    all.emplace_back(s.stages[i].after, fmt::format("stage[{}].after", i));
  for (std::size_t i = 0; i < s.faults.size(); ++i) {
    if (s.faults[i].at) all.emplace_back(*s.faults[i].at, fmt::format("fault[{}].at", i));
  }
  for (std::size_t i = 0; i < s.actions.size(); ++i)
    all.emplace_back(s.actions[i].at, fmt::format("action[{}].at", i));
  return all;
}

// Whoever cuts a run short knows that it has less of everything: one line is enough.
void check_ends(CheckContext& c) {
  const Nanos duration = c.scenario().run.duration;
  if (!c.are_sound({"run.duration"})) return;
  const bool is_cut = c.is_written("run.duration") && !c.is_of_the_file("run.duration");
  std::size_t late = 0;
  for (const auto& [at, key] : planned(c.scenario())) {
    if (at < SimTime{duration} || !c.are_sound({key})) continue;
    ++late;
    if (!is_cut)
      c.warning(Code::never,
                fmt::format("never happens: the run ends at {}", duration_text(duration)),
                c.place_of(key));
  }
  if (is_cut && late > 0)
    c.warning(Code::never,
              late == 1 ? fmt::format("1 event never happens: the run ends at {}",
                                      duration_text(duration))
                        : fmt::format("{} events never happen: the run ends at {}", late,
                                      duration_text(duration)),
              c.place_of("run.duration"));
}

}  // namespace

void check_events(CheckContext& context) {
  check_stages(context);
  check_faults(context);
  check_actions(context);
  check_ends(context);
}

}  // namespace chargemill::app
