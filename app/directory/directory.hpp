// Who is called what in a running network, both ways.
#pragma once

#include <filesystem>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actors/codec/names.hpp"
#include "actors/network/annex.hpp"
#include "app/directory/registrations.hpp"

namespace chargemill::app {

/// Generated names are calculated, listed ones are looked up: a million points cost nothing. Who
/// joins is in `annex`, if there is one. Both outlive this. Threads: any, once it is made; only
/// registrations have a lock.
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

  /// What its monitor says when it registers a charge point (D-041); maybe nothing of a location.
  void note(PointId point, const Registered& said, bool has_location);
  /// As it was said last; empty: nobody has said it.
  [[nodiscard]] Registered registered(PointId point) const;
  /// Beside a journal: what was said in earlier runs is known, and what is said now will be.
  void keep_registrations(const std::filesystem::path& file);

 private:
  const network::Topology& topology_;
  const network::Annex* const annex_;
  std::unordered_map<std::string_view, PointId> listed_points_;  // views into the topology
  std::unordered_map<std::string_view, DriverId> named_drivers_;
  mutable std::shared_mutex mutex_;
  Registrations registrations_;  // guarded by mutex_
};

}  // namespace chargemill::app
