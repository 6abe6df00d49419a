// Who has joined a network since it began: names and specifications, by id.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actors/network/topology.hpp"
#include "runtime/base/result.hpp"

namespace chargemill::network {

/// A driver that joins: inside, with a list of requests that may be empty, or outside.
struct NewDriver {
  std::string id;  ///< empty: the next generated name
  std::vector<PointId> lines;
  bool is_outside = false;
};

/// Of those who had joined an earlier run: who is not as it was.
struct TakenBack {
  struct Group {
    std::uint32_t count = 0;
    std::string first, why;  ///< by its name then
  };
  Group renamed;  ///< could not keep their names and have generated ones
  Group left;     ///< have no place
};

/// Places are kept free from the start, so that nobody's tables move; ids follow those of the
/// topology. Threads: any. Whoever knows an id may ask for it without a lock: an entry never
/// changes.
class Annex {
 public:
  struct Room {
    std::uint32_t points = 0;          ///< for who is added
    std::uint32_t outside_points = 0;  ///< for who comes from outside and registers
    std::uint32_t drivers = 0;
    std::uint32_t outside_drivers = 0;
  };
  /// A name has so many bytes at most, as in a scenario.
  static constexpr std::size_t kNameBytesMax = 48;

  /// `topology` outlives this.
  Annex(const Topology& topology, const Room& room);

  [[nodiscard]] std::uint32_t point_places() const noexcept {
    return room_.points + room_.outside_points;
  }
  [[nodiscard]] std::uint32_t driver_places() const noexcept {
    return room_.drivers + room_.outside_drivers;
  }
  /// Gives the newcomer an id and lets `seat` take the place, before anybody can find the name. One
  /// at a time. Errors: invalid_input: a name that nobody could say at a door; usage: it is taken,
  /// or no place of its kind is left.
  [[nodiscard]] Result<PointId> add_point(
      PointSpec spec, const std::function<void(PointId, const PointSpec&)>& seat);
  [[nodiscard]] Result<DriverId> add_driver(
      NewDriver driver, const std::function<void(DriverId, const NewDriver&)>& seat);

  /// How many have joined.
  [[nodiscard]] std::uint32_t points() const noexcept {
    return points_joined_.load(std::memory_order_acquire);  // acquire: pairs with add_point()
  }
  [[nodiscard]] std::uint32_t drivers() const noexcept {
    return drivers_joined_.load(std::memory_order_acquire);  // acquire: likewise
  }
  /// Null: nobody who has joined.
  [[nodiscard]] const PointSpec* point(PointId id) const noexcept;
  [[nodiscard]] const std::string* driver(DriverId id) const noexcept;
  [[nodiscard]] std::optional<PointId> find_point(std::string_view name) const;
  [[nodiscard]] std::optional<DriverId> find_driver(std::string_view name) const;

 private:
  [[nodiscard]] std::uint32_t first_point() const noexcept {
    return static_cast<std::uint32_t>(topology_.points.size());
  }
  [[nodiscard]] std::uint32_t first_driver() const noexcept {
    return static_cast<std::uint32_t>(topology_.drivers.size());
  }
  [[nodiscard]] bool is_taken_by_a_point(const std::string& name) const;
  [[nodiscard]] bool is_taken_by_a_driver(const std::string& name) const;

  const Topology& topology_;
  const Room room_;
  const std::unique_ptr<PointSpec[]> point_specs_;     // [0, points_joined_) are written
  const std::unique_ptr<std::string[]> driver_names_;  // likewise
  std::atomic<std::uint32_t> points_joined_{0};        // written under mutex_
  std::atomic<std::uint32_t> drivers_joined_{0};       // likewise
  mutable std::shared_mutex mutex_;
  std::uint32_t outside_points_ = 0, outside_drivers_ = 0;    // guarded by mutex_
  std::unordered_map<std::string, PointId> point_of_name_;    // guarded by mutex_
  std::unordered_map<std::string, DriverId> driver_of_name_;  // guarded by mutex_
};

/// In virtual time nobody joins.
[[nodiscard]] Annex::Room room_of(const Scenario& scenario);

/// `DRV-000001` for the first.
[[nodiscard]] std::string generated_driver_name(std::uint32_t index);

}  // namespace chargemill::network
