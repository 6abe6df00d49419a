#include "app/simulation/real_course.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace chargemill::app {
namespace {

using runtime::ModelClock;
using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{100};
constexpr milliseconds kDrainEvery{20};

/// Waits, and meanwhile hears what other nodes answer to those outside.
void pass(Nanos time, Leader* leader) {
  if (leader != nullptr) return leader->listen(time);
  std::this_thread::sleep_for(time);
}

}  // namespace

std::string failure_of(Host& host, Leader* leader) {
  std::string text = host.network().failure();
  if (text.empty() && leader != nullptr) text = leader->actor_failure();
  if (text.empty() && leader != nullptr) text = leader->failure();
  return text;
}

void halt(Host& host, Leader* leader) {
  host.network().halt();
  if (leader != nullptr) leader->halt();
}

std::optional<Departure> run_to_end(const Course& course, const Heir& heir) {
  auto& [host, looker, stop, watch, leader, recording] = course;
  const SimTime end = host.engine().horizon();
  std::optional<LeavingLead> leaving;
  if (leader != nullptr) leaving.emplace(host, looker, *leader, recording, stop);
  while (stop.signal() == 0 && failure_of(host, leader).empty() && host.engine().reached() < end) {
    if (leader != nullptr) leader->attend(heir);
    watch(looker.look(), LookKind::live);
    if (leaving) {
      if (auto departure = leaving->turn()) return departure;
    }
    const auto target = host.engine().model_clock().wall_of(end);
    const auto left = target - ModelClock::wall_now();
    pass(std::clamp<Nanos>(left, milliseconds{1}, kLookEvery), leader);
  }
  return std::nullopt;
}

void drain(const Course& course, Nanos at_most) {
  halt(course.host, course.leader);
  const auto deadline = ModelClock::wall_now() + at_most;
  while (ModelClock::wall_now() < deadline) {
    // Whose nodes are lost has nobody to wait for, and listens no more.
    if (course.leader != nullptr && !course.leader->failure().empty()) return;
    const auto snapshot = course.looker.look();
    course.watch(snapshot, LookKind::live);
    if (snapshot.totals.requests_open == 0) return;
    pass(kDrainEvery, course.leader);
  }
}

}  // namespace chargemill::app
