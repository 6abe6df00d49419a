#include "actors/network/given_names.hpp"

#include <algorithm>

#include "actors/archive/request_name.hpp"
#include "actors/driver/driver.hpp"
#include "actors/driver/request_run.hpp"

namespace chargemill::network {
namespace {

using archive::kNamedBit;
static_assert(kNamedBit == 1U << (driver::kRequestBits - 1), "the run is said above it");

DriverId driver_of(RequestId request) noexcept {
  return DriverId{static_cast<std::uint32_t>(index_of(request) >> 32U)};
}

}  // namespace

RequestId GivenNames::give(DriverId driver, std::string_view name) {
  const std::lock_guard lock{mutex_};
  Names& names = drivers_[driver];
  names.made = names.made % (kNamedBit - 1) + 1;  // from 1, and never into the bit above
  Given given;
  given.request = driver::request_id(driver, made_ | kNamedBit | names.made);
  given.name = name.substr(0, kNameBytesMax);
  const RequestId request = given.request;
  const auto is_namesake = [&](const Given& one) { return one.name == given.name; };
  names.given.erase(std::remove_if(names.given.begin(), names.given.end(), is_namesake),
                    names.given.end());
  if (names.given.size() == archive::kNamedRemembered) names.given.erase(names.given.begin());
  names.given.push_back(std::move(given));
  return request;
}

void GivenNames::forget(RequestId request) {
  const std::lock_guard lock{mutex_};
  const auto names = drivers_.find(driver_of(request));
  if (names == drivers_.end()) return;
  auto& given = names->second.given;
  given.erase(std::remove_if(given.begin(), given.end(),
                             [&](const Given& one) { return one.request == request; }),
              given.end());
}

std::string GivenNames::name_of(RequestId request) const {
  const std::lock_guard lock{mutex_};
  const auto names = drivers_.find(driver_of(request));
  if (names == drivers_.end()) return {};
  const auto& given = names->second.given;
  const auto known = std::find_if(given.begin(), given.end(),
                                  [&](const Given& one) { return one.request == request; });
  return known == given.end() ? std::string{} : known->name;
}

void GivenNames::take_back(const archive::Image& image, std::uint32_t drivers) {
  const std::lock_guard lock{mutex_};
  for (const auto& [driver, all] : image.named) {
    if (index_of(driver) >= drivers) continue;
    Names& names = drivers_[driver];
    for (const archive::NamedAs& one : all) {
      const auto& what = one.what;
      const bool is_over = what.status != SessionStatus::active;
      // Its name reached the disk, and its session did not.
      const bool has_point = index_of(what.point) < image.points.size();
      if (!is_over && (!has_point || image.points[index_of(what.point)].request != what.request))
        continue;
      names.left.push_back({what.request, what.point, one.name, is_over});
    }
    names.given = names.left;
  }
}

std::vector<GivenNames::Given> GivenNames::left_to(DriverId driver) const {
  const std::lock_guard lock{mutex_};
  const auto names = drivers_.find(driver);
  return names == drivers_.end() ? std::vector<Given>{} : names->second.left;
}

}  // namespace chargemill::network
