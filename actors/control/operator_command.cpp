#include "actors/control/operator_command.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "runtime/base/assert.hpp"

namespace chargemill::control {
namespace {

/// What a verb is followed by.
enum class Fields : std::uint8_t {
  none,
  from,
  point,
  point_age,
  point_or_all,
  point_driver,
  point_kind,
  point_switch,
  zone,
  new_point,
  new_driver
};

struct Row {
  Verb verb;
  std::string_view word;
  std::string_view usage;
  Fields fields;
  bool is_change;
};
// clang-format off
constexpr std::array<Row, kVerbs> kRows{{
    {Verb::ping,          "PING",          "PING",                      Fields::none,         false},
    {Verb::help,          "HELP",          "HELP",                      Fields::none,         false},
    {Verb::list,          "LIST",          "LIST[#FROM]",               Fields::from,         false},
    {Verb::status,        "STATUS",        "STATUS#CP[#AGE]",           Fields::point_age,    false},
    {Verb::stop,          "STOP",          "STOP#CP|*",                 Fields::point_or_all, true},
    {Verb::resume,        "RESUME",        "RESUME#CP|*",               Fields::point_or_all, true},
    {Verb::stop_supply,   "STOP_SUPPLY",   "STOP_SUPPLY#CP|*",          Fields::point_or_all, true},
    {Verb::shutdown,      "SHUTDOWN",      "SHUTDOWN#CP|*",             Fields::point_or_all, true},
    {Verb::reset_breaker, "RESET_BREAKER", "RESET_BREAKER#CP",          Fields::point,        true},
    {Verb::plug,          "PLUG",          "PLUG#CP",                   Fields::point,        true},
    {Verb::unplug,        "UNPLUG",        "UNPLUG#CP",                 Fields::point,        true},
    {Verb::start,         "START",         "START#CP#DRIVER",           Fields::point_driver, true},
    {Verb::inject,        "INJECT",        "INJECT#CP#KIND[#SECONDS]",  Fields::point_kind,   true},
    {Verb::stats,         "STATS",         "STATS#CP",                  Fields::point,        false},
    {Verb::available,     "AVAILABLE",     "AVAILABLE[#ZONE|*[#FROM]]", Fields::zone,         false},
    {Verb::add_point,     "ADD_CP",        "ADD_CP#CP|-[#ZONE[#KW[#EUR]]]", Fields::new_point, true},
    {Verb::add_driver,    "ADD_DRIVER",    "ADD_DRIVER#DRIVER|-[#CP...]", Fields::new_driver, true},
    {Verb::nodes,         "NODES",         "NODES",                     Fields::none,         false},
    {Verb::power_on,      "POWER_ON",      "POWER_ON#CP",               Fields::point,        true},
    {Verb::simulate_fault, "SIMULATE_FAULT", "SIMULATE_FAULT#CP#ON|OFF", Fields::point_switch, true},
}};
// clang-format on
constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].verb != static_cast<Verb>(i)) return false;
  }
  return true;
}
static_assert(is_in_order());

constexpr std::array<std::string_view, kInjections> kInjectionWords{
    "engine_crash", "engine_silent", "engine_ko", "start_refused", "monitor_loss"};

const Row& row_of(Verb verb) noexcept {
  const auto index = static_cast<std::size_t>(verb);
  CHARGEMILL_ASSERT(index < kRows.size());
  return kRows[index];
}

bool is_control(char c) noexcept {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte < 0x20 || byte == 0x7F;
}

/// At most kNameBytesMax bytes of `text` for a reply: whole characters, no control characters.
std::string excerpt(std::string_view text) {
  std::size_t length = std::min(text.size(), kNameBytesMax);
  const bool is_cut = length < text.size();
  // Bytes 10xxxxxx continue a character: never begin what is left out with one.
  while (is_cut && length > 0 && (static_cast<std::uint8_t>(text[length]) & 0xC0U) == 0x80)
    --length;
  std::string result{text.substr(0, length)};
  std::replace_if(result.begin(), result.end(), is_control, '?');
  if (is_cut) result += "...";
  return result;
}

tl::unexpected<std::string> refusal(std::string_view reason, std::string_view rest) {
  return tl::unexpected(std::string{reason}.append(rest));
}

/// Why `name` is not one, or an empty text.
std::string_view flaw_of_name(std::string_view name) noexcept {
  if (name.empty()) return "a name is missing, use ";
  if (name.size() > kNameBytesMax) return "a name is too long, use ";
  if (std::any_of(name.begin(), name.end(), is_control))
    return "a name has control characters, use ";
  return {};
}

/// A number in [0, most], or nothing.
std::optional<double> number_of(std::string_view text, double most) noexcept {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const bool is_one = read.ec == std::errc{} && read.ptr == end && number >= 0 && number <= most;
  return is_one ? std::optional{number} : std::nullopt;
}

/// What a new charge point is like; the flaw, or an empty text.
std::string_view read_new_point(Parts& parts, OperatorCommand& command) {
  constexpr double kPowerMinKw = 1e-3;  // a watt
  constexpr double kPowerMaxKw = 10'000;
  constexpr double kPriceMaxEur = 1'000;
  command.zone = parts.next();
  if (const auto flaw = flaw_of_name(command.zone); !flaw.empty()) return flaw;
  if (parts.is_at_end()) return {};
  command.power_kw = number_of(parts.next(), kPowerMaxKw);
  if (!command.power_kw || *command.power_kw < kPowerMinKw)
    return "KW is a number from 0.001 to 10000, use ";
  if (parts.is_at_end()) return {};
  command.price_eur_kwh = number_of(parts.next(), kPriceMaxEur);
  return command.price_eur_kwh ? std::string_view{} : "EUR is a number up to 1000, use ";
}

/// What a new driver asks for; likewise.
std::string_view read_lines(Parts& parts) {
  while (!parts.is_at_end()) {
    if (const auto flaw = flaw_of_name(parts.next()); !flaw.empty()) return flaw;
  }
  return {};
}

/// The fields of one who is added; likewise.
std::string_view read_newcomer(const Row& row, Parts& parts, OperatorCommand& command) {
  std::string_view& name = row.fields == Fields::new_point ? command.point : command.driver;
  name = parts.next();
  if (const auto flaw = flaw_of_name(name); !flaw.empty()) return flaw;
  if (parts.is_at_end()) return {};
  command.rest = parts.rest();
  return row.fields == Fields::new_point ? read_new_point(parts, command) : read_lines(parts);
}

/// How long a fault lasts; likewise.
std::string_view read_seconds(Parts& parts, OperatorCommand& command) {
  constexpr double kSecondsMax = 1e9;
  constexpr double kNanos = 1e9;
  if (parts.is_at_end()) return {};
  const auto seconds = number_of(parts.next(), kSecondsMax);
  if (seconds) command.duration = Nanos{std::llround(*seconds * kNanos)};
  return command.duration > Nanos{0} ? std::string_view{}
                                     : "how long: above 0, at most 1e9 seconds, use ";
}

/// What may follow the name of a point in `status`; likewise.
std::string_view read_age(Parts& parts, OperatorCommand& command) {
  if (parts.is_at_end()) return {};
  command.wants_age = parts.next() == "AGE";
  return command.wants_age ? std::string_view{} : "only AGE may follow, use ";
}

std::string_view read_switch(Parts& parts, OperatorCommand& command) {
  const auto to = parts.next();
  command.is_on = to == "ON";
  return command.is_on || to == "OFF" ? std::string_view{} : "ON or OFF is missing, use ";
}

tl::expected<OperatorCommand, std::string> read_fields(const Row& row, Parts& parts) {
  OperatorCommand command;
  command.verb = row.verb;
  std::string_view flaw;
  const auto read_name = [&](std::string_view& to) {
    to = parts.next();
    if (flaw.empty()) flaw = flaw_of_name(to);
  };
  std::string_view kind;
  if (row.fields == Fields::zone || row.fields == Fields::from) {
    if (row.fields == Fields::zone && !parts.is_at_end()) read_name(command.zone);
    if (!parts.is_at_end()) read_name(command.from);
  } else if (row.fields == Fields::new_point || row.fields == Fields::new_driver) {
    flaw = read_newcomer(row, parts, command);
  } else if (row.fields != Fields::none) {
    read_name(command.point);
    if (row.fields == Fields::point_driver) read_name(command.driver);
    if (row.fields == Fields::point_kind) read_name(kind);
    if (row.fields == Fields::point_kind && flaw.empty()) flaw = read_seconds(parts, command);
    if (row.fields == Fields::point_switch && flaw.empty()) flaw = read_switch(parts, command);
    if (row.fields == Fields::point_age && flaw.empty()) flaw = read_age(parts, command);
  }
  if (!flaw.empty()) return refusal(flaw, row.usage);
  if (!parts.is_at_end()) return refusal("too many fields, use ", row.usage);

  if (command.zone == "*") {
    command.is_for_all = true;
    command.zone = {};
  }
  if (command.point == "*") {
    if (row.fields != Fields::point_or_all) return refusal("only one at a time, use ", row.usage);
    command.is_for_all = true;
    command.point = {};
  }
  if (row.fields == Fields::point_kind) {
    const auto* const found = std::find(kInjectionWords.begin(), kInjectionWords.end(), kind);
    if (found == kInjectionWords.end()) {
      std::string known;
      for (const std::string_view each : kInjectionWords)
        known.append(known.empty() ? "" : ", ").append(each);
      return refusal("unknown kind '" + excerpt(kind) + "', known are ", known);
    }
    command.injection = static_cast<Injection>(found - kInjectionWords.begin());
  }
  return command;
}

}  // namespace

std::string_view word(Verb verb) noexcept { return row_of(verb).word; }

std::string_view word(Injection injection) noexcept {
  const auto index = static_cast<std::size_t>(injection);
  CHARGEMILL_ASSERT(index < kInjectionWords.size());
  return kInjectionWords[index];
}

bool is_change(Verb verb) noexcept { return row_of(verb).is_change; }

std::string help_text() {
  std::string text;
  for (const Row& row : kRows) text.append(text.empty() ? "" : " ").append(row.usage);
  return text;
}

tl::expected<OperatorCommand, std::string> parse_command(std::string_view text) {
  Parts parts{text};
  const std::string_view verb = parts.next();
  for (const Row& row : kRows) {
    if (row.word == verb) return read_fields(row, parts);
  }
  return refusal("unknown command '", excerpt(text) + "'");
}

}  // namespace chargemill::control
