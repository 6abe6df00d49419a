// Who is called what in a running network, both ways.
#pragma once

#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actors/codec/names.hpp"
#include "actors/network/annex.hpp"

namespace chargemill::app {

/// Generated names are calculated, listed ones are looked up: a million points cost nothing. Who
/// joins is in `annex`, if there is one. Both outlive this. Threads: any, once it is made; only
/// locations have a lock.
class Directory final : public codec::NameTable {
 public:
  explicit Directory(const network::Topology& topology, const network::Annex* annex = nullptr);

  void append(std::string& to, PointId point) const override;
  void append(std::string& to, DriverId driver) const override;  ///< kNobody: `-`
  void append(std::string& to, RequestId request) const override;
  void append(std::string& to, SessionId session) const override;

  [[nodiscard]] std::optional<PointId> find_point(std::string_view name) override {
    return point(name);
  }
  [[nodiscard]] std::optional<DriverId> find_driver(std::string_view name) override {
    return name == "-" ? kNobody : driver(name);
  }
  [[nodiscard]] std::optional<RequestId> find_request(std::string_view name) override;
  [[nodiscard]] std::optional<SessionId> find_session(std::string_view name) override;

  [[nodiscard]] std::optional<PointId> point(std::string_view name) const;
  [[nodiscard]] std::optional<DriverId> driver(std::string_view name) const;
  [[nodiscard]] std::optional<ZoneId> zone(std::string_view name) const;
  template <class Id>
  [[nodiscard]] std::string name(Id id) const {
    std::string text;
    append(text, id);
    return text;
  }
  [[nodiscard]] const network::Topology& topology() const noexcept { return topology_; }

  /// Where its monitor says that a charge point stands (D-041): the first kLocationBytesMax of it,
  /// whole characters. Empty: it is as if nothing was said.
  void note_location(PointId point, std::string_view location);
  /// As it was said last; empty: nobody has said it in this run.
  [[nodiscard]] std::string location(PointId point) const;
  static constexpr std::size_t kLocationBytesMax = 128;

 private:
  const network::Topology& topology_;
  const network::Annex* const annex_;
  std::unordered_map<std::string_view, PointId> listed_points_;  // views into the topology
  std::unordered_map<std::string_view, DriverId> named_drivers_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<PointId, std::string> locations_;  // guarded by mutex_; of points that exist
};

}  // namespace chargemill::app
