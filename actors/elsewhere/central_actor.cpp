#include "actors/elsewhere/central_actor.hpp"

#include <type_traits>

#include "actors/central/central.hpp"
#include "actors/central/shard.hpp"
#include "actors/charge_point/charge_point.hpp"
#include "actors/driver/driver.hpp"
#include "actors/monitor/monitor.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::elsewhere {
namespace {

constexpr Nanos kPublishEvery = std::chrono::milliseconds{250};

template <class T, class Variant>
struct IsOneOf;
template <class T, class... All>
struct IsOneOf<T, std::variant<All...>> : std::disjunction<std::is_same<T, All>...> {};

/// Null for an id that came from elsewhere and that nobody has.
template <class Id>
runtime::Address seat(const std::vector<runtime::Address>& seats, Id id) {
  return index_of(id) < seats.size() ? seats[index_of(id)] : nullptr;
}

}  // namespace

void CentralActor::run(const Event& event) {
  effects_.clear();
  step(state_, event, now(), effects_);
  for (const auto& effect : effects_) perform(effect);
  if (now() < publish_at_) return;
  publish_at_ = now() + kPublishEvery;
  published_.store(state_.totals);
}

void CentralActor::on_other(const runtime::Message& m) {
  // What it does not carry, nobody hears: looks around, news of a journal.
  const auto pass_on = [this](const auto& e) {
    if constexpr (IsOneOf<std::decay_t<decltype(e)>, Event>::value) run(Event{e});
  };
  if (const auto* to_shard = m.get_if<central::ShardEvent>()) return std::visit(pass_on, *to_shard);
  if (const auto* to_all = m.get_if<central::CentralEvent>()) return std::visit(pass_on, *to_all);
  drop(m);
}

void CentralActor::perform(const Effect& effect) {
  std::visit(Overloaded{
                 [&](const Said& e) { link_.say(e, now()); },
                 [&](const ToPoint& e) {
                   const auto to = seat(network_.points, e.point);
                   if (to == nullptr) return;
                   std::visit([&](const auto& m) { tell<charge_point::Event>(to, m); }, e.message);
                 },
                 [&](const ToMonitor& e) {
                   const auto to = seat(network_.monitors, e.point);
                   if (to == nullptr) return;
                   std::visit([&](const auto& m) { tell<monitor::Event>(to, m); }, e.message);
                 },
                 [&](const ToDriver& e) {
                   const auto to = seat(network_.drivers, e.driver);
                   if (to == nullptr) return;
                   std::visit([&](const auto& m) { tell<driver::Event>(to, m); }, e.message);
                 },
                 [&](const Detected& e) { measure(e); },
             },
             effect);
}

void CentralActor::measure(const Detected& e) {
  Concerned whom;
  whom.point = e.point;
  instruments().detected(e.injected, time_since(e.injected), now(), whom);
}

}  // namespace chargemill::elsewhere
