#include "actors/director/point_turn.hpp"

#include "runtime/base/assert.hpp"

namespace chargemill::director {
namespace {

/// A monitor can tell central of it: its detection is measured from here.
void inject_seen(const Point& point, SimTime at, Effects& effects) {
  effects.push_back(ToShard{FaultInjected{at, point.id}});
}

/// Nothing of that kind runs any more: what is found from now on is something else.
void is_over(const Point& point, Effects& effects) {
  if (point.ko == 0 && point.silent == 0) inject_seen(point, kNever, effects);
}

/// An engine keeps silent until the latest of its ends, and comes back by itself.
void silence(Point& point, const Sweep& sweep, Effects& effects) {
  ++point.silent;
  if (!point.on) return;
  effects.push_back(ToPoint{point.id, Silence{sweep.until}});
  inject_seen(point, sweep.at, effects);
}

void silence_end(Point& point, Effects& effects) {
  CHARGEMILL_ASSERT(point.silent > 0);
  --point.silent;
  is_over(point, effects);
}

void lose_monitor(Point& point, Effects& effects) {
  if (++point.monitor_lost == 1 && point.on) effects.push_back(ToMonitor{point.id, PowerOff{}});
}

void find_monitor(Point& point, Effects& effects) {
  CHARGEMILL_ASSERT(point.monitor_lost > 0);
  if (--point.monitor_lost != 0 || !point.on) return;
  effects.push_back(ToMonitor{point.id, PowerOn{}});
  if (point.cut != 0) effects.push_back(ToMonitor{point.id, LinkDown{}});
}

/// Links are told to those that are switched off too: a link is no part of a process.
void cut(Point& point, Effects& effects) {
  if (++point.cut != 1) return;
  effects.push_back(ToPoint{point.id, LinkDown{}});
  effects.push_back(ToMonitor{point.id, LinkDown{}});
}

void heal(Point& point, Effects& effects) {
  CHARGEMILL_ASSERT(point.cut > 0);
  if (--point.cut != 0) return;
  effects.push_back(ToPoint{point.id, LinkUp{}});
  effects.push_back(ToMonitor{point.id, LinkUp{}});
}

/// Keys and meters are told to those that are switched off too: they are no part of a process.
void press_ko(Point& point, SimTime at, Effects& effects) {
  if (++point.ko != 1) return;
  effects.push_back(ToPoint{point.id, KoKey{}});
  if (point.on) inject_seen(point, at, effects);
}

void release_ko(Point& point, Effects& effects) {
  CHARGEMILL_ASSERT(point.ko > 0);
  if (--point.ko != 0) return;
  effects.push_back(ToPoint{point.id, OkKey{}});
  is_over(point, effects);
}

// No injection to be measured: a monitor sees it once a session has run into it (D-104).
void break_meter(Point& point, Effects& effects) {
  if (++point.meter == 1) effects.push_back(ToPoint{point.id, MeterFails{}});
}

void mend_meter(Point& point, Effects& effects) {
  CHARGEMILL_ASSERT(point.meter > 0);
  if (--point.meter == 0) effects.push_back(ToPoint{point.id, MeterWorks{}});
}

}  // namespace

void switch_point(Point& point, bool on, Effects& effects) {
  if (point.on == on) return;
  point.on = on;
  if (!on) {
    effects.push_back(ToPoint{point.id, PowerOff{}});
    effects.push_back(ToMonitor{point.id, PowerOff{}});
    return;
  }
  effects.push_back(ToPoint{point.id, PowerOn{}});
  if (point.monitor_lost == 0) effects.push_back(ToMonitor{point.id, PowerOn{}});
  if (point.cut == 0) return;
  effects.push_back(ToPoint{point.id, LinkDown{}});
  effects.push_back(ToMonitor{point.id, LinkDown{}});
}

void act(Point& point, const Sweep& sweep, Effects& effects) {
  switch (sweep.action) {
    case Action::crash:
      if (!point.on) return;
      if (sweep.until > sweep.at) effects.push_back(KeepCrashed{point.id, sweep.until});
      effects.push_back(ToPoint{point.id, Crash{}});
      return inject_seen(point, sweep.at, effects);
    case Action::silence:
      return silence(point, sweep, effects);
    case Action::silence_end:
      return silence_end(point, effects);
    case Action::refuse:
      if (point.on) effects.push_back(ToPoint{point.id, RefuseStarts{sweep.until}});
      return;
    case Action::ko:
      return press_ko(point, sweep.at, effects);
    case Action::ko_end:
      return release_ko(point, effects);
    case Action::break_meter:
      return break_meter(point, effects);
    case Action::mend_meter:
      return mend_meter(point, effects);
    case Action::lose_monitor:
      return lose_monitor(point, effects);
    case Action::find_monitor:
      return find_monitor(point, effects);
    case Action::cut:
      return cut(point, effects);
    case Action::heal:
      return heal(point, effects);
  }
}

}  // namespace chargemill::director
