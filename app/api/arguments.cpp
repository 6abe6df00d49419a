#include "app/api/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "actors/control/operator_command.hpp"
#include "actors/network/detail.hpp"
#include "actors/texts.hpp"
#include "app/history/history_times.hpp"
#include "app/scenario/value.hpp"

namespace chargemill::app::api {
namespace {

using nlohmann::json;
using Value = Arguments::Value;
using ValueOr = tl::expected<Value, std::string>;

constexpr std::size_t kTextBytesMax = 256;
constexpr std::size_t kShownMax = 40;
constexpr double kNumberMax = 1e12;
constexpr double kSecondsMax = 1e9;
constexpr std::array kStates{DisplayState::activated, DisplayState::supplying,
                             DisplayState::stopped, DisplayState::broken,
                             DisplayState::disconnected};
static_assert(kStates.size() == kDisplayStates);

tl::unexpected<std::string> wrong(std::string why) { return tl::unexpected{std::move(why)}; }

/// As much of what was given as an error should repeat.
std::string shown(std::string_view text) {
  std::string result{text.substr(0, kShownMax)};
  std::replace_if(
      result.begin(), result.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return "'" + result + (text.size() > kShownMax ? "...'" : "'");
}

std::string upper(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return result;
}

ValueOr limit_of(std::string_view text) {
  std::int64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end || number < 0 || number > kLimitMax)
    return wrong(
        fmt::format("must be a whole number from 0 to {}, not {}", kLimitMax, shown(text)));
  return number;
}

ValueOr number_of(std::string_view text) {
  double number = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end || !(number >= 0 && number <= kNumberMax))
    return wrong(fmt::format("must be a number from 0 to 1e12, not {}", shown(text)));
  return number;
}

/// By any of its words, so that what is read in one place can be asked in another.
ValueOr state_of(std::string_view text) {
  const std::string wanted = upper(text);
  for (const auto state : kStates) {
    const auto& words = chargemill::words_of(state);
    if (wanted == words.code || wanted == upper(words.text) || wanted == upper(words.figure))
      return static_cast<std::int64_t>(state);
  }
  return wrong(fmt::format("must be one of {}, not {}", fmt::join(words_of(Kind::state), ", "),
                           shown(text)));
}

/// As the summary calls it, or as /metrics does.
ValueOr latency_of(std::string_view text) {
  constexpr std::string_view kBefore = "chargemill_";
  constexpr std::string_view kAfter = "_seconds";
  std::string_view name = text;
  const bool is_of_metrics = name.size() > kBefore.size() + kAfter.size() &&
                             name.substr(0, kBefore.size()) == kBefore &&
                             name.substr(name.size() - kAfter.size()) == kAfter;
  if (is_of_metrics) {
    name.remove_prefix(kBefore.size());
    name.remove_suffix(kAfter.size());
  }
  const auto words = words_of(Kind::latency);
  const auto found = std::find(words.begin(), words.end(), name);
  if (found != words.end()) return std::int64_t{found - words.begin()};
  return wrong(fmt::format("must be one of {}, not {}", fmt::join(words, ", "), shown(text)));
}

ValueOr word_of(Kind kind, std::string_view text) {
  const auto words = words_of(kind);
  const bool is_upper = kind != Kind::injection;
  const std::string wanted = is_upper ? upper(text) : std::string{text};
  const auto found = std::find(words.begin(), words.end(), wanted);
  if (found == words.end())
    return wrong(fmt::format("must be one of {}, not {}", fmt::join(words, ", "), shown(text)));
  if (kind == Kind::injection) return std::int64_t{found - words.begin()};
  return wanted;
}

ValueOr seconds_of(double seconds) {
  constexpr double kNanos = 1e9;
  const bool is_some = seconds > 0 && seconds <= kSecondsMax;
  const std::int64_t nanos = is_some ? std::llround(seconds * kNanos) : 0;
  if (nanos == 0) return wrong("must be above 0 and at most 1e9 seconds");
  return nanos;
}

template <class Id>
ValueOr index_or(std::optional<Id> id, const char* what, std::string_view text) {
  if (!id) return wrong(fmt::format("{} {}", what, shown(text)));
  return static_cast<std::int64_t>(index_of(*id));
}

ValueOr value_of(Kind kind, std::string_view text, const Meaning& meaning) {
  switch (kind) {
    case Kind::text:
      if (text.size() > kTextBytesMax)
        return wrong(fmt::format("is longer than {} bytes", kTextBytesMax));
      return std::string{text};
    case Kind::limit:
      return limit_of(text);
    case Kind::number:
      return number_of(text);
    case Kind::flag:
      if (text != "true" && text != "false" && !text.empty())
        return wrong("must be true or false, not " + shown(text));
      return text != "false";
    case Kind::point:
      return index_or(meaning.names.point(text), "no charge point has the id", text);
    case Kind::driver:
      return index_or(meaning.names.driver(text), "no driver has the id", text);
    case Kind::zone:
      return index_or(meaning.names.zone(text), "no zone is called", text);
    case Kind::time: {
      const auto time = parse_time(text, meaning.now);
      if (!time)
        return wrong(
            "must be a time like 2026-01-05T08:30:00Z, seconds since 1970, or how long "
            "ago (15m, 2h), not " +
            shown(text));
      return std::int64_t{time->count()};
    }
    case Kind::duration: {
      const auto duration = parse_duration(text);
      if (!duration || duration->count() <= 0)
        return wrong("must be a duration like 30s or 5m, not " + shown(text));
      if (*duration > std::chrono::duration<double>{kSecondsMax})
        return wrong("must be at most 1e9 seconds");
      return std::int64_t{duration->count()};
    }
    case Kind::state:
      return state_of(text);
    case Kind::latency:
      return latency_of(text);
    default:
      return word_of(kind, text);
  }
}

bool takes_a_number(Kind kind) {
  return kind == Kind::number || kind == Kind::limit || kind == Kind::duration;
}

ValueOr points_of(const json& given, const Meaning& meaning) {
  if (!given.is_array()) return wrong("must be a list of ids");
  if (given.size() > kPointsMax) return wrong(fmt::format("lists more than {}", kPointsMax));
  std::vector<std::int64_t> points;
  points.reserve(given.size());
  for (const auto& one : given) {
    if (!one.is_string()) return wrong("must be a list of strings");
    const auto point = value_of(Kind::point, one.get_ref<const std::string&>(), meaning);
    if (!point) return point;
    points.push_back(std::get<std::int64_t>(*point));
  }
  return points;
}

ValueOr json_value_of(Kind kind, const json& given, const Meaning& meaning) {
  if (kind == Kind::points) return points_of(given, meaning);
  if (given.is_number() && takes_a_number(kind)) {
    const double number = given.get<double>();
    if (kind == Kind::duration) return seconds_of(number);
    return value_of(kind, kind == Kind::limit ? given.dump() : fmt::format("{}", number), meaning);
  }
  if (given.is_boolean() && kind == Kind::flag) return given.get<bool>();
  if (given.is_string() && kind != Kind::number && kind != Kind::limit && kind != Kind::flag)
    return value_of(kind, given.get_ref<const std::string&>(), meaning);
  if (kind == Kind::number || kind == Kind::limit) return wrong("must be a number");
  return wrong(kind == Kind::flag ? "must be true or false" : "must be a string");
}

const Parameter* find(const std::vector<Parameter>& known, std::string_view name) {
  const auto found = std::find_if(known.begin(), known.end(),
                                  [name](const Parameter& p) { return p.name == name; });
  return found == known.end() ? nullptr : &*found;
}

Flaw unknown(const std::vector<Parameter>& known, const std::string& name) {
  std::vector<std::string_view> names;
  names.reserve(known.size());
  for (const auto& parameter : known) names.push_back(parameter.name);
  return {name.substr(0, kShownMax),
          known.empty() ? "is not known, nothing is expected here"
                        : fmt::format("is not known, known are {}", fmt::join(names, ", "))};
}

std::optional<Flaw> missing(const std::vector<Parameter>& known, const Arguments& given) {
  for (const auto& parameter : known) {
    if (parameter.is_required && !given.has(parameter.name))
      return Flaw{std::string{parameter.name}, "is missing"};
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string_view> words_of(Kind kind) {
  std::vector<std::string_view> words;
  switch (kind) {
    case Kind::state:
      for (const auto state : kStates) words.push_back(chargemill::words_of(state).code);
      return words;
    case Kind::injection:
      for (std::size_t i = 0; i < control::kInjections; ++i)
        words.push_back(control::word(static_cast<control::Injection>(i)));
      return words;
    case Kind::latency:
      for (std::size_t i = 0; i < network::kLatencies; ++i)
        words.push_back(network::word(static_cast<network::Latency>(i)));
      return words;
    case Kind::event_type:
      return {"FAULT", "RECOVERY"};
    case Kind::session_status:
      return {"ACTIVE", "COMPLETED", "FAILED"};
    case Kind::ticket_status:
      return {"OPEN", "DELIVERED"};
    default:
      return {};
  }
}

tl::expected<Arguments, Flaw> read_query(const std::vector<Parameter>& known,
                                         const std::vector<QueryField>& query,
                                         const Meaning& meaning) {
  Arguments arguments;
  for (const auto& field : query) {
    const Parameter* const parameter = find(known, field.name);
    if (parameter == nullptr) return tl::unexpected{unknown(known, field.name)};
    if (arguments.has(parameter->name))
      return tl::unexpected{Flaw{field.name, "is given more than once"}};
    // An empty filter means all (D-166).
    if (field.value.empty() && parameter->kind != Kind::flag && parameter->kind != Kind::limit)
      continue;
    auto value = value_of(parameter->kind, field.value, meaning);
    if (!value) return tl::unexpected{Flaw{field.name, value.error()}};
    arguments.set(parameter->name, std::move(*value));
  }
  if (auto flaw = missing(known, arguments)) return tl::unexpected{std::move(*flaw)};
  return arguments;
}

tl::expected<Arguments, Flaw> read_body(const std::vector<Parameter>& known, std::string_view body,
                                        const Meaning& meaning) {
  Arguments arguments;
  const json given =
      body.empty() ? json::object() : json::parse(body.begin(), body.end(), nullptr, false);
  if (!given.is_object()) return tl::unexpected{Flaw{"", "the body must be a JSON object"}};
  for (const auto& [name, content] : given.items()) {
    const Parameter* const parameter = find(known, name);
    if (parameter == nullptr) return tl::unexpected{unknown(known, name)};
    if (content.is_null()) continue;  // D-022
    auto value = json_value_of(parameter->kind, content, meaning);
    if (!value) return tl::unexpected{Flaw{name, value.error()}};
    arguments.set(parameter->name, std::move(*value));
  }
  if (auto flaw = missing(known, arguments)) return tl::unexpected{std::move(*flaw)};
  return arguments;
}

}  // namespace chargemill::app::api
