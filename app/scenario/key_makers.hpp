// The words that the key tables are written in: what kind of value, of what range.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/scenario/value.hpp"
#include "runtime/base/roles.hpp"

// NOLINTBEGIN(bugprone-macro-parentheses)
// An accessor must serve const and mutable drafts alike, and no template takes a member path.
#define CHARGEMILL_AT(path) \
  [](auto& d) -> auto& { return d.path; }
// NOLINTEND(bugprone-macro-parentheses)

namespace chargemill::app::key_makers {

inline constexpr double kCountMax = 100e6;
inline constexpr double kYearSeconds = 366.0 * 86'400.0;

inline KeyInfo info(const char* name, Type type, const char* help) { return {name, type, help}; }
inline KeyInfo count(const char* name, const char* help, double min = 0, double max = kCountMax) {
  KeyInfo key = info(name, Type::integer, help);
  key.min = min;
  key.max = max;
  return key;
}
inline KeyInfo number(const char* name, const char* help, const char* unit, double max) {
  KeyInfo key = info(name, Type::number, help);
  key.unit = unit;
  key.max = max;
  return key;
}
/// A watt is the least: less would be rounded to none.
inline KeyInfo power(const char* name, const char* help) {
  KeyInfo key = number(name, help, "kW", 10'000);
  key.min = 1e-3;
  return key;
}
inline KeyInfo share(const char* name, const char* help) {
  return number(name, help, "share", 1.0);
}
inline KeyInfo duration(const char* name, const char* help, bool zero = false,
                        bool optional = false) {
  KeyInfo key = info(name, Type::duration, help);
  key.unit = "duration";
  key.max = kYearSeconds;
  key.above_min = !zero;
  key.optional = optional;
  return key;
}
/// Shorter, a run would do nothing else.
inline KeyInfo interval(const char* name, const char* help) {
  KeyInfo key = duration(name, help, true);
  key.min = 1e-3;
  return key;
}
inline KeyInfo choice(const char* name, const char* help, std::vector<std::string> choices) {
  KeyInfo key = info(name, Type::choice, help);
  key.choices = std::move(choices);
  return key;
}

inline KeyInfo roles(const char* name, const char* help) {
  KeyInfo key = info(name, Type::choices, help);
  key.choices.assign(kRoleNames.begin(), kRoleNames.end());
  return key;
}
inline KeyInfo bytes(const char* name, const char* help, bool optional = false) {
  KeyInfo key = info(name, Type::bytes, help);
  key.min = 1U << 20U;
  key.max = 1e15;
  key.optional = optional;
  return key;
}

inline KeyInfo required(KeyInfo key) {
  key.required = true;
  return key;
}
inline KeyInfo optional(KeyInfo key) {
  key.optional = true;
  return key;
}
inline KeyInfo positive(KeyInfo key) {
  key.above_min = true;
  return key;
}

}  // namespace chargemill::app::key_makers
