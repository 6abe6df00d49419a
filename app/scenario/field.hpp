// Makes a key out of an accessor: [](auto& draft) -> auto& { return draft.scenario.run.seed; }.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "app/scenario/key_table.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/base/roles.hpp"

namespace chargemill::app::detail {

template <class T>
void assign(T& to, const Value& value, const KeyInfo& key) {
  if constexpr (std::is_same_v<T, bool>) {
    to = std::get<bool>(value);
  } else if constexpr (std::is_enum_v<T>) {
    if (const auto* index = std::get_if<std::int64_t>(&value)) {
      to = static_cast<T>(*index);
      return;
    }
    const auto& name = std::get<std::string>(value);
    const auto found = std::find(key.choices.begin(), key.choices.end(), name);
    CHARGEMILL_ASSERT(found != key.choices.end());
    to = static_cast<T>(found - key.choices.begin());
  } else if constexpr (std::is_integral_v<T>) {
    to = static_cast<T>(std::get<std::int64_t>(value));
  } else {
    to = std::get<T>(value);
  }
}
inline void assign(Power& to, const Value& value, const KeyInfo&) {
  to.w = std::llround(std::get<double>(value) * 1e3);
}
inline void assign(Price& to, const Value& value, const KeyInfo&) {
  to.microeur_per_kwh = std::llround(std::get<double>(value) * 1e6);
}
inline void assign(SimTime& to, const Value& value, const KeyInfo&) {
  to = SimTime{std::get<Nanos>(value)};
}
inline void assign(Roles& to, const Value& value, const KeyInfo&) {
  const auto roles = roles_from(std::get<std::vector<std::string>>(value));
  CHARGEMILL_ASSERT(roles.has_value());  // the key's choices are their names
  to = *roles;
}
inline void assign(network::Speed& to, const Value& value, const KeyInfo&) {
  const double factor = std::get<double>(value);
  to.max = std::isinf(factor);
  to.factor = to.max ? 1.0 : factor;
}
template <class T>
void assign(std::vector<network::Share<T>>& to, const Value& value, const KeyInfo& key) {
  to.clear();
  for (const auto& [amount, weight] : std::get<Mix>(value)) {
    T converted{};
    assign(converted, Value{amount}, key);
    to.push_back({converted, weight});
  }
}
template <class T>
void assign(std::optional<T>& to, const Value& value, const KeyInfo& key) {
  if (std::holds_alternative<std::monostate>(value)) {
    to.reset();
    return;
  }
  assign(to.emplace(), value, key);
}

template <class T>
Value value_of(const T& from, const KeyInfo& key) {
  // NOLINTNEXTLINE(bugprone-branch-clone): each branch makes another alternative of Value
  if constexpr (std::is_same_v<T, bool>) {
    return from;
  } else if constexpr (std::is_enum_v<T>) {
    const auto index = static_cast<std::int64_t>(from);
    if (key.type != Type::choice) return index;
    return key.choices.at(static_cast<std::size_t>(index));
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<std::int64_t>(from);
  } else {
    return from;
  }
}
inline Value value_of(const Power& from, const KeyInfo&) {
  return static_cast<double>(from.w) / 1e3;
}
inline Value value_of(const Price& from, const KeyInfo&) {
  return static_cast<double>(from.microeur_per_kwh) / 1e6;
}
inline Value value_of(const SimTime& from, const KeyInfo&) { return from.time_since_epoch(); }
inline Value value_of(const Roles& from, const KeyInfo&) { return names_of(from); }
inline Value value_of(const network::Speed& from, const KeyInfo&) {
  return from.max ? std::numeric_limits<double>::infinity() : from.factor;
}
template <class T>
Value value_of(const std::vector<network::Share<T>>& from, const KeyInfo& key) {
  Mix mix;
  for (const auto& share : from)
    mix.emplace_back(std::get<double>(value_of(share.value, key)), share.weight);
  return mix;
}
template <class T>
Value value_of(const std::optional<T>& from, const KeyInfo& key) {
  return from ? value_of(*from, key) : Value{};
}

template <class T, class Access>
Field<T> field(KeyInfo info, Access access) {
  return {info, [info, access](T& t, const Value& value) { assign(access(t), value, info); },
          [info, access](const T& t) { return value_of(access(t), info); }};
}

}  // namespace chargemill::app::detail
