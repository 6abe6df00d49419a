#include "actors/network/annex.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "actors/characters.hpp"
#include "actors/shell/name_book.hpp"

namespace chargemill::network {
namespace {

/// What a name must not have, or nobody could say it at a door.
bool is_sayable(const std::string& name) {
  return !name.empty() && name.size() <= Annex::kNameBytesMax && name != "*" && name != "-" &&
         name.front() != '>' && name.find_first_of(" #/=") == std::string::npos &&
         is_without_controls(name);
}

constexpr const char* kUnsayable =
    "a name has 1 to 48 bytes of UTF-8, without spaces, control characters, '#', '/', '=' and a "
    "'>' in front";

/// Whether `name` is generated from an index below `count`.
bool is_numbered(std::string_view prefix, const std::string& name, std::uint32_t from,
                 std::uint32_t count) {
  constexpr std::size_t kDigitsMin = 6;
  if (name.compare(0, prefix.size(), prefix) != 0 || name.size() < prefix.size() + kDigitsMin)
    return false;
  std::uint32_t number = 0;
  const auto* const end = name.data() + name.size();
  const auto read = std::from_chars(name.data() + prefix.size(), end, number);
  if (read.ec != std::errc{} || read.ptr != end || number == 0) return false;
  NameBuffer buffer;
  return number - 1 >= from && number - 1 < count && numbered_name(prefix, number, buffer) == name;
}

}  // namespace

std::string generated_driver_name(std::uint32_t index) {
  NameBuffer buffer;
  return std::string{numbered_name("DRV-", index + 1, buffer)};
}

Annex::Room room_of(const Scenario& scenario) {
  if (scenario.run.speed.max) return {};
  const auto& n = scenario.network;
  const auto& d = scenario.drivers;
  return {n.spare, n.external, d.spare, d.external};
}

Annex::Annex(const Topology& topology, const Room& room)
    : topology_(topology),
      room_(room),
      point_specs_(std::make_unique<PointSpec[]>(point_places())),
      driver_names_(std::make_unique<std::string[]>(driver_places())) {}

bool Annex::is_taken_by_a_point(const std::string& name) const {
  if (point_of_name_.count(name) > 0) return true;
  const auto& all = topology_.points;
  const bool is_listed = !all.empty() && !all.front().id.empty();
  // Who lists its points generates none, and the other way round.
  if (!is_listed) return is_numbered("CP-", name, 0, first_point());
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.id == name; });
}

bool Annex::is_taken_by_a_driver(const std::string& name) const {
  if (driver_of_name_.count(name) > 0) return true;
  const auto& named = topology_.named_drivers;
  return std::find(named.begin(), named.end(), name) != named.end() ||
         is_numbered("DRV-", name, static_cast<std::uint32_t>(named.size()), first_driver());
}

Result<PointId> Annex::add_point(PointSpec spec,
                                 const std::function<void(PointId, const PointSpec&)>& seat) {
  const std::unique_lock lock{mutex_};
  const std::uint32_t joined = points();
  const PointId id{first_point() + joined};
  if (spec.id.empty()) spec.id = generated_point_name(index_of(id));
  if (!is_sayable(spec.id)) return failure(ErrorKind::invalid_input, kUnsayable);
  if (is_taken_by_a_point(spec.id))
    return failure(ErrorKind::usage, "there is a charge point '" + spec.id + "' already");
  const std::uint32_t inside = joined - outside_points_;
  if (spec.is_outside ? outside_points_ == room_.outside_points : inside == room_.points)
    return failure(ErrorKind::usage, spec.is_outside
                                         ? "no place is left for a charge point from outside "
                                           "(network.external)"
                                         : "no place is left for another charge point "
                                           "(network.spare)");
  PointSpec& place = point_specs_[joined];
  place = std::move(spec);
  if (place.is_outside) ++outside_points_;
  // release: the place is written; pairs with acquire in points(). Before it is seated: its first
  // messages may be recorded at once, by name. By its name nobody finds it before the lock is free.
  points_joined_.store(joined + 1, std::memory_order_release);
  seat(id, place);
  point_of_name_.emplace(place.id, id);
  return id;
}

Result<DriverId> Annex::add_driver(NewDriver driver,
                                   const std::function<void(DriverId, const NewDriver&)>& seat) {
  const std::unique_lock lock{mutex_};
  const std::uint32_t joined = drivers();
  const DriverId id{first_driver() + joined};
  if (driver.id.empty()) driver.id = generated_driver_name(index_of(id));
  if (!is_sayable(driver.id)) return failure(ErrorKind::invalid_input, kUnsayable);
  if (is_taken_by_a_driver(driver.id))
    return failure(ErrorKind::usage, "there is a driver '" + driver.id + "' already");
  const std::uint32_t inside = joined - outside_drivers_;
  if (driver.is_outside ? outside_drivers_ == room_.outside_drivers : inside == room_.drivers)
    return failure(ErrorKind::usage, driver.is_outside
                                         ? "no place is left for a driver from outside "
                                           "(drivers.external)"
                                         : "no place is left for another driver (drivers.spare)");
  driver_names_[joined] = driver.id;
  if (driver.is_outside) ++outside_drivers_;
  drivers_joined_.store(joined + 1, std::memory_order_release);  // release: as in add_point()
  seat(id, driver);
  driver_of_name_.emplace(driver.id, id);
  return id;
}

const PointSpec* Annex::point(PointId id) const noexcept {
  const std::uint32_t at = index_of(id) - first_point();
  return index_of(id) >= first_point() && at < points() ? &point_specs_[at] : nullptr;
}

const std::string* Annex::driver(DriverId id) const noexcept {
  const std::uint32_t at = index_of(id) - first_driver();
  return index_of(id) >= first_driver() && at < drivers() ? &driver_names_[at] : nullptr;
}

std::optional<PointId> Annex::find_point(std::string_view name) const {
  if (points() == 0) return std::nullopt;
  const std::shared_lock lock{mutex_};
  const auto found = point_of_name_.find(std::string{name});
  return found == point_of_name_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<DriverId> Annex::find_driver(std::string_view name) const {
  if (drivers() == 0) return std::nullopt;
  const std::shared_lock lock{mutex_};
  const auto found = driver_of_name_.find(std::string{name});
  return found == driver_of_name_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace chargemill::network
