// What a node of a network is there for.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chargemill {

enum class Role : unsigned char {
  central,  ///< it may lead
  shards,   ///< charge points, their monitors and who answers for them may live there
  drivers   ///< drivers and fleets may
};
inline constexpr std::array<std::string_view, 3> kRoleNames{"central", "shards", "drivers"};

/// Any mix of them.
struct Roles {
  bool central = true;
  bool shards = true;
  bool drivers = true;

  [[nodiscard]] constexpr bool has(Role role) const noexcept {
    return role == Role::central ? central : role == Role::shards ? shards : drivers;
  }
  [[nodiscard]] constexpr bool are_all() const noexcept { return central && shards && drivers; }
};
[[nodiscard]] constexpr bool operator==(const Roles& a, const Roles& b) noexcept {
  return a.central == b.central && a.shards == b.shards && a.drivers == b.drivers;
}
[[nodiscard]] constexpr bool operator!=(const Roles& a, const Roles& b) noexcept {
  return !(a == b);
}

[[nodiscard]] constexpr std::string_view name_of(Role role) noexcept {
  return kRoleNames[static_cast<std::size_t>(role)];
}

/// "central,shards", always in that order.
[[nodiscard]] std::string to_text(const Roles& roles);
/// Empty: none, or one that is none. Any text.
[[nodiscard]] std::optional<Roles> roles_from(std::string_view text);
/// Likewise.
[[nodiscard]] std::vector<std::string> names_of(const Roles& roles);
[[nodiscard]] std::optional<Roles> roles_from(const std::vector<std::string>& names);

/// The first that none of `all` has; empty: each is somebody's. Of nobody none is missing.
[[nodiscard]] std::optional<Role> missing_role(const std::vector<Roles>& all);

}  // namespace chargemill
