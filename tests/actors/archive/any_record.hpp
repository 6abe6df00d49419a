// Records of all kinds with fields of all values.
#pragma once

#include <cstring>
#include <random>
#include <string>

#include "actors/archive/record_fields.hpp"

namespace chargemill::archive::test {

/// Times within a century of the origin, any other field anywhere in its range.
class AnyRecord {
 public:
  explicit AnyRecord(unsigned seed) : random_(seed) {}

  Record of_kind(std::size_t kind) { return of_kind<0>(kind); }
  Record any() { return of_kind(random_() % std::variant_size_v<Record>); }

 private:
  template <std::size_t I>
  Record of_kind(std::size_t kind) {
    if constexpr (I == std::variant_size_v<Record>) {
      static_cast<void>(kind);
      return Fault{};
    } else {
      if (kind != I) return of_kind<I + 1>(kind);
      std::variant_alternative_t<I, Record> record{};
      each_field(record, [&](auto& field) { fill(field); });
      return record;
    }
  }
  // clang-format off
  void fill(SimTime& t) { t = SimTime{Nanos{static_cast<std::int64_t>(random_() >> 2U) - (std::int64_t{1} << 61U)}}; }
  void fill(bool& b) { b = random_() % 2 == 0; }
  void fill(EventType& e) { e = static_cast<EventType>(random_() % 3); }
  void fill(Phase& e) { e = static_cast<Phase>(random_() % kPhases); }
  void fill(Reason& e) { e = static_cast<Reason>(random_() % (static_cast<unsigned>(kLastReason) + 1)); }
  void fill(Refusal& e) { e = static_cast<Refusal>(random_() % 6); }
  void fill(SessionStatus& e) { e = static_cast<SessionStatus>(random_() % 3); }
  void fill(runtime::BreakerMode& e) { e = static_cast<runtime::BreakerMode>(random_() % 3); }
  // clang-format on
  template <class T>
  void fill(T& number) {
    const std::uint64_t word = random_();
    static_assert(sizeof(T) <= sizeof word);
    std::memcpy(static_cast<void*>(&number), &word, sizeof number);
  }

  std::mt19937_64 random_;
};

/// Whether all fields are the same.
inline bool same(const Record& a, const Record& b) {
  if (a.index() != b.index()) return false;
  return std::visit(
      [&](const auto& one) {
        using R = std::decay_t<decltype(one)>;
        const auto bytes = [](const R& r) {
          std::string all;
          each_field(r, [&](const auto& field) {
            all.append(reinterpret_cast<const char*>(&field), sizeof field);
          });
          return all;
        };
        return bytes(one) == bytes(std::get<R>(b));
      },
      a);
}

}  // namespace chargemill::archive::test
