#include "app/scenario/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "app/scenario/choices.hpp"
#include "app/scenario/door_settings.hpp"
#include "app/sessions/civil_time.hpp"
#include "runtime/net/endpoint.hpp"

namespace chargemill::app {
namespace {

tl::unexpected<Reason> wrong_type(const KeyInfo& key, std::string hint = {}) {
  return tl::unexpected<Reason>(Reason{
      Code::type, fmt::format("'{}' takes {}", key.name, expectation(key)), std::move(hint)});
}

/// A limit of the key, as it would be written.
std::string limit_text(double limit, const KeyInfo& key) {
  if (key.type == Type::duration) return duration_text(Nanos{std::llround(limit * 1e9)});
  if (key.type == Type::integer) return fmt::format("{:.0f}", limit);
  if (key.type == Type::bytes) return size_text(std::llround(limit));
  return fmt::format("{}", limit);
}

tl::unexpected<Reason> out_of_range(const KeyInfo& key, bool below) {
  const char* side = !below ? "at most" : key.above_min ? "above" : "at least";
  return tl::unexpected<Reason>(Reason{
      Code::range,
      fmt::format("'{}' must be {} {}", key.name, side, limit_text(below ? key.min : key.max, key)),
      {}});
}

ValueOr in_range(double number, const KeyInfo& key, Value value) {
  const bool below = key.above_min ? !(number > key.min) : !(number >= key.min);
  if (!below && number <= key.max) return value;
  return out_of_range(key, below);
}

std::optional<double> plain_number(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || end != text.c_str() + text.size()) return std::nullopt;
  return number;
}

bool quoted_number(const toml::node& node) {
  return plain_number(node.value<std::string>().value_or("")).has_value() && node.is_string();
}

/// 20% as a share.
std::string percent_hint(const toml::node& node) {
  auto text = node.value<std::string>().value_or("");
  if (text.empty() || text.back() != '%') return {};
  text.pop_back();
  const auto percent = plain_number(text);
  return percent ? fmt::format("as a share: {}", *percent / 100.0) : std::string{};
}

std::optional<double> number_of(const toml::node& node) {
  if (node.is_number()) return node.value<double>();
  return std::nullopt;
}

/// Digits that no 64-bit integer holds: flags and variables come as text.
bool is_huge_integer(const std::string& text) {
  const auto digits = text.find_first_not_of("+-");
  if (digits == std::string::npos || digits > 1 ||
      text.find_first_not_of("0123456789", digits) != std::string::npos)
    return false;
  errno = 0;
  (void)std::strtoll(text.c_str(), nullptr, 10);
  return errno == ERANGE;
}

ValueOr integer(const toml::node& node, const KeyInfo& key) {
  const auto text = node.value<std::string>().value_or("");
  if (node.is_string() && is_huge_integer(text)) return out_of_range(key, text.front() == '-');
  if (!node.is_integer()) return wrong_type(key, quoted_number(node) ? "without quotes" : "");
  const auto number = *node.value<std::int64_t>();
  return in_range(static_cast<double>(number), key, number);
}

ValueOr number(const toml::node& node, const KeyInfo& key) {
  const auto found = number_of(node);
  if (!found || !std::isfinite(*found))
    return wrong_type(key, quoted_number(node) ? "without quotes" : percent_hint(node));
  return in_range(*found, key, *found);
}

ValueOr duration(const toml::node& node, const KeyInfo& key) {
  if (node.is_number()) return wrong_type(key, "a unit is missing: \"10s\"");
  const auto text = node.value<std::string>();
  if (!text) return wrong_type(key);
  const auto parsed = parse_duration(*text);
  if (!parsed && plain_number(*text))
    return wrong_type(key, fmt::format("a unit is missing: {}s", *text));
  if (!parsed && is_too_long(*text)) return out_of_range(key, false);
  if (!parsed) return wrong_type(key, "units are ms, s, m, h, d");
  return in_range(static_cast<double>(parsed->count()) / 1e9, key, *parsed);
}

ValueOr bytes(const toml::node& node, const KeyInfo& key) {
  if (node.is_integer()) return integer(node, key);
  const auto text = node.value<std::string>();
  const auto parsed = text ? parse_size(*text) : std::nullopt;
  if (!parsed) return wrong_type(key, "units are KiB, MiB, GiB, TiB");
  return in_range(static_cast<double>(*parsed), key, *parsed);
}

ValueOr speed(const toml::node& node, const KeyInfo& key) {
  if (node.value<std::string>() == "max") return std::numeric_limits<double>::infinity();
  return number(node, key);
}

ValueOr date_time(const toml::node& node, const KeyInfo& key) {
  std::string text;
  if (const auto* stamp = node.as_date_time()) {
    const auto& t = stamp->get();
    const std::int64_t offset_s = t.offset ? std::int64_t{t.offset->minutes} * 60 : 0;
    text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", t.date.year, t.date.month,
                       t.date.day, t.time.hour, t.time.minute, t.time.second);
    if (const auto parsed = parse_stamp(text)) return Value{*parsed - offset_s};
    return wrong_type(key);
  }
  const auto written = node.value<std::string>();
  const auto parsed = written ? parse_stamp(*written) : std::nullopt;
  if (!parsed) return wrong_type(key);
  return Value{*parsed};
}

ValueOr choice(const toml::node& node, const KeyInfo& key) {
  const auto text = node.value<std::string>();
  if (!text) return wrong_type(key);
  if (std::find(key.choices.begin(), key.choices.end(), *text) == key.choices.end())
    return wrong_type(key, did_you_mean(*text, key.choices));
  return *text;
}

// "Z07" or 7 is 6.
ValueOr place(const toml::node& node, const KeyInfo& key, char letter, std::int64_t most) {
  std::int64_t number = 0;
  if (node.is_integer()) {
    number = *node.value<std::int64_t>();
  } else {
    const auto text = node.value<std::string>().value_or("");
    const bool digits =
        text.size() > 1 && text.size() <= 10 && text[0] == letter &&
        std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits) number = std::strtoll(text.c_str() + 1, nullptr, 10);
  }
  if (number < 1 || number > most) return wrong_type(key);
  return number - 1;
}

const char* amount_name(const KeyInfo& key) {
  return key.type == Type::power_mix ? "kw" : "eur_kwh";
}

ValueOr mix(const toml::node& node, const KeyInfo& key) {
  const auto* items = node.as_array();
  if (items == nullptr || items->empty()) return wrong_type(key);
  Mix result;
  double total = 0;
  for (const auto& item : *items) {
    const auto* table = item.as_table();
    if (table == nullptr || table->size() != 2) return wrong_type(key);
    const auto* amount = table->get(amount_name(key));
    const auto* weight = table->get("share");
    if (amount == nullptr || weight == nullptr) return wrong_type(key);
    const auto a = number_of(*amount);
    const auto w = number_of(*weight);
    if (!a || !w) return wrong_type(key);
    const bool power = key.type == Type::power_mix;
    if (!std::isfinite(*a) || *a < (power ? 1e-3 : 0.0) || *a > (power ? 10'000 : 1'000) ||
        !std::isfinite(*w) || *w < 0) {
      return tl::unexpected<Reason>(
          Reason{Code::range, fmt::format("'{}' has a value out of range", key.name),
                 power ? "powers above 0, shares from 0" : "prices from 0 to 1000, shares from 0"});
    }
    result.emplace_back(*a, *w);
    total += *w;
  }
  if (!(total > 0)) {
    return tl::unexpected<Reason>(
        Reason{Code::range, fmt::format("the shares of '{}' add up to nothing", key.name), {}});
  }
  return result;
}

ValueOr requests(const toml::node& node, const KeyInfo& key) {
  if (const auto text = node.value<std::string>()) return *text;
  const auto* items = node.as_array();
  if (items == nullptr || items->empty()) return wrong_type(key);
  std::vector<std::string> ids;
  for (const auto& item : *items) {
    const auto id = item.value<std::string>();
    if (!id || id->empty()) return wrong_type(key);
    ids.push_back(*id);
  }
  return ids;
}

ValueOr files(const toml::node& node, const KeyInfo& key) {
  const auto* items = node.as_array();
  if (items != nullptr && items->empty()) return std::vector<std::string>{};
  auto named = requests(node, key);
  if (!named) return named;
  if (const auto* one = std::get_if<std::string>(&*named)) return std::vector<std::string>{*one};
  return named;
}

ValueOr listen(const toml::node& node, const KeyInfo& key) {
  const auto text = node.value<std::string>().value_or("");
  const auto endpoint = runtime::parse_endpoint(text);
  if (text != kDoorOff && !(endpoint && is_address(*endpoint))) return wrong_type(key);
  return text;
}

/// How an optional value says that there is none.
bool is_none(std::string_view text) { return text == "none" || text == "off"; }

}  // namespace

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string expectation(const KeyInfo& key) {
  const std::string none = key.optional ? ", or \"none\"" : "";
  switch (key.type) {
    case Type::boolean:
      return "true or false";
    case Type::integer:
      return "a whole number" + none;
    case Type::number:
      return "a number" + none;
    case Type::text:
      return "a text" + none;
    case Type::choice:
      return fmt::format("one of {}", fmt::join(key.choices, ", "));
    case Type::choices:
      return fmt::format("a list out of {}", fmt::join(key.choices, ", "));
    case Type::duration:
      return "a duration like \"10s\"" + none;
    case Type::bytes:
      return "a size like \"256MiB\"" + none;
    case Type::speed:
      return "a number or \"max\"";
    case Type::date_time:
      return "a time like 2026-01-05T00:00:00Z";
    case Type::power_mix:
      return "a list like [{ kw = 22, share = 0.4 }]";
    case Type::price_mix:
      return "a list like [{ eur_kwh = 0.30, share = 0.6 }]";
    case Type::zone:
      return "a zone like \"Z01\"";
    case Type::site:
      return "a site like \"S0001\"";
    case Type::requests:
      return "a file name, or a list of charge point ids";
    case Type::files:
      return "a file name, or a list of them";
    case Type::urls:
      return "an address like \"http://127.0.0.1:2379\", or a list of them";
    case Type::listen:
      return "an address like 127.0.0.1:9999 (no name but localhost), or off";
  }
  return {};
}

ValueOr from_toml(const toml::node& node, const KeyInfo& key) {
  if (key.optional && is_none(node.value<std::string>().value_or(""))) return Value{};
  switch (key.type) {
    case Type::boolean:
      if (const auto* flag = node.as_boolean()) return flag->get();
      return wrong_type(key);
    case Type::integer:
      return integer(node, key);
    case Type::number:
      return number(node, key);
    case Type::text:
      if (const auto* text = node.as_string()) return text->get();
      return wrong_type(key);
    case Type::choice:
      return choice(node, key);
    case Type::choices:
      return choices_from(node, key);
    case Type::duration:
      return duration(node, key);
    case Type::bytes:
      return bytes(node, key);
    case Type::speed:
      return speed(node, key);
    case Type::date_time:
      return date_time(node, key);
    case Type::power_mix:
    case Type::price_mix:
      return mix(node, key);
    case Type::zone:
      return place(node, key, 'Z', 65'535);
    case Type::site:
      return place(node, key, 'S', 1'000'000'000);
    case Type::requests:
      return requests(node, key);
    case Type::files:
    case Type::urls:
      return files(node, key);
    case Type::listen:
      return listen(node, key);
  }
  return wrong_type(key);
}

ValueOr from_text(std::string_view text, const KeyInfo& key) {
  const bool plain = key.type == Type::text || key.type == Type::choice ||
                     key.type == Type::duration || key.type == Type::bytes ||
                     key.type == Type::date_time || key.type == Type::listen;
  const std::string written{text};
  if (!plain && !(key.optional && is_none(text))) {
    // A line break would let a value smuggle in other keys.
    if (text.find('\n') != std::string_view::npos) return wrong_type(key);
    try {
      const auto table = toml::parse("v = " + written);
      if (const auto* node = table.get("v"); node != nullptr && table.size() == 1)
        return from_toml(*node, key);
    } catch (const toml::parse_error&) {  // not TOML: then it is a text
    }
  }
  return from_toml(toml::value<std::string>{written}, key);
}

std::string to_toml(const Value& value, const KeyInfo& key) {
  if (std::holds_alternative<std::monostate>(value)) return "\"none\"";
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<double>(&value))
    return std::isinf(*number) ? "\"max\"" : fmt::format("{}", *number);
  if (const auto* text = std::get_if<std::string>(&value)) return toml_text(*text);
  if (const auto* time = std::get_if<Nanos>(&value)) return toml_text(duration_text(*time));
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (key.type == Type::zone) return fmt::format("\"Z{:02}\"", *number + 1);
    if (key.type == Type::site) return fmt::format("\"S{:04}\"", *number + 1);
    if (key.type == Type::bytes) return toml_text(size_text(*number));
    if (key.type != Type::date_time) return fmt::format("{}", *number);
    std::string stamp = format_stamp(*number) + 'Z';
    stamp[10] = 'T';
    return stamp;
  }
  std::string out;
  if (const auto* shares = std::get_if<Mix>(&value)) {
    for (const auto& [amount, weight] : *shares)
      out += fmt::format("{}{{ {} = {}, share = {} }}", out.empty() ? "" : ", ", amount_name(key),
                         amount, weight);
  } else {
    for (const auto& id : std::get<std::vector<std::string>>(value))
      out += (out.empty() ? "" : ", ") + toml_text(id);
  }
  return '[' + out + ']';
}

}  // namespace chargemill::app
