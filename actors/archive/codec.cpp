#include "actors/archive/codec.hpp"

#include <algorithm>
#include <cstring>

#include "actors/archive/keys.hpp"
#include "actors/archive/record_fields.hpp"
#include "actors/archive/soundness.hpp"
#include "actors/texts.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::archive {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "FORMAT.md");

/// What is written of a kind; all before it are read.
template <class R>
constexpr std::uint8_t kVersion = 1;
template <>
constexpr std::uint8_t kVersion<PointState> = 2;  // says what its session costs as well (D-218)

/// What `Enum` may hold at most: bytes beyond it are of a later version.
template <class Enum>
constexpr Enum kLast{};
// clang-format off
template <> constexpr EventType kLast<EventType> = EventType::other;
template <> constexpr Phase kLast<Phase> = Phase::fault;
template <> constexpr Reason kLast<Reason> = kLastReason;
template <> constexpr Refusal kLast<Refusal> = Refusal::starts_refused;
template <> constexpr SessionStatus kLast<SessionStatus> = SessionStatus::failed;
template <> constexpr runtime::BreakerMode kLast<runtime::BreakerMode> = runtime::BreakerMode::half_open;
// clang-format on
/// Ids and permits: any number.
template <class T>
constexpr bool kIsListed = std::is_enum_v<T> && sizeof(T) == 1;

class Bytes {
 public:
  Bytes(char* to, std::size_t most, Nanos origin) : to_(to), most_(most), origin_(origin) {}
  [[nodiscard]] std::size_t size() const noexcept { return at_; }
  [[nodiscard]] std::size_t room() const noexcept { return most_ - at_; }

  template <class T>
  void put(const T& value) {
    if constexpr (std::is_same_v<T, SimTime>) {
      put_raw((value.time_since_epoch() + origin_).count());
    } else if constexpr (std::is_same_v<T, bool>) {
      put_raw(static_cast<std::uint8_t>(value ? 1 : 0));
    } else {
      static_assert(std::has_unique_object_representations_v<T>, "no padding on disk");
      put_raw(value);
    }
  }
  void put_text(std::string_view text, std::size_t bytes_max = kNameBytesMax) {
    const std::string_view cut = text.substr(0, bytes_max);
    put_raw(static_cast<std::uint8_t>(cut.size()));
    CHARGEMILL_ASSERT(at_ + cut.size() <= most_);
    std::copy(cut.begin(), cut.end(), to_ + at_);
    at_ += cut.size();
  }

 private:
  template <class T>
  void put_raw(const T& value) {
    CHARGEMILL_ASSERT(at_ + sizeof value <= most_);
    std::memcpy(to_ + at_, &value, sizeof value);
    at_ += sizeof value;
  }

  char* to_;
  std::size_t most_;
  Nanos origin_;
  std::size_t at_ = 0;
};

class Input {
 public:
  Input(std::string_view bytes, Nanos origin) : rest_(bytes), origin_(origin) {}
  [[nodiscard]] bool is_sound() const noexcept { return is_sound_; }
  [[nodiscard]] bool is_at_end() const noexcept { return rest_.empty(); }

  template <class T>
  void take(T& value) {
    if constexpr (std::is_same_v<T, SimTime>) {
      std::int64_t unix_ns = 0;
      take_raw(unix_ns);
      is_sound_ = is_sound_ && is_sound_time(unix_ns);
      if (is_sound_) value = SimTime{Nanos{unix_ns} - origin_};
    } else if constexpr (std::is_same_v<T, bool>) {
      std::uint8_t byte = 0;
      take_raw(byte);
      is_sound_ = is_sound_ && byte <= 1;
      value = byte == 1;
    } else if constexpr (kIsListed<T>) {
      std::uint8_t byte = 0;
      take_raw(byte);
      value = static_cast<T>(byte);
      is_sound_ = is_sound_ && (value <= kLast<T> || has_words(value));
    } else {
      take_raw(value);
    }
  }
  std::string_view take_text() {
    std::uint8_t size = 0;
    take_raw(size);
    is_sound_ = is_sound_ && size <= rest_.size();
    if (!is_sound_) return {};
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }

 private:
  template <class T>
  [[nodiscard]] static bool has_words(T value) noexcept {
    if constexpr (std::is_same_v<T, Reason>) return value == kForeignWords;
    return false;
  }
  template <class T>
  void take_raw(T& value) {
    if (rest_.size() < sizeof value) {
      is_sound_ = false;
      return;
    }
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
  }

  std::string_view rest_;
  Nanos origin_;
  bool is_sound_ = true;
};

/// What stands on disk for a reason: its code, or that its words follow.
Reason on_disk(Reason reason, std::string_view& words) {
  if (!is_foreign(reason)) return reason;
  words = word(reason);
  return words.empty() ? Reason::none : kForeignWords;
}
template <class T>
const T& on_disk(const T& field, std::string_view&) {
  return field;
}

SimTime time_of(const Record& record) {
  return std::visit(
      Overloaded{[](const TicketAgain& r) { return r.end.at; }, [](const auto& r) { return r.at; }},
      record);
}

/// Gives `record` the reason that is said in `words`; false: it has none such, or no words are
/// there.
bool put_words(Record& record, std::string_view words) {
  bool has_place = false;
  std::visit(
      [&](auto& r) {
        each_field(r, [&](auto& field) {
          if constexpr (std::is_same_v<std::decay_t<decltype(field)>, Reason>) {
            if (field != kForeignWords) return;
            has_place = true;
            field = reason_in_words(words);
          }
        });
      },
      record);
  return has_place == !words.empty();
}

/// What a state of version 1 leaves out: nobody billed anything but the price of the registration.
void fill_in(PointState& r) {
  // Beyond it sums overflow; nobody asks for more.
  constexpr std::int64_t kPriceMax = 1'000'000'000;
  const bool is_sane = r.delivered.mj >= 0 && r.delivered.mj < 1'000'000 * kMillijoulesPerKwh &&
                       r.price.microeur_per_kwh >= 0 && r.price.microeur_per_kwh <= kPriceMax;
  if (is_sane) r.cost = cost_of(r.delivered, r.price);
}

/// The fields of `r` as they were in `version`.
template <class R>
void take_fields(Input& input, R& r, std::uint8_t version) {
  constexpr bool kIsState = std::is_same_v<R, PointState>;
  each_field(r, [&](auto& field) {
    constexpr bool kIsNew = kIsState && std::is_same_v<std::decay_t<decltype(field)>, Money>;
    if (!kIsNew || version > 1) input.take(field);
  });
  if constexpr (kIsState) {
    if (version == 1) fill_in(r);
  }
}

/// The alternative of number `index` with its first value.
template <std::size_t I = 0>
bool make(std::size_t index, Record& record) {
  if constexpr (I == std::variant_size_v<Record>) {
    return false;
  } else {
    if (index != I) return make<I + 1>(index, record);
    record.emplace<I>();
    return true;
  }
}

}  // namespace

const runtime::journal::Record& Encoder::encode(const Record& record, const Names& names) {
  Bytes bytes{payload_.data(), payload_.size(), origin_};
  std::string_view words;  // a record has one reason that is not ours, at most
  std::visit(
      [&](const auto& r) {
        bytes.put(kVersion<std::decay_t<decltype(r)>>);
        each_field(r, [&](const auto& field) { bytes.put(on_disk(field, words)); });
      },
      record);
  // The name of a request leaves no room for its driver's, which nobody looks for here.
  const bool is_request = std::holds_alternative<RequestNamed>(record);
  bytes.put_text(names.point, is_request ? kRequestNameBytesMax : kNameBytesMax);
  bytes.put_text(is_request ? std::string_view{} : names.driver);
  // With long names less of it may have room.
  if (!words.empty()) bytes.put_text(beginning_of(words, bytes.room() - 1), kForeignBytesMax);
  written_.kind = static_cast<runtime::journal::RecordKind>(record.index());
  written_.time =
      std::chrono::floor<runtime::journal::Micros>(time_of(record).time_since_epoch() + origin_);
  written_.keys = keys_of(record, names);
  written_.payload = {payload_.data(), bytes.size()};
  return written_;
}

std::optional<Found> decode(const runtime::journal::Record& from, Origin origin) {
  Found found;
  if (!make(static_cast<std::size_t>(from.kind), found.record)) return std::nullopt;
  Input input{from.payload, origin};
  std::uint8_t version = 0;
  input.take(version);
  const bool is_known = std::visit(
      [&](auto& r) {
        if (version == 0 || version > kVersion<std::decay_t<decltype(r)>>) return false;
        take_fields(input, r, version);
        return true;
      },
      found.record);
  if (!is_known) return std::nullopt;
  found.names.point = input.take_text();
  found.names.driver = input.take_text();
  const std::string_view words = input.is_at_end() ? std::string_view{} : input.take_text();
  if (!input.is_sound() || !input.is_at_end()) return std::nullopt;
  if (!put_words(found.record, words)) return std::nullopt;
  found.time = from.time;
  found.sequence = from.sequence;
  return found;
}

}  // namespace chargemill::archive
