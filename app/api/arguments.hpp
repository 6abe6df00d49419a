// Arguments of a request, checked against what its route declares. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "actors/archive/history.hpp"
#include "app/api/target.hpp"
#include "app/directory/directory.hpp"

namespace chargemill::app::api {

/// What a parameter takes; Arguments holds it as the type in brackets.
enum class Kind : std::uint8_t {
  text,            ///< any, at most 256 bytes [std::string]
  limit,           ///< of rows: 0 to kLimitMax [std::int64_t]
  number,          ///< >= 0 [double]
  flag,            ///< true, false [bool]
  point,           ///< the id of a charge point [its index]
  points,          ///< of a body: a list of such ids [their indexes]
  driver,          ///< [its index]
  zone,            ///< Z01 [its index]
  state,           ///< a display state in any of its words: ACTIVATED [its index]
  event_type,      ///< FAULT, RECOVERY [std::string]
  session_status,  ///< ACTIVE, COMPLETED, FAILED [std::string]
  ticket_status,   ///< OPEN, DELIVERED [std::string]
  time,            ///< a time, or so long ago [microseconds since 1970]
  duration,        ///< 30s; in a body also a number of seconds [nanoseconds]
  injection,       ///< engine_crash, ... [index of director::FaultKind]
  latency,         ///< request_decision, or chargemill_request_decision_seconds [network::Latency]
};

struct Parameter {
  std::string_view name;
  Kind kind = Kind::text;
  std::string_view help;
  bool is_required = false;
};

inline constexpr std::int64_t kLimitMax = 10'000;
inline constexpr std::int64_t kLimitDefault = 100;  // D-165
/// Charge points that one list of a body names.
inline constexpr std::size_t kPointsMax = 10'000;

/// What is wrong, and with which argument.
struct Flaw {
  std::string field;
  std::string text;
};

/// By name; what was left out is not there.
class Arguments {
 public:
  using Value = std::variant<std::string, std::int64_t, double, bool, std::vector<std::int64_t>>;

  void set(std::string_view name, Value value) { values_[name] = std::move(value); }
  [[nodiscard]] bool has(std::string_view name) const { return values_.count(name) > 0; }
  /// Requires that it is there as a T, or not at all.
  template <class T>
  [[nodiscard]] std::optional<T> get(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : std::optional<T>{std::get<T>(found->second)};
  }
  [[nodiscard]] std::string text(std::string_view name) const {
    return get<std::string>(name).value_or(std::string{});
  }
  [[nodiscard]] std::int64_t whole(std::string_view name, std::int64_t otherwise) const {
    return get<std::int64_t>(name).value_or(otherwise);
  }
  template <class Id>
  [[nodiscard]] std::optional<Id> id(std::string_view name) const {
    const auto index = get<std::int64_t>(name);
    return index ? std::optional<Id>{static_cast<Id>(*index)} : std::nullopt;
  }

 private:
  std::map<std::string_view, Value> values_;  // names are those of the route's parameters
};

/// What words in arguments mean.
struct Meaning {
  const Directory& names;
  archive::UtcMicros now;  ///< model time: what "15m" is counted back from
};

/// Unknown names, repeated names and wrong values are flaws.
[[nodiscard]] tl::expected<Arguments, Flaw> read_query(const std::vector<Parameter>& known,
                                                       const std::vector<QueryField>& query,
                                                       const Meaning& meaning);
/// The same of a JSON object; an empty text is one without fields.
[[nodiscard]] tl::expected<Arguments, Flaw> read_body(const std::vector<Parameter>& known,
                                                      std::string_view body,
                                                      const Meaning& meaning);

/// The words that a kind takes; empty: it is no list of words.
[[nodiscard]] std::vector<std::string_view> words_of(Kind kind);

}  // namespace chargemill::app::api
