#include "actors/codec/schemas.hpp"

#include <string_view>

#include "actors/codec/body_writer.hpp"

namespace chargemill::codec {
namespace {

constexpr UtcTime kWhen{1'760'750'833'123'456};  // 2025-10-18T01:27:13.123456Z
constexpr UtcTime kBefore{kWhen.us - 11'000'000};

// clang-format off
const DriverRequest kDriverRequest{"req-1a2b3c4d", "driver-alice", "CP-001", kWhen};
const DriverUpdate kDriverUpdate{"req-1a2b3c4d", "driver-alice", "CP-001", UpdateStatus::accepted,
    "Request accepted, starting charging", {}, kWhen};
const CentralCommand kCentralCommand{Command::start_supply, "CP-001",
    JsonObject{R"({"driver_id": "driver-alice", "request_id": "req-1a2b3c4d", "session_id": "session-5e6f7a8b"})"}, kWhen};
const CPStatus kStatus{"CP-001", "SUPPLYING", "Starting supply for driver driver-alice", kWhen};
const CPTelemetry kTelemetry{"CP-001", 22.0, 0.006111111111111111, 0.0018333333333333335,
    "driver-alice", "session-5e6f7a8b", kWhen};
const CPRegistration kRegistration{"CP-001", "localhost", Port{8001}, "Alicante", 0.3, kWhen};
const CPSessionTicket kTicket{"CP-001", "session-5e6f7a8b", "driver-alice", kBefore, kWhen,
    0.06722222222222222, 0.020167, SessionStatus::completed, {}, kWhen};
const CPHealth kHealth{"CP-001", Health::fault, "Health check failures exceeded threshold", kWhen};
const CPHeartbeat kHeartbeat{"CP-001", kWhen};
const DriverReturn kReturn{"driver-alice", kWhen};
// clang-format on

// What a value may be, by its type.

template <class T>
struct Kind;
template <>
struct Kind<Text> {
  static void put(JsonText& out) { out.append(R"("type": "string")"); }
};
template <>
struct Kind<double> {
  static void put(JsonText& out) { out.append(R"("type": "number")"); }
};
template <>
struct Kind<Port> {
  static void put(JsonText& out) {
    out.append(R"("type": "integer", "minimum": 0, "maximum": 65535)");
  }
};
template <>
struct Kind<UtcTime> {
  static void put(JsonText& out) { out.append(R"("type": "string", "format": "date-time")"); }
};
template <>
struct Kind<JsonObject> {
  static void put(JsonText& out) { out.append(R"("type": "object")"); }
};
template <class E>
struct EnumKind {
  static void put(JsonText& out) {
    out.append(R"("$ref": "#/$defs/)");
    out.append(Values<E>::kName);
    out.append("\"");
  }
};
template <>
struct Kind<UpdateStatus> : EnumKind<UpdateStatus> {};
template <>
struct Kind<Command> : EnumKind<Command> {};
template <>
struct Kind<SessionStatus> : EnumKind<SessionStatus> {};
template <>
struct Kind<Health> : EnumKind<Health> {};
template <class T>
struct Kind<std::optional<T>> {
  static void put(JsonText& out) {
    out.append(R"("anyOf": [{)");
    Kind<T>::put(out);
    out.append(R"(}, {"type": "null"}], "default": null)");
  }
};

/// `cp_e_host` as a person writes it: `Cp E Host`.
void put_title(JsonText& out, std::string_view name) {
  out.append(R"("title": ")");
  bool is_begin = true;
  for (const char c : name) {
    const char letter = c == '_' ? ' ' : is_begin && c >= 'a' ? static_cast<char>(c - 32) : c;
    out.append({&letter, 1});
    is_begin = c == '_';
  }
  out.append("\"");
}

/// Appends what `put` appends, with a comma unless it is the first.
class List {
 public:
  explicit List(JsonText& out) : out_(out) {}
  JsonText& next() {
    if (!is_first_) out_.append(", ");
    is_first_ = false;
    return out_;
  }

 private:
  JsonText& out_;
  bool is_first_ = true;
};

template <class E>
void put_def(List& defs, const E* /*type*/) {
  JsonText& out = defs.next();
  out.append_string(Values<E>::kName);
  out.append(R"(: {"enum": [)");
  List values{out};
  for (const E value : Values<E>::kAll) values.next().append_string(word(value));
  out.append(R"(], "type": "string", )");
  put_title(out, Values<E>::kName);
  out.append("}");
}
template <class T>
void put_def_if_enum(List& defs, const T* type) {
  if constexpr (std::is_same_v<T, UpdateStatus> || std::is_same_v<T, Command> ||
                std::is_same_v<T, SessionStatus> || std::is_same_v<T, Health>) {
    put_def(defs, type);
  }
}
template <class T>
void put_def_if_enum(List& defs, const std::optional<T>* /*type*/) {
  put_def_if_enum(defs, static_cast<const T*>(nullptr));
}

template <class Body, class T>
void put_property(List& properties, const Field<Body, T>& field) {
  JsonText& out = properties.next();
  out.append_string(field.name);
  out.append(": {");
  Kind<T>::put(out);
  out.append(", ");
  put_title(out, field.name);
  out.append("}");
}

template <class Body>
void put_schema(List& schemas, const Body& example) {
  JsonText& out = schemas.next();
  out.append_string(Shape<Body>::kName);
  out.append(R"(: {"$defs": {)");
  const auto for_each = [](auto&& f) {
    std::apply([&](const auto&... field) { (f(field), ...); }, Shape<Body>::kFields);
  };
  List defs{out};
  for_each([&](const auto& field) {
    using Type = typename std::decay_t<decltype(field)>::Type;
    put_def_if_enum(defs, static_cast<const Type*>(nullptr));
  });
  out.append(R"(}, "properties": {)");
  List properties{out};
  for_each([&](const auto& field) { put_property(properties, field); });
  out.append(R"(}, "required": [)");
  List required_names{out};
  for_each([&](const auto& field) {
    if (field.presence == Presence::required) required_names.next().append_string(field.name);
  });
  out.append(R"(], "title": )");
  out.append_string(Shape<Body>::kName);
  out.append(R"(, "type": "object", "example": )");
  write(example, out);
  out.append("}");
}

}  // namespace

std::string schemas() {
  JsonText out;
  out.append("{");
  List each{out};
  put_schema(each, kDriverRequest);
  put_schema(each, kDriverUpdate);
  put_schema(each, kCentralCommand);
  put_schema(each, kStatus);
  put_schema(each, kTelemetry);
  put_schema(each, kRegistration);
  put_schema(each, kTicket);
  put_schema(each, kHealth);
  put_schema(each, kHeartbeat);
  put_schema(each, kReturn);
  out.append("}");
  return std::string{out.view()};
}

}  // namespace chargemill::codec
