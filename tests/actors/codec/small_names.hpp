// A network of three charge points and two drivers, for tests of the vocabulary's way out and in.
#pragma once

#include <algorithm>
#include <array>

#include "actors/codec/names.hpp"

namespace chargemill::codec {

class SmallNames final : public NameTable {
 public:
  void append(std::string& to, PointId point) const override { to += kPoints[index_of(point)]; }
  void append(std::string& to, DriverId driver) const override { to += kDrivers[index_of(driver)]; }
  void append(std::string& to, RequestId request) const override {
    append_hex_name(to, kRequestPrefix, index_of(request));
  }
  void append(std::string& to, SessionId session) const override {
    append_hex_name(to, kSessionPrefix, index_of(session));
  }
  std::optional<PointId> find_point(std::string_view name) override {
    return find<PointId>(kPoints, name);
  }
  std::optional<DriverId> find_driver(std::string_view name) override {
    return find<DriverId>(kDrivers, name);
  }
  std::optional<RequestId> find_request(std::string_view name) override {
    const auto number = number_of_hex_name(kRequestPrefix, name);
    return number ? std::optional{RequestId{*number}} : std::nullopt;
  }
  std::optional<SessionId> find_session(std::string_view name) override {
    const auto number = number_of_hex_name(kSessionPrefix, name);
    return number ? std::optional{SessionId{*number}} : std::nullopt;
  }

 private:
  template <class Id, std::size_t N>
  static std::optional<Id> find(const std::array<std::string_view, N>& all, std::string_view name) {
    const auto at = std::find(all.begin(), all.end(), name);
    if (at == all.end()) return std::nullopt;
    return Id{static_cast<std::uint32_t>(at - all.begin())};
  }
  static constexpr std::array<std::string_view, 3> kPoints{"CP-001", "CP-002", "CP-\u00fc"};
  static constexpr std::array<std::string_view, 2> kDrivers{"driver-alice", "driver-bob"};
};

}  // namespace chargemill::codec
