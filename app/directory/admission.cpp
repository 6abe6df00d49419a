#include "app/directory/admission.hpp"

namespace chargemill::app {
namespace {

/// Of one that registers by itself: nobody has said more of it.
constexpr Power kPowerUnknown{22'000};
constexpr Price kPriceUnknown{300'000};

Result<PointId> take_a_place(network::Desk& desk, const Directory& names,
                             const codec::CPRegistration& body) {
  // To the desk it would mean: under any name.
  if (body.cp_id.empty()) return failure(ErrorKind::invalid_input, "cp_id is empty");
  network::PointSpec stranger;
  stranger.id = body.cp_id;
  stranger.power = kPowerUnknown;
  stranger.price = kPriceUnknown;
  stranger.is_outside = true;
  if (body.location) {
    const auto first_word = body.location->substr(0, body.location->find(' '));
    stranger.zone = names.zone(first_word).value_or(ZoneId{});
  }
  return desk.add(stranger);
}

constexpr double kPriceMaxEur = 1'000;

}  // namespace

std::string_view flaw_of(const codec::CPRegistration& body) noexcept {
  if (!body.price_eur_kwh) return {};
  const double price = *body.price_eur_kwh;
  return price >= 0 && price <= kPriceMaxEur ? "" : "price_eur_kwh: must be from 0 to 1000";
}

Result<PointId> admit(network::Desk& desk, Directory& names, const codec::CPRegistration& body) {
  const auto known = names.point(body.cp_id);
  auto point = known ? Result<PointId>{*known} : take_a_place(desk, names, body);
  if (point)
    names.note(*point,
               {std::string{body.location.value_or("")}, std::string{body.cp_e_host},
                static_cast<std::uint16_t>(body.cp_e_port)},
               body.location.has_value());
  return point;
}

}  // namespace chargemill::app
