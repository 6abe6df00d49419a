#include "actors/outside/point_actor.hpp"

#include <type_traits>

#include "actors/central/inspection.hpp"
#include "actors/central/shard.hpp"
#include "actors/charge_point/charge_point.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::outside {
namespace {

template <class T, class Variant>
struct IsOneOf;
template <class T, class... All>
struct IsOneOf<T, std::variant<All...>> : std::disjunction<std::is_same<T, All>...> {};

}  // namespace

void PointActor::run(const Event& event) {
  const auto effects = step(state_, event, now());
  for (const auto& effect : effects) perform(effect);
  wake_at(due(state_));
}

void PointActor::on_other(const runtime::Message& m) {
  if (const auto* said = m.get_if<PointSays>())
    return std::visit([this](const auto& e) { run(Event{e}); }, *said);
  // Whoever looks wants to see what was said here before.
  if (const auto* const look = m.get_if<central::Inspect>())
    return send(network_.owner(state_.id), *look);
  const auto* const told = m.get_if<charge_point::Event>();
  if (told == nullptr) return drop(m);
  std::visit(
      [this](const auto& e) {
        // Keys, plugs, crashes: its hardware is not here.
        if constexpr (IsOneOf<std::decay_t<decltype(e)>, Event>::value) run(Event{e});
      },
      *told);
}

void PointActor::perform(const Effect& effect) {
  const auto to_owner = [this](const auto& e) {
    tell<central::ShardEvent>(network_.owner(state_.id), e);
  };
  std::visit(Overloaded{
                 [&](const Order& e) {
                   if (network_.line != nullptr) network_.line->tell(OrderFor{state_.id, e}, now());
                 },
                 [&](const Silent&) {
                   to_owner(central::Parted{state_.id, true, false});
                 },
                 [&](const Note& e) { note(e); },
                 [&](const auto& e) { to_owner(e); },
             },
             effect);
}

void PointActor::note(const Note& note) {
  switch (note.code) {
    case NoteCode::order_lost:
      return instruments().add(Metric::lost_commands, 1);
    case NoteCode::telemetry_merged:
      return instruments().add(Metric::merged, 1);
    case NoteCode::stray_report:
      return instruments().add(Metric::stray_reports, 1);
  }
}

}  // namespace chargemill::outside
