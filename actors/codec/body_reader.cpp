#include "actors/codec/body_reader.hpp"

#include <algorithm>
#include <cstring>

#include "actors/codec/json_values.hpp"

namespace chargemill::codec {
namespace {

bool is_ok(simdjson::error_code error) noexcept { return error == simdjson::SUCCESS; }

/// `raw` points behind the opening quote of a key, in a buffer with padding.
bool is_key(const char* raw, std::string_view name) noexcept {
  static_assert(simdjson::SIMDJSON_PADDING > 32, "no name of ours is longer");
  return std::memcmp(raw, name.data(), name.size()) == 0 && raw[name.size()] == '"';
}

constexpr std::string_view kType = "type";
constexpr std::string_view kPayload = "payload";

/// What no field tells by itself.
template <class Body>
DecodeError flaw_of_whole(const Body& /*body*/) noexcept {
  return {};
}
/// A start whose payload is no object is let through: central is told what came of it (D-092).
DecodeError flaw_of_whole(const CentralCommand& body) noexcept {
  const bool is_good =
      body.cmd == Command::start_supply || !body.payload || is_object(*body.payload);
  return is_good ? DecodeError{} : DecodeError{Flaw::not_an_object_or_null, kPayload};
}

/// The fields of an object, one after the other.
class Fields {
 public:
  /// Requires that `object` outlives this.
  explicit Fields(ondemand::object& object) : at_(object.begin()), end_(object.end()) {}

  /// Moves to the first field, or the next. False at the end, or if there is no proper field.
  bool try_next() {
    if (count_ > 0) ++at_;
    ++count_;
    if (!(at_ != end_)) return false;
    is_broken_ = !is_ok((*at_).get(field_));
    return !is_broken_;
  }
  [[nodiscard]] bool is_broken() const noexcept { return is_broken_; }
  [[nodiscard]] ondemand::field& field() noexcept { return field_; }
  [[nodiscard]] bool is_at_first() const noexcept { return count_ == 1; }

 private:
  simdjson::simdjson_result<ondemand::object_iterator> at_;
  simdjson::simdjson_result<ondemand::object_iterator> end_;
  ondemand::field field_;
  std::size_t count_ = 0;
  bool is_broken_ = false;
};

/// One body on its way in: which fields have been seen, and what is wrong.
template <class Body>
class Filler {
 public:
  Filler(Body& body, UtcTime now, JsonText& copies) : body_(body), copies_(copies) {
    set_defaults(now, FieldIndexes<Body>{});
  }

  /// Reads the value of a field, if it is one of the body's. False if it is wrong.
  bool take(ondemand::field& field) {
    std::size_t index = find(field.key().raw());
    if (index == kNone) {
      std::string_view key;  // it may be one of ours with escapes in it
      if (!is_ok(field.unescaped_key().get(key))) return fail({Flaw::not_json});
      index = find(key);
    }
    if (index == kNone) {
      const Flaw flaw = walk(field.value(), 1, nullptr);
      return flaw == Flaw::none || fail({flaw});
    }
    next_ = index + 1;
    return read(index, field.value(), FieldIndexes<Body>{});
  }
  /// True if nothing is missing.
  bool finish() { return finish(FieldIndexes<Body>{}); }
  [[nodiscard]] const DecodeError& error() const noexcept { return error_; }
  bool fail(DecodeError error) noexcept {
    error_ = error;
    return false;
  }

 private:
  static constexpr std::size_t kCount = kFieldCount<Body>;
  static constexpr std::size_t kNone = kCount;
  static_assert(kCount <= 32, "bits of seen_");

  template <std::size_t... I>
  static constexpr auto names(std::index_sequence<I...>) {
    return std::array<std::string_view, kCount>{kField<Body, I>.name...};
  }
  static constexpr auto kNames = names(FieldIndexes<Body>{});

  template <std::size_t... I>
  void set_defaults(UtcTime now, std::index_sequence<I...>) {
    const auto set = [now](auto& value, Presence presence) {
      using Type = std::decay_t<decltype(value)>;
      if constexpr (std::is_same_v<Type, UtcTime>) {
        if (presence == Presence::or_default) value = now;
      }
    };
    (set(body_.*kField<Body, I>.member, kField<Body, I>.presence), ...);
  }

  // Most senders keep to the order of the fields: the one after the last is tried first.
  [[nodiscard]] std::size_t find(const char* raw) const noexcept {
    if (next_ < kCount && is_key(raw, kNames[next_])) return next_;
    for (std::size_t i = 0; i < kCount; ++i) {
      if (is_key(raw, kNames[i])) return i;
    }
    return kNone;
  }
  [[nodiscard]] std::size_t find(std::string_view key) const noexcept {
    for (std::size_t i = 0; i < kCount; ++i) {
      if (kNames[i] == key) return i;
    }
    return kNone;
  }

  template <std::size_t... I>
  bool read(std::size_t index, ondemand::value& value, std::index_sequence<I...>) {
    const std::uint32_t bit = 1U << index;
    if ((seen_ & bit) != 0) return fail({Flaw::twice, kNames[index]});
    seen_ |= bit;
    bool is_good = false;
    static_cast<void>(((index == I ? (is_good = read_field<I>(value), true) : false) || ...));
    return is_good;
  }
  template <std::size_t I>
  bool read_field(ondemand::value& value) {
    constexpr auto kThis = kField<Body, I>;
    using Type = typename decltype(kThis)::Type;
    // `null` for an optional field equals absence (D-022).
    if (kThis.presence != Presence::required && try_read_null(value)) return true;
    const Flaw flaw = read_value(value, body_.*kThis.member, copies_);
    if (flaw == Flaw::none) return true;
    const bool is_of_body = flaw == Flaw::not_json || flaw == Flaw::too_deep;
    DecodeError error{flaw, is_of_body ? std::string_view{} : kThis.name};
    if (flaw == Flaw::no_such_value) error.allowed = allowed(static_cast<Type*>(nullptr));
    return fail(error);
  }
  template <class E, class = decltype(Values<E>::kAll)>
  static constexpr std::string_view allowed(const E*) noexcept {
    return Values<E>::kList;
  }
  template <class E, class = decltype(Values<E>::kAll)>
  static constexpr std::string_view allowed(const std::optional<E>*) noexcept {
    return Values<E>::kList;
  }
  static constexpr std::string_view allowed(const void*) noexcept { return {}; }

  template <std::size_t... I>
  bool finish(std::index_sequence<I...>) {
    constexpr std::uint32_t kRequired =
        ((kField<Body, I>.presence == Presence::required ? 1U << I : 0U) | ...);
    const std::uint32_t missing = kRequired & ~seen_;
    if (missing == 0) return true;
    return fail({Flaw::missing, kNames[static_cast<std::size_t>(__builtin_ctz(missing))]});
  }

  Body& body_;
  JsonText& copies_;
  std::size_t next_ = 0;
  std::uint32_t seen_ = 0;
  DecodeError error_;
};

}  // namespace

/// A copy of the body with the padding that simdjson reads beyond its end, and what it found.
struct BodyReader::Parser {
  explicit Parser(std::size_t bytes_max) : bytes_max_(bytes_max), parser_(bytes_max) {}

  /// Makes `object_` the object that `json` is.
  DecodeError open(std::string_view json) {
    if (json.size() > bytes_max_) return {Flaw::too_long};
    if (json.size() > room_ || !buffer_) grow(json.size());
    if (!json.empty()) std::memcpy(buffer_.get(), json.data(), json.size());
    std::memset(buffer_.get() + json.size(), ' ', simdjson::SIMDJSON_PADDING);
    const auto error =
        parser_.iterate(buffer_.get(), json.size(), json.size() + simdjson::SIMDJSON_PADDING)
            .get(document_);
    if (!is_ok(error)) return {Flaw::not_json};
    return open_object();
  }
  DecodeError open_object() {
    const auto error = document_.get_object().get(object_);
    if (is_ok(error)) return {};
    return {error == simdjson::INCORRECT_TYPE ? Flaw::not_an_object : Flaw::not_json};
  }

  /// All fields but those that `fields` has passed. With `is_typed`, they may hold one `type`;
  /// `has_type` says that it has passed.
  template <class Body>
  Decoded<Body> fill(Fields& fields, UtcTime now, bool is_typed, bool has_type) {
    Body body{};
    Filler<Body> filler{body, now, copies_};
    while (fields.try_next()) {
      if (is_typed && is_key(fields.field().key().raw(), kType)) {
        if (has_type) return tl::unexpected(DecodeError{Flaw::twice, kType});
        has_type = true;
      }
      if (!filler.take(fields.field())) return tl::unexpected(filler.error());
    }
    // Nothing may follow the object.
    const bool is_whole = document_.current_location().error() == simdjson::OUT_OF_BOUNDS;
    if (fields.is_broken() || !is_whole) return tl::unexpected(DecodeError{Flaw::not_json});
    if (!filler.finish()) return tl::unexpected(filler.error());
    if (const auto error = flaw_of_whole(body); error.flaw != Flaw::none)
      return tl::unexpected(error);
    return body;
  }

  /// Reads on until the field `type`.
  static Decoded<Channel> find_channel(Fields& fields) {
    const auto flaw = [](Flaw f) { return tl::unexpected(DecodeError{f}); };
    while (fields.try_next()) {
      if (!is_key(fields.field().key().raw(), kType)) continue;
      Text type;
      const auto error = fields.field().value().get_string().get(type);
      if (!is_ok(error)) return tl::unexpected(DecodeError{Flaw::not_a_string, kType});
      const auto channel = channel_of(type);
      return channel ? Decoded<Channel>{*channel} : flaw(Flaw::unknown_type);
    }
    return flaw(fields.is_broken() ? Flaw::not_json : Flaw::no_type);
  }

  void grow(std::size_t bytes) {
    constexpr std::size_t kFirstBytes = 1'024;
    std::size_t room = room_ < kFirstBytes ? kFirstBytes : room_;
    while (room < bytes) room *= 2;
    room_ = std::min(room, bytes_max_);
    // If there is no memory, iterate() tries again and says so.
    [[maybe_unused]] const auto error = parser_.allocate(room_);
    buffer_.reset(new char[room_ + simdjson::SIMDJSON_PADDING]);
  }

  std::size_t bytes_max_;
  std::size_t room_ = 0;
  std::unique_ptr<char[]> buffer_;
  ondemand::parser parser_;
  ondemand::document document_;
  ondemand::object object_;
  JsonText copies_;
};

BodyReader::BodyReader(std::size_t bytes_max) : parser_(std::make_unique<Parser>(bytes_max)) {}
BodyReader::BodyReader(BodyReader&&) noexcept = default;
BodyReader& BodyReader::operator=(BodyReader&&) noexcept = default;
BodyReader::~BodyReader() = default;

template <class Body>
Decoded<Body> BodyReader::read(std::string_view json, UtcTime now) {
  const DecodeError error = parser_->open(json);
  if (error.flaw != Flaw::none) return tl::unexpected(error);
  Fields fields{parser_->object_};
  return parser_->fill<Body>(fields, now, false, false);
}

std::optional<Channel> BodyReader::peek_channel(std::string_view json) {
  if (parser_->open(json).flaw != Flaw::none) return std::nullopt;
  Fields fields{parser_->object_};
  const Decoded<Channel> channel = Parser::find_channel(fields);
  return channel ? std::optional{*channel} : std::nullopt;
}

Decoded<Frame> BodyReader::read_frame(std::string_view json, UtcTime now) {
  DecodeError error = parser_->open(json);
  if (error.flaw != Flaw::none) return tl::unexpected(error);
  std::optional<Fields> fields{parser_->object_};
  const Decoded<Channel> channel = Parser::find_channel(*fields);
  if (!channel) return tl::unexpected(channel.error());
  const bool has_type = fields->is_at_first();
  if (!has_type) {  // what came before it is wanted now; the index of the text still serves
    parser_->document_.rewind();
    error = parser_->open_object();
    if (error.flaw != Flaw::none) return tl::unexpected(error);
    fields.emplace(parser_->object_);
  }
  return with_body_of(*channel, [&](auto carries) -> Decoded<Frame> {
    using Body = typename decltype(carries)::Type;
    return parser_->fill<Body>(*fields, now, true, has_type).map([&](const Body& body) {
      return Frame{*channel, body};
    });
  });
}

// clang-format off
template Decoded<DriverRequest> BodyReader::read(std::string_view, UtcTime);
template Decoded<DriverUpdate> BodyReader::read(std::string_view, UtcTime);
template Decoded<CentralCommand> BodyReader::read(std::string_view, UtcTime);
template Decoded<CPStatus> BodyReader::read(std::string_view, UtcTime);
template Decoded<CPTelemetry> BodyReader::read(std::string_view, UtcTime);
template Decoded<CPRegistration> BodyReader::read(std::string_view, UtcTime);
template Decoded<CPSessionTicket> BodyReader::read(std::string_view, UtcTime);
template Decoded<CPHealth> BodyReader::read(std::string_view, UtcTime);
template Decoded<CPHeartbeat> BodyReader::read(std::string_view, UtcTime);
template Decoded<DriverReturn> BodyReader::read(std::string_view, UtcTime);
template Decoded<StartPayload> BodyReader::read(std::string_view, UtcTime);
template Decoded<StopPayload> BodyReader::read(std::string_view, UtcTime);
// clang-format on

}  // namespace chargemill::codec
