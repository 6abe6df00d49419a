// What those elsewhere call things, and the numbers behind the names here.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "app/directory/directory.hpp"

namespace chargemill::app {

/// Points and drivers are those of the directory; a driver that nobody here is, is kNobody.
/// Requests are named here; one that another driver made has no number. Sessions are named there,
/// in any words of up to kNameBytesMax bytes: each new name gets the next number, and the oldest
/// beyond a limit are forgotten.
/// Threads: one.
class ElsewhereNames final : public codec::NameTable {
 public:
  /// Of a session; what is longer is no name. All that is said of it names it.
  static constexpr std::size_t kNameBytesMax = 256;

  /// `directory` outlives this.
  ElsewhereNames(Directory& directory, std::size_t sessions_max)
      : directory_(directory), sessions_max_(sessions_max) {}

  void append(std::string& to, PointId point) const override { directory_.append(to, point); }
  void append(std::string& to, DriverId driver) const override { directory_.append(to, driver); }
  void append(std::string& to, RequestId request) const override { directory_.append(to, request); }
  void append(std::string& to, SessionId session) const override;

  [[nodiscard]] std::optional<PointId> find_point(std::string_view name) override {
    return directory_.find_point(name);
  }
  [[nodiscard]] std::optional<DriverId> find_driver(std::string_view name) override {
    return directory_.find_driver(name).value_or(kNobody);
  }
  [[nodiscard]] std::optional<RequestId> find_request(std::string_view name) override {
    return directory_.find_request(name).value_or(RequestId::none);
  }
  [[nodiscard]] std::optional<SessionId> find_session(std::string_view name) override;

 private:
  Directory& directory_;
  const std::size_t sessions_max_;
  std::uint64_t sessions_made_ = 0;
  std::deque<std::string> sessions_;  // the latest; sessions_made_ is of the last
  std::unordered_map<std::string, SessionId> numbers_;
};

}  // namespace chargemill::app
