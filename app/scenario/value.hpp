// One value of a scenario, whichever way it was written: TOML, environment or flag.
#pragma once

#include <toml++/toml.h>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <variant>
#include <vector>

#include "app/scenario/diagnostics.hpp"
#include "runtime/base/units.hpp"

namespace chargemill::app {

/// (value, weight), e.g. (22 kW, 0.4).
using Mix = std::vector<std::pair<double, double>>;
/// monostate: none.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, Nanos, Mix,
                           std::vector<std::string>>;

enum class Type {
  boolean,
  integer,
  number,
  text,
  choice,     ///< a text out of KeyInfo::choices
  choices,    ///< some of KeyInfo::choices, as a list or as a text with commas
  duration,   ///< "250ms", "10s", "5m", "24h"
  bytes,      ///< "256MiB", or a number
  speed,      ///< a number, or "max" (infinity)
  date_time,  ///< seconds since 1970
  power_mix,  ///< [{kw = 22, share = 0.4}, ...]
  price_mix,  ///< [{eur_kwh = 0.30, share = 0.6}, ...]
  zone,       ///< "Z01" is 0
  site,       ///< "S0001" is 0
  requests,   ///< a file name, or a list of ids
  files,      ///< a file name, or a list of them
  urls,       ///< an address like http://127.0.0.1:2379, or a list of them
  listen      ///< "127.0.0.1:9999", or "off"
};

/// All that is known of a key apart from where its value is kept.
struct KeyInfo {
  std::string name;  ///< with the section: central.breaker.failures; of a list: the bare key
  Type type{};
  std::string help;
  std::string unit = {};
  std::vector<std::string> choices = {};
  double min = 0.0;  ///< of numbers; durations in seconds
  double max = 1e18;
  bool above_min = false;  ///< min itself is too small
  bool optional = false;   ///< "none" is a value
  bool required = false;   ///< of a list: must be there
};

struct Reason {
  Code code{};
  std::string text;
  std::string hint;
};
using ValueOr = tl::expected<Value, Reason>;

/// `node` as a value of the key, in range.
[[nodiscard]] ValueOr from_toml(const toml::node& node, const KeyInfo& key);
/// A variable or a flag: as in TOML, but texts without quotes.
[[nodiscard]] ValueOr from_text(std::string_view text, const KeyInfo& key);
/// As it would be written in TOML; from_toml reads it back.
[[nodiscard]] std::string to_toml(const Value& value, const KeyInfo& key);

/// A TOML string with all that needs it escaped.
[[nodiscard]] std::string toml_text(std::string_view text);
[[nodiscard]] std::optional<Nanos> parse_duration(std::string_view text);
/// A duration in form, that no 64-bit number of nanoseconds holds.
[[nodiscard]] bool is_too_long(std::string_view text);
/// 64KiB, 256MiB, 10GiB, 1TiB, or a number alone.
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text);
/// In the largest unit that takes no fraction: 256MiB.
[[nodiscard]] std::string size_text(std::int64_t bytes);
/// In the largest unit that takes no fraction: 90s, 24h.
[[nodiscard]] std::string duration_text(Nanos duration);
/// What a value of the type looks like, for messages and the schema: `a duration like "10s"`.
[[nodiscard]] std::string expectation(const KeyInfo& key);

}  // namespace chargemill::app
