#include "actors/transit/transit_codec.hpp"

#include <cstring>
#include <type_traits>
#include <utility>

#include "actors/texts.hpp"
#include "actors/transit/message_fields.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::transit {
namespace {

using runtime::ByteView;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

/// The last value of each choice: bytes beyond it are of another version.
template <class Enum>
constexpr Enum kLast{};
// clang-format off
template <> constexpr Phase kLast<Phase> = Phase::fault;
template <> constexpr Command kLast<Command> = Command::shutdown;
template <> constexpr Refusal kLast<Refusal> = Refusal::no_central;
template <> constexpr UpdateStatus kLast<UpdateStatus> = UpdateStatus::failed;
template <> constexpr SessionStatus kLast<SessionStatus> = SessionStatus::failed;
template <> constexpr Reason kLast<Reason> = kLastReason;
template <> constexpr OperatorAction kLast<OperatorAction> = OperatorAction::reset_breaker;
template <> constexpr ActorKind kLast<ActorKind> = ActorKind::director;
// clang-format on
/// Ids are enumerations too, of any number.
template <class T>
constexpr bool kIsChoice = std::is_enum_v<T> && sizeof(T) == 1;

class Output {
 public:
  explicit Output(std::byte* to) : to_(to) {}
  template <class T>
  void put(const T& value) {
    static_assert(std::has_unique_object_representations_v<T>, "no padding between nodes");
    // The words of others have codes of this process only.
    if constexpr (std::is_same_v<T, Reason>) {
      if (is_foreign(value)) return put(Reason::none);
    }
    CHARGEMILL_ASSERT(size_ + sizeof value <= kMessageBytesMax);
    std::memcpy(to_ + size_, &value, sizeof value);
    size_ += sizeof value;
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::byte* to_;
  std::size_t size_ = 0;
};

class Input {
 public:
  explicit Input(ByteView bytes) : rest_(bytes) {}

  template <class T>
  void take(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      std::uint8_t byte = 0;
      take_raw(byte);
      is_sound_ = is_sound_ && byte <= 1;
      value = byte == 1;
    } else if constexpr (kIsChoice<T>) {
      static_assert(kLast<T> != T{}, "name its last value");
      std::uint8_t byte = 0;
      take_raw(byte);
      is_sound_ = is_sound_ && byte <= static_cast<std::uint8_t>(kLast<T>);
      value = static_cast<T>(byte);
    } else {
      take_raw(value);
    }
  }
  [[nodiscard]] bool is_exhausted() const noexcept { return is_sound_ && rest_.size == 0; }

 private:
  template <class T>
  void take_raw(T& value) {
    static_assert(std::has_unique_object_representations_v<T>);
    is_sound_ = is_sound_ && rest_.size >= sizeof value;
    if (!is_sound_) return;
    std::memcpy(&value, rest_.data, sizeof value);
    rest_ = {rest_.data + sizeof value, rest_.size - sizeof value};
  }

  ByteView rest_;
  bool is_sound_ = true;
};

// What is used to count must not count too far.
template <class M>
bool has_sound_counts(const M&) {
  return true;
}
bool has_sound_counts(const PointSearch& m) { return m.count <= kListedMax; }
bool has_sound_counts(const PointList& m) { return m.count <= kListedMax; }

template <class Event>
std::size_t write_event(const Event& event, std::byte* to) {
  static_assert(std::variant_size_v<Event> < 256);
  Output out{to};
  out.put(static_cast<std::uint8_t>(event.index()));
  std::visit([&](const auto& m) { each_field(m, [&](const auto& f) { out.put(f); }); }, event);
  return out.size();
}

/// Reads the alternative that `index` names: one of them matches, or none.
template <class Event, std::size_t... I>
bool read_alternative(std::size_t index, Input& in, Event& event, std::index_sequence<I...>) {
  bool is_sound = false;
  const auto try_one = [&](auto place) {
    if (index != place) return;
    std::variant_alternative_t<place, Event> message{};
    each_field(message, [&](auto& f) { in.take(f); });
    is_sound = in.is_exhausted() && has_sound_counts(message);
    if (is_sound) event.template emplace<place>(message);
  };
  (try_one(std::integral_constant<std::size_t, I>{}), ...);
  return is_sound;
}

template <class Event>
bool read_event(ByteView bytes, Event& event) {
  Input in{bytes};
  std::uint8_t index = 0;
  in.take(index);
  return read_alternative(index, in, event, std::make_index_sequence<std::variant_size_v<Event>>{});
}

}  // namespace

// clang-format off
std::size_t write(const central::ShardEvent& event, std::byte* to) { return write_event(event, to); }
std::size_t write(const central::CentralEvent& event, std::byte* to) { return write_event(event, to); }
std::size_t write(const driver::Event& event, std::byte* to) { return write_event(event, to); }
std::size_t write(const supervisor::Event& event, std::byte* to) { return write_event(event, to); }
std::size_t write(const Restart&, std::byte*) { return 0; }
bool read(ByteView bytes, central::ShardEvent& event) { return read_event(bytes, event); }
bool read(ByteView bytes, central::CentralEvent& event) { return read_event(bytes, event); }
bool read(ByteView bytes, driver::Event& event) { return read_event(bytes, event); }
bool read(ByteView bytes, supervisor::Event& event) { return read_event(bytes, event); }
bool read(ByteView bytes, Restart&) { return bytes.size == 0; }
// clang-format on

std::size_t write(const central::Fenced& order, std::byte* to) {
  std::memcpy(to, &order.token, sizeof order.token);
  return sizeof order.token + write(order.event, to + sizeof order.token);
}

bool read(ByteView bytes, central::Fenced& order) {
  if (bytes.size < sizeof order.token) return false;
  std::memcpy(&order.token, bytes.data, sizeof order.token);
  const ByteView rest{bytes.data + sizeof order.token, bytes.size - sizeof order.token};
  return order.token >= 0 && read(rest, order.event);
}

}  // namespace chargemill::transit
