// What drivers outside call their requests, and which of ours they are.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/archive/image.hpp"

namespace chargemill::network {

/// Numbers the requests of drivers outside, and keeps their names: so a journal can say which
/// request it is that a driver repeats after a restart (D-054). Threads: any.
class GivenNames {
 public:
  static constexpr std::size_t kNameBytesMax = archive::kRequestNameBytesMax;

  struct Given {
    RequestId request = RequestId::none;
    PointId point = kUnknownPoint;
    std::string name;
    bool is_over = false;  ///< when the run began
  };

  /// `made`: where the numbers of this run begin (driver/request_run.hpp).
  explicit GivenNames(std::uint32_t made) noexcept : made_(made) {}

  /// The next request of `driver` has a number from now on. Of each driver the latest
  /// archive::kNamedRemembered keep their names, and of two with the same name the later one.
  [[nodiscard]] RequestId give(DriverId driver, std::string_view name);
  /// It was not let in: nothing of it has to be remembered.
  void forget(RequestId request);
  /// Empty: it has none, or has lost it.
  [[nodiscard]] std::string name_of(RequestId request) const;

  /// Those that an earlier run has left, of drivers below `drivers`: who has a higher number now is
  /// somebody else. Before any other.
  void take_back(const archive::Image& image, std::uint32_t drivers);
  /// Of those, the ones of `driver`, oldest first.
  [[nodiscard]] std::vector<Given> left_to(DriverId driver) const;

 private:
  struct Names {
    std::uint32_t made = 0;
    std::vector<Given> given;  // oldest first
    std::vector<Given> left;   // likewise; never changes
  };

  const std::uint32_t made_;
  mutable std::mutex mutex_;
  std::unordered_map<DriverId, Names> drivers_;  // guarded by mutex_
};

}  // namespace chargemill::network
