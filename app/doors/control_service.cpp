#include "app/doors/control_service.hpp"

#include <fmt/format.h>

#include <cmath>

#include "runtime/base/assert.hpp"

namespace chargemill::app {
namespace {

using control::Verb;
using runtime::Access;
using runtime::FrameLink;
using runtime::MessageNumber;

std::optional<OperatorAction> action_of(Verb verb) {
  switch (verb) {
    case Verb::stop:
      return OperatorAction::stop;
    case Verb::resume:
      return OperatorAction::resume;
    case Verb::stop_supply:
      return OperatorAction::stop_supply;
    case Verb::shutdown:
      return OperatorAction::shutdown;
    case Verb::reset_breaker:
      return OperatorAction::reset_breaker;
    default:
      return std::nullopt;
  }
}

/// What people do at the charge point itself, and what befalls it.
bool is_done_there(Verb verb) {
  return verb == Verb::plug || verb == Verb::unplug || verb == Verb::start ||
         verb == Verb::inject || verb == Verb::power_on || verb == Verb::simulate_fault;
}

director::FaultKind kind_of(control::Injection injection) {
  switch (injection) {
    case control::Injection::engine_crash:
      return director::FaultKind::engine_crash;
    case control::Injection::engine_silent:
      return director::FaultKind::engine_silent;
    case control::Injection::engine_ko:
      return director::FaultKind::engine_ko;
    case control::Injection::start_refused:
      return director::FaultKind::start_refused;
    case control::Injection::monitor_loss:
      break;
  }
  return director::FaultKind::monitor_loss;
}

Access access_for(Verb verb) {
  if (control::is_change(verb)) return Access::operate;
  return verb == Verb::ping || verb == Verb::help ? Access::none : Access::read;
}

}  // namespace

void ControlService::on_message(const std::shared_ptr<FrameLink>& from, std::string_view text,
                                MessageNumber number) {
  auto said = access_.greet(*from, text);
  if (said && access_.knows(*from)) from->welcome();
  if (const auto wrong = access_.take_wrong())
    host_.news.add(fmt::format("wrong tokens at the framed door so far: {}", *wrong));
  if (!said)
    said = Guests::is_theirs(text) ? take_part(from, text, number) : obey(from, text, number);
  if (said) from->reply(number, *said);
}

// Whoever takes part changes the network with all that it says.
std::optional<std::string> ControlService::take_part(const std::shared_ptr<FrameLink>& from,
                                                     std::string_view text, MessageNumber number) {
  if (auto refusal = access_.refusal(*from, Access::operate)) return refusal;
  auto said = guests_.take(from, text);
  const auto point = guests_.recorded_at();
  if (!point || !barrier_.is_needed()) return said;
  confirm({from, number}, *point, said, guests_.is_relayed());
  return std::nullopt;
}

std::optional<std::string> ControlService::obey(const std::shared_ptr<FrameLink>& from,
                                                std::string_view text, MessageNumber number) {
  const auto command = control::parse_command(text);
  // What is no command at all may not be tried out either.
  const Access needed = command ? access_for(command->verb) : Access::read;
  if (auto refusal = access_.refusal(*from, needed)) return refusal;
  return command ? answer({from, number}, *command) : "NACK: " + command.error();
}

std::optional<std::string> ControlService::answer(const Client& client, const Command& command) {
  switch (command.verb) {
    case Verb::ping:
      return "ACK: PING";
    case Verb::help:
      return "ACK: HELP#" + control::help_text() + " AUTH#TOKEN";
    case Verb::list:
    case Verb::available:
      return list(client, command);
    case Verb::nodes:
      return host_.facts.nodes ? control_texts::nodes(host_.facts.nodes())
                               : "NACK: nobody knows the nodes of this run";
    case Verb::add_point:
      return add_point(client, command);
    case Verb::add_driver:
      return add_driver(command);
    default:
      break;
  }
  if (command.is_for_all) return change(client, command, PointId{0});
  const auto point = host_.directory.point(command.point);
  if (!point) return std::string{control_texts::kPointNotFound};
  return answer_of_point(client, command, *point);
}

std::optional<std::string> ControlService::answer_of_point(const Client& client,
                                                           const Command& command, PointId point) {
  if (control::is_change(command.verb)) return change(client, command, point);
  const auto& names = host_.directory;
  if (command.verb == Verb::stats) {
    look_at(client, point, [this](const Client& asker, const SeenPoint& seen, SimTime) {
      tell_stats(asker, seen.record);
    });
  } else {
    CHARGEMILL_ASSERT(command.verb == Verb::status);
    const bool wants_age = command.wants_age;
    look_at(client, point,
            [&names, wants_age](const Client& asker, const SeenPoint& seen, SimTime at) {
              auto text = control_texts::status(seen.record, names);
              if (wants_age) text += control_texts::ages(seen.record, at);
              asker.hear(text);
            });
  }
  return std::nullopt;
}

std::optional<std::string> ControlService::list(const Client& client, const Command& command) {
  PageLook::Wanted wanted;
  wanted.only_free = command.verb == Verb::available;
  wanted.most = listed_max_;
  if (!command.zone.empty()) {
    wanted.zone = host_.directory.zone(command.zone);
    if (!wanted.zone) return "NACK: Zone not found";
  }
  if (!command.from.empty()) {
    const auto first = host_.directory.point(command.from);
    if (!first) return std::string{control_texts::kPointNotFound};
    wanted.first = *first;
  }
  const auto& names = host_.directory;
  auto make = wanted.only_free ? control_texts::available : control_texts::list;
  const auto tell = [this, client, make, &names](const control_texts::Page& page) {
    inspector_.done();
    client.hear(make(page, names));
  };
  auto look =
      std::make_shared<PageLook>(wanted, [poster = poster_, tell](control_texts::Page page) {
        poster->post([tell, page = std::move(page)] { tell(page); });
      });
  inspector_.ask({std::move(look), std::nullopt, [client] { client.hear(control_texts::kBusy); }});
  return std::nullopt;
}

std::optional<std::string> ControlService::change(const Client& client, const Command& command,
                                                  PointId point) {
  if (!host_.desk.may_change()) return std::string{control_texts::kVirtualTime};
  const std::size_t points = host_.desk.points();
  std::string said;
  if (command.is_for_all || command.verb == Verb::stop || command.verb == Verb::resume) {
    said = control_texts::done(word(command.verb), std::to_string(command.is_for_all ? points : 1));
    if (points == 0) return said;
  } else {
    said = control_texts::done(word(command.verb), command.point);
  }
  if (is_done_there(command.verb) && host_.desk.is_outside(point))
    return "NACK: the charge point is outside: do it there";
  if (command.verb == Verb::start) return start(client, command, point);
  if (!inspector_.has_room()) return std::string{control_texts::kBusy};
  give_order(command, point);
  // Central passes on what it is told in order: when this look is back, it has. (To another node
  // the look has a way of its own, and may be there first.)
  confirm(client, point, said);
  return std::nullopt;
}

void ControlService::confirm(const Client& client, PointId point, const std::string& said,
                             bool is_relayed, DiskBarrier::Clock::time_point until) {
  const auto when_seen = [=](const Client& asker, const SeenPoint& seen, SimTime) {
    barrier_.after([=, is_behind = seen.is_journal_behind](Kept kept) {
      if (kept == Kept::never) return asker.hear(control_texts::unrecorded(said));
      const bool is_late = is_behind && DiskBarrier::Clock::now() >= until;
      if (kept == Kept::not_yet || is_late) return asker.hear(control_texts::kNotKept);
      // What was not even in a queue has room there now.
      if (is_behind) return confirm(asker, point, said, is_relayed, until);
      asker.hear(said);
    });
  };
  look_at(client, point, when_seen, control_texts::unconfirmed(said), is_relayed);
}

// Whether it was let in comes back to nobody who could be told: so it is asked before.
std::optional<std::string> ControlService::start(const Client& client, const Command& command,
                                                 PointId point) {
  const auto driver = command.driver == "-" ? kNobody : host_.directory.driver(command.driver);
  if (!driver) return "NACK: Driver not found";
  const auto said = control_texts::done(word(command.verb), command.point);
  look_at(client, point, [=](const Client& asker, const SeenPoint& seen, SimTime) {
    if (seen.against.reason != Reason::none)
      return asker.hear("NACK: " + objection_text(seen.against));
    host_.desk.start(point, {Energy{}, *driver});
    confirm(asker, point, said);
  });
  return std::nullopt;
}

void ControlService::give_order(const Command& command, PointId point) {
  auto& desk = host_.desk;
  if (const auto action = action_of(command.verb))
    return desk.order({point, *action, command.is_for_all});
  switch (command.verb) {
    case Verb::plug:
      return desk.plug(point);
    case Verb::unplug:
      return desk.unplug(point);
    case Verb::inject:
      return desk.inject({kind_of(command.injection), point, command.duration});
    case Verb::power_on:
      return desk.switch_on(point);
    default:
      break;
  }
  CHARGEMILL_ASSERT(command.verb == Verb::simulate_fault);
  desk.simulate_fault(point, command.is_on);
}

std::optional<std::string> ControlService::add_point(const Client& client, const Command& command) {
  if (!host_.desk.may_change()) return std::string{control_texts::kVirtualTime};
  if (!inspector_.has_room()) return std::string{control_texts::kBusy};
  network::PointSpec spec;
  if (command.point != control::kAnyName) spec.id = command.point;
  if (!command.zone.empty()) {
    const auto zone = host_.directory.zone(command.zone);
    if (!zone) return "NACK: Zone not found";
    spec.zone = *zone;
  }
  if (command.power_kw) spec.power = Power{std::llround(*command.power_kw * 1e3)};
  if (command.price_eur_kwh) spec.price = Price{std::llround(*command.price_eur_kwh * 1e6)};
  const auto added = host_.desk.add(spec);
  if (!added) return "NACK: " + added.error().text;
  const auto said = control_texts::done(word(Verb::add_point), host_.directory.name(*added));
  // Its shard knows it when this look is back.
  look_at(
      client, *added, [said](const Client& asker, const SeenPoint&, SimTime) { asker.hear(said); },
      control_texts::unconfirmed(said));
  return std::nullopt;
}

std::string ControlService::add_driver(const Command& command) {
  if (!host_.desk.may_change()) return std::string{control_texts::kVirtualTime};
  network::NewDriver driver;
  if (command.driver != control::kAnyName) driver.id = command.driver;
  control::Parts lines{command.rest};
  while (!command.rest.empty() && !lines.is_at_end()) {
    const auto point = host_.directory.point(lines.next());
    if (!point) return std::string{control_texts::kPointNotFound};
    driver.lines.push_back(*point);
  }
  const auto added = host_.desk.add(driver);
  if (!added) return "NACK: " + added.error().text;
  return control_texts::done(word(Verb::add_driver), host_.directory.name(*added));
}

void ControlService::look_at(const Client& client, PointId point, Seen then, std::string refused,
                             bool is_behind_point) {
  const auto tell = [this, client, then = std::move(then)](const SeenPoint& seen, SimTime at) {
    inspector_.done();
    then(client, seen, at);
  };
  const auto lost = [this, client, refused] {
    inspector_.done();
    client.hear(refused);
  };
  auto look = std::make_shared<PointLook>(
      point,
      [poster = poster_, tell](const SeenPoint& seen, SimTime at) {
        poster->post([tell, seen, at] { tell(seen, at); });
      },
      [poster = poster_, lost] { poster->post(lost); });
  const auto refuse = [client, said = std::move(refused)] { client.hear(said); };
  inspector_.ask({std::move(look), point, refuse, is_behind_point});
}

void ControlService::tell_stats(const Client& client, const central::PointRecord& point) {
  auto& names = host_.directory;
  if (!host_.history.has_past())
    return client.hear(control_texts::stats(point, names, std::nullopt));
  const auto question = [client, point, &names,
                         poster = poster_](const Result<archive::Past*>& history) {
    std::string said;
    if (history) {
      const auto found = (*history)->statistics(names.name(point.id), archive::UtcMicros::min());
      if (found) {
        said = control_texts::stats(point, names, *found);
      } else {
        said = "NACK: " + found.error().text;
      }
    } else {
      said = "NACK: " + history.error().text;
    }
    poster->post([client, said] { client.hear(said); });
  };
  if (!host_.history.ask(question)) client.hear(control_texts::kBusy);
}

}  // namespace chargemill::app
