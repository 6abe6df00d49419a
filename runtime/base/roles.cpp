#include "runtime/base/roles.hpp"

#include <algorithm>

namespace chargemill {
namespace {

constexpr std::array<Role, 3> kAll{Role::central, Role::shards, Role::drivers};

}  // namespace

std::vector<std::string> names_of(const Roles& roles) {
  std::vector<std::string> names;
  for (const Role role : kAll) {
    if (roles.has(role)) names.emplace_back(name_of(role));
  }
  return names;
}

std::optional<Roles> roles_from(const std::vector<std::string>& names) {
  const auto is_role = [](const std::string& name) {
    return std::find(kRoleNames.begin(), kRoleNames.end(), name) != kRoleNames.end();
  };
  if (names.empty() || !std::all_of(names.begin(), names.end(), is_role)) return std::nullopt;
  const auto is_there = [&](Role role) {
    return std::find(names.begin(), names.end(), name_of(role)) != names.end();
  };
  return Roles{is_there(Role::central), is_there(Role::shards), is_there(Role::drivers)};
}

std::string to_text(const Roles& roles) {
  std::string text;
  for (const auto& name : names_of(roles)) text += (text.empty() ? "" : ",") + name;
  return text;
}

std::optional<Roles> roles_from(std::string_view text) {
  std::vector<std::string> names;
  for (std::size_t end = text.find(','); end != std::string_view::npos; end = text.find(',')) {
    names.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  names.emplace_back(text);
  return roles_from(names);
}

std::optional<Role> missing_role(const std::vector<Roles>& all) {
  for (const Role role : kAll) {
    const auto has = [role](const Roles& one) { return one.has(role); };
    if (!all.empty() && std::none_of(all.begin(), all.end(), has)) return role;
  }
  return std::nullopt;
}

}  // namespace chargemill
