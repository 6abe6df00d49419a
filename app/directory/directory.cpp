#include "app/directory/directory.hpp"

#include <charconv>
#include <mutex>

#include "actors/shell/name_book.hpp"
#include "actors/texts.hpp"

namespace chargemill::app {
namespace {

constexpr std::string_view kPointPrefix = "CP-";
constexpr std::string_view kDriverPrefix = "DRV-";

std::string numbered(std::string_view prefix, std::uint32_t index) {
  NameBuffer buffer;
  return std::string{numbered_name(prefix, index + 1, buffer)};
}

/// The inverse; nothing for a text that numbered() does not make.
std::optional<std::uint32_t> index_of_numbered(std::string_view prefix, std::string_view name) {
  if (name.substr(0, prefix.size()) != prefix) return std::nullopt;
  std::uint32_t number = 0;
  const auto* const end = name.data() + name.size();
  const auto read = std::from_chars(name.data() + prefix.size(), end, number);
  if (read.ec != std::errc{} || read.ptr != end || number == 0) return std::nullopt;
  if (numbered(prefix, number - 1) != name) return std::nullopt;
  return number - 1;
}

}  // namespace

Directory::Directory(const network::Topology& topology, const network::Annex* annex)
    : topology_(topology), annex_(annex) {
  for (std::uint32_t i = 0; i < topology.points.size(); ++i) {
    if (!topology.points[i].id.empty()) listed_points_.emplace(topology.points[i].id, PointId{i});
  }
  for (std::uint32_t i = 0; i < topology.named_drivers.size(); ++i)
    named_drivers_.emplace(topology.named_drivers[i], DriverId{i});
}

void Directory::append(std::string& to, PointId point) const {
  const auto* const late = annex_ == nullptr ? nullptr : annex_->point(point);
  if (late != nullptr) {
    to += late->id;
  } else {
    to += index_of(point) < topology_.points.size() ? topology_.point_name(point) : "(unknown)";
  }
}

void Directory::append(std::string& to, DriverId driver) const {
  const auto* const late = annex_ == nullptr ? nullptr : annex_->driver(driver);
  if (driver == kNobody) {
    to += '-';
  } else if (late != nullptr) {
    to += *late;
  } else if (index_of(driver) < topology_.named_drivers.size()) {
    to += topology_.named_drivers[index_of(driver)];
  } else {
    to += numbered(kDriverPrefix, index_of(driver));
  }
}

void Directory::append(std::string& to, RequestId request) const {
  codec::append_hex_name(to, codec::kRequestPrefix, index_of(request));
}

void Directory::append(std::string& to, SessionId session) const {
  codec::append_hex_name(to, codec::kSessionPrefix, index_of(session));
}

std::optional<RequestId> Directory::find_request(std::string_view name) {
  const auto number = codec::number_of_hex_name(codec::kRequestPrefix, name);
  return number ? std::optional{RequestId{*number}} : std::nullopt;
}

std::optional<SessionId> Directory::find_session(std::string_view name) {
  const auto number = codec::number_of_hex_name(codec::kSessionPrefix, name);
  return number ? std::optional{SessionId{*number}} : std::nullopt;
}

std::optional<PointId> Directory::point(std::string_view name) const {
  const auto listed = listed_points_.find(name);
  if (listed != listed_points_.end()) return listed->second;
  const auto late = annex_ == nullptr ? std::nullopt : annex_->find_point(name);
  if (late) return late;
  const auto index = index_of_numbered(kPointPrefix, name);
  if (!index || *index >= topology_.points.size() || !topology_.points[*index].id.empty())
    return std::nullopt;
  return PointId{*index};
}

std::optional<DriverId> Directory::driver(std::string_view name) const {
  const auto named = named_drivers_.find(name);
  if (named != named_drivers_.end()) return named->second;
  const auto late = annex_ == nullptr ? std::nullopt : annex_->find_driver(name);
  if (late) return late;
  const auto index = index_of_numbered(kDriverPrefix, name);
  if (!index || *index >= topology_.drivers.size() || *index < topology_.named_drivers.size())
    return std::nullopt;
  return DriverId{*index};
}

void Directory::note(PointId point, const Registered& said, bool has_location) {
  const std::unique_lock lock{mutex_};
  registrations_.note(name(point), said, has_location);
}

Registered Directory::registered(PointId point) const {
  const std::shared_lock lock{mutex_};
  const Registered* const said = registrations_.find(name(point));
  return said == nullptr ? Registered{} : *said;
}

void Directory::keep_registrations(const std::filesystem::path& file) {
  const std::unique_lock lock{mutex_};
  registrations_.keep_in(file);
}

std::optional<ZoneId> Directory::zone(std::string_view name) const {
  // A text that zone_name() makes: Z01.
  std::uint32_t number = 0;
  const auto* const end = name.data() + name.size();
  if (name.empty() || name.front() != 'Z') return std::nullopt;
  const auto read = std::from_chars(name.data() + 1, end, number);
  if (read.ec != std::errc{} || read.ptr != end || number == 0 || number > topology_.zones)
    return std::nullopt;
  const ZoneId zone{static_cast<std::uint16_t>(number - 1)};
  return network::zone_name(zone) == name ? std::optional{zone} : std::nullopt;
}

}  // namespace chargemill::app
