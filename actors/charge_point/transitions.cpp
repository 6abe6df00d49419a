#include "actors/charge_point/transitions.hpp"

#include <iterator>

#include "runtime/base/assert.hpp"

namespace chargemill::charge_point {
namespace {

struct Transition {
  Phase from;
  On event;
  Phase to;
};

// D-033. Whatever is not in this list is refused; DISCONNECTED to FAULT is not (D-038).
// clang-format off
constexpr Transition kTransitions[] = {
    {Phase::disconnected, On::connect,        Phase::activated},
    {Phase::activated,    On::disconnect,     Phase::disconnected},
    {Phase::activated,    On::start_supply,   Phase::supplying},  // authorised and plugged only
    {Phase::activated,    On::stop_cp,        Phase::stopped},
    {Phase::activated,    On::fault_detected, Phase::fault},
    {Phase::supplying,    On::disconnect,     Phase::disconnected},
    {Phase::supplying,    On::stop_supply,    Phase::activated},
    {Phase::supplying,    On::stop_cp,        Phase::stopped},
    {Phase::supplying,    On::fault_detected, Phase::fault},
    {Phase::stopped,      On::disconnect,     Phase::disconnected},
    {Phase::stopped,      On::resume_cp,      Phase::activated},
    {Phase::stopped,      On::fault_detected, Phase::fault},
    {Phase::fault,        On::disconnect,     Phase::disconnected},
    {Phase::fault,        On::fault_cleared,  Phase::activated},
};
constexpr std::string_view kEventWords[kEvents] = {
    "connect", "disconnect", "start_supply", "stop_supply",
    "stop_cp", "resume_cp", "fault_detected", "fault_cleared"};
constexpr std::string_view kPhaseWords[kPhases] = {
    "DISCONNECTED", "ACTIVATED", "STOPPED", "SUPPLYING", "FAULT"};
// clang-format on
static_assert(std::size(kTransitions) == 14, "D-033: 14 legal pairs of 40");

}  // namespace

Outcome transition(Phase from, On event, Context context) noexcept {
  for (const Transition& t : kTransitions) {
    if (t.from != from || t.event != event) continue;
    if (event == On::start_supply && !context.authorised) return {from, Refusal::not_authorised};
    if (event == On::start_supply && !context.plugged) return {from, Refusal::not_plugged};
    return {t.to, Refusal::none};
  }
  return {from, Refusal::invalid_transition};
}

InlineVector<On, kEvents> valid_events(Phase from) noexcept {
  InlineVector<On, kEvents> events;
  for (const Transition& t : kTransitions) {
    if (t.from == from) events.push_back(t.event);
  }
  return events;
}

std::string_view word(On event) noexcept {
  CHARGEMILL_ASSERT(static_cast<std::size_t>(event) < kEvents);
  return kEventWords[static_cast<std::size_t>(event)];
}

std::string error_text(Refusal refusal, Phase from, On event) {
  CHARGEMILL_ASSERT(static_cast<std::size_t>(from) < kPhases);
  switch (refusal) {
    case Refusal::none:
      return {};
    case Refusal::invalid_transition:
      return std::string("Invalid transition: ")
          .append(kPhaseWords[static_cast<std::size_t>(from)])
          .append(" + ")
          .append(word(event));
    case Refusal::not_authorised:
      return "START_SUPPLY requires authorization from Central";
    case Refusal::not_plugged:
      return "START_SUPPLY requires vehicle to be plugged in";
    case Refusal::invalid_payload:
      return "invalid payload";
    case Refusal::starts_refused:
      return "charging point does not start supplies now";
    case Refusal::no_central:
      return "Unable to connect to CENTRAL";
  }
  return {};
}

}  // namespace chargemill::charge_point
