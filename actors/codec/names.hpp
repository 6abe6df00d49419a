// Who is called what: dense integers inside, texts outside.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/units.hpp"

namespace chargemill::codec {

/// The names of a network. Whoever has the topology implements it. Finding may enter a name that is
/// new (a driver or a charge point from outside); it gives nothing if that is not wanted.
class NameTable {
 public:
  NameTable() = default;
  NameTable(const NameTable&) = delete;
  NameTable& operator=(const NameTable&) = delete;
  virtual ~NameTable() = default;

  virtual void append(std::string& to, PointId point) const = 0;
  virtual void append(std::string& to, DriverId driver) const = 0;
  virtual void append(std::string& to, RequestId request) const = 0;
  virtual void append(std::string& to, SessionId session) const = 0;

  [[nodiscard]] virtual std::optional<PointId> find_point(std::string_view name) = 0;
  [[nodiscard]] virtual std::optional<DriverId> find_driver(std::string_view name) = 0;
  [[nodiscard]] virtual std::optional<RequestId> find_request(std::string_view name) = 0;
  [[nodiscard]] virtual std::optional<SessionId> find_session(std::string_view name) = 0;
};

// Our own names of requests and sessions (D-030); a reader must stand others.

inline constexpr std::string_view kRequestPrefix = "req-";
inline constexpr std::string_view kSessionPrefix = "session-";

/// Appends `req-0000002a`: lower-case hex, at least eight digits.
inline void append_hex_name(std::string& to, std::string_view prefix, std::uint64_t number) {
  constexpr std::size_t kDigitsMin = 8;
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, 16).ptr;
  const auto count = static_cast<std::size_t>(end - digits);
  to.append(prefix);
  if (count < kDigitsMin) to.append(kDigitsMin - count, '0');
  to.append(digits, count);
}
/// The inverse; nothing for a name that `append_hex_name` does not make.
[[nodiscard]] inline std::optional<std::uint64_t> number_of_hex_name(std::string_view prefix,
                                                                     std::string_view name) {
  if (name.substr(0, prefix.size()) != prefix) return std::nullopt;
  const std::string_view digits = name.substr(prefix.size());
  std::uint64_t number = 0;
  const auto end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, number, 16);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  std::string again;
  append_hex_name(again, prefix, number);
  return again == name ? std::optional{number} : std::nullopt;
}

}  // namespace chargemill::codec
