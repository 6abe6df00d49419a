#include "actors/codec/body_writer.hpp"

#include "runtime/base/assert.hpp"

namespace chargemill::codec {
namespace {

// `room` is the most bytes that `put_value` writes.

std::size_t room(Text text) noexcept { return string_bytes_max(text); }
std::size_t room(const JsonObject& object) noexcept { return object.text.size(); }
constexpr std::size_t room(double) noexcept { return kFloatBytesMax; }
constexpr std::size_t room(Port) noexcept { return kIntBytesMax; }
constexpr std::size_t room(UtcTime) noexcept { return kUtcBytesMax + 2; }
template <class E, class = decltype(Values<E>::kAll)>
constexpr std::size_t room(E) noexcept {
  return 16;
}
static_assert(std::string_view{"\"start_supply\""}.size() <= 16, "the longest of all values");

char* put_value(char* to, Text text) noexcept { return put_string(to, text); }
char* put_value(char* to, const JsonObject& object) noexcept { return put(to, object.text); }
char* put_value(char* to, double value) noexcept { return put_float(to, value); }
char* put_value(char* to, Port port) noexcept { return put_int(to, static_cast<int>(port)); }
char* put_value(char* to, UtcTime time) noexcept {
  *to++ = '"';
  to = put_utc(to, time);
  *to++ = '"';
  return to;
}
template <class E, class = decltype(Values<E>::kAll)>
char* put_value(char* to, E value) noexcept {
  const std::string_view text = word(value);
  CHARGEMILL_ASSERT(!text.empty());
  *to++ = '"';
  to = put(to, text);
  *to++ = '"';
  return to;
}

template <class T>
std::size_t room(const std::optional<T>& value) noexcept {
  return value ? room(*value) : 4;
}
template <class T>
char* put_value(char* to, const std::optional<T>& value) noexcept {
  return value ? put_value(to, *value) : put(to, "null");
}

template <class T>
constexpr bool is_absent(const T&) noexcept {
  return false;
}
template <class T>
constexpr bool is_absent(const std::optional<T>& value) noexcept {
  return !value;
}

/// `, "name": ` as a constant, so that copying it is one or two moves.
template <class Body, std::size_t I>
constexpr auto key_text() {
  constexpr std::string_view kName = kField<Body, I>.name;
  std::array<char, kName.size() + 6> text{};
  std::size_t at = 0;
  for (const char c : {',', ' ', '"'}) text[at++] = c;
  for (const char c : kName) text[at++] = c;
  for (const char c : {'"', ':', ' '}) text[at++] = c;
  return text;
}
template <class Body, std::size_t I>
inline constexpr auto kKey = key_text<Body, I>();

template <class Body, std::size_t I>
char* put_field(char* to, const Body& body, bool is_first) noexcept {
  constexpr auto kThis = kField<Body, I>;
  const auto& value = body.*kThis.member;
  if (kThis.presence == Presence::extension && is_absent(value)) return to;
  const std::string_view key{kKey<Body, I>.data(), kKey<Body, I>.size()};
  to = put(to, is_first ? key.substr(2) : key);
  return put_value(to, value);
}

/// `head` is what stands in front of the first field: `{`, or `{` and the type.
template <class Body, std::size_t... I>
void write_after(std::string_view head, bool is_first, const Body& body, JsonText& out,
                 std::index_sequence<I...>) {
  const std::size_t bytes_max =
      head.size() + ((kKey<Body, I>.size() + room(body.*kField<Body, I>.member)) + ... + 1);
  char* to = put(out.begin(bytes_max), head);
  ((to = put_field<Body, I>(to, body, is_first && I == 0)), ...);
  *to++ = '}';
  out.finish(to);
}

}  // namespace

template <class Body>
void write(const Body& body, JsonText& out) {
  // A body of extensions alone would begin with a comma.
  static_assert(kField<Body, 0>.presence != Presence::extension);
  write_after("{", true, body, out, FieldIndexes<Body>{});
}

template <class Body>
void write_typed(std::string_view type, const Body& body, JsonText& out) {
  constexpr std::size_t kTypeBytesMax = 32;
  constexpr std::string_view kBegin = R"({"type": ")";
  CHARGEMILL_ASSERT(type.size() <= kTypeBytesMax);
  std::array<char, kBegin.size() + kTypeBytesMax + 1> head;  // NOLINT: filled here
  char* end = put(put(head.data(), kBegin), type);
  *end++ = '"';
  write_after({head.data(), static_cast<std::size_t>(end - head.data())}, false, body, out,
              FieldIndexes<Body>{});
}

// clang-format off
#define CHARGEMILL_WRITES(Body)                      \
  template void write(const Body&, JsonText&);       \
  template void write_typed(std::string_view, const Body&, JsonText&);
CHARGEMILL_WRITES(DriverRequest)
CHARGEMILL_WRITES(DriverUpdate)
CHARGEMILL_WRITES(CentralCommand)
CHARGEMILL_WRITES(CPStatus)
CHARGEMILL_WRITES(CPTelemetry)
CHARGEMILL_WRITES(CPRegistration)
CHARGEMILL_WRITES(CPSessionTicket)
CHARGEMILL_WRITES(CPHealth)
CHARGEMILL_WRITES(CPHeartbeat)
CHARGEMILL_WRITES(DriverReturn)
CHARGEMILL_WRITES(StartPayload)
CHARGEMILL_WRITES(StopPayload)
#undef CHARGEMILL_WRITES
// clang-format on

}  // namespace chargemill::codec
