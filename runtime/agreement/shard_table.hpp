// Who has which part of the network: 1,024 shards, each with one owner.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/agreement/names.hpp"
#include "runtime/agreement/requests.hpp"

namespace chargemill::runtime::agreement {

inline constexpr std::size_t kShards = 1'024;
/// Of nodes that know each other by number; each of a bit.
inline constexpr std::size_t kPlaces = 32;

/// The shard of whatever stands together and is never split, by its number: a site (SH-01).
[[nodiscard]] std::size_t shard_of(std::uint64_t number) noexcept;

/// One life of a node: a process that comes back is another owner, which has lost what it knew.
struct Owner {
  std::string name;
  Revision incarnation{};  ///< when its key was created
};
[[nodiscard]] inline bool operator==(const Owner& a, const Owner& b) noexcept {
  return a.incarnation == b.incarnation && a.name == b.name;
}
[[nodiscard]] inline bool operator!=(const Owner& a, const Owner& b) noexcept { return !(a == b); }

/// What the store keeps under one key; its revision there is the routing epoch.
struct ShardTable {
  using Number = std::uint8_t;
  static constexpr Number kNobody = 255;
  static constexpr std::size_t kOwnersMax = 200;

  ShardTable() {
    for (auto* const all : {&owner, &next, &fleet, &fleet_next}) all->fill(kNobody);
  }
  std::vector<Owner> owners;            ///< by number; of heirs: also who is gone, see seated()
  std::array<Number, kShards> owner{};  ///< by shard; kNobody only while there are no owners
  std::array<Number, kShards> next{};  ///< by shard: its owner gives it to that one; mostly kNobody
  /// By shard: who has its fleet, with the drivers, and whom that one gives it to. As `owner` and
  /// `next` unless somebody is there for the one and not for the other.
  std::array<Number, kShards> fleet{};
  std::array<Number, kShards> fleet_next{};
  std::vector<Number> idle;  ///< rising: who has part in the network and is there for no shard

  [[nodiscard]] Number number_of(const Owner& one) const noexcept;
  [[nodiscard]] bool is_moving(std::size_t shard) const noexcept { return next[shard] != kNobody; }
  [[nodiscard]] bool is_fleet_moving(std::size_t shard) const noexcept {
    return fleet_next[shard] != kNobody;
  }
  /// Whether `one` still has shards or fleets to give away.
  [[nodiscard]] bool gives_away(Number one) const noexcept;
  [[nodiscard]] bool is_idle(Number one) const noexcept;
  /// Whether it is one of those who make the network: it has shards or fleets, is to have some, or
  /// is idle.
  [[nodiscard]] bool has_part(Number one) const noexcept;
  /// Shards that are on their way, or whose fleets are.
  [[nodiscard]] std::size_t moving() const noexcept;
  /// Shards by owner, once all moves are made.
  [[nodiscard]] std::vector<std::size_t> loads() const;
  /// Fleets likewise.
  [[nodiscard]] std::vector<std::size_t> fleet_loads() const;
};
[[nodiscard]] bool operator==(const ShardTable& a, const ShardTable& b) noexcept;
[[nodiscard]] inline bool operator!=(const ShardTable& a, const ShardTable& b) noexcept {
  return !(a == b);
}

/// How many of `total` each is to have who has `loads` now: as many as the others, and of what is
/// left over one goes to each of those who have most already. Requires somebody.
[[nodiscard]] std::vector<std::size_t> even_shares(const std::vector<std::size_t>& loads,
                                                   std::size_t total);

/// The table for those who live now, 1 to kOwnersMax: loads that differ by one at most. A shard
/// whose owner is gone has a new one at once; one whose owner lives begins to move, and only as
/// many do as evenness needs. `idle`, not all of them, are there for something else: they have
/// their number, and no shard. No fleet goes to those of `driverless`, not all of them either: one
/// that nobody has lives beside its shard, or, where that one is driverless, with whoever has
/// fewest of the first `used`; and it moves along where it may.
[[nodiscard]] ShardTable assigned(const ShardTable& before, const std::vector<Owner>& live,
                                  const std::vector<Owner>& idle = {},
                                  const std::vector<Owner>& driverless = {},
                                  std::size_t used = kShards);
/// A network goes on with `heirs`, owners who live; they and all others keep their numbers. A shard
/// whose owner is no heir has a new one at once. Those of `leavers`, who are among them, move to
/// the others, from one to one other at a time, `at_most` at once of the first `used`; those
/// behind, which nobody has, follow the last. Then as many of the first `used` move likewise as
/// evenness needs. Nothing else moves, and nothing goes to those of `idle`: of the heirs they have
/// part without it. Fleets go along with their shards where they are beside them and may; else they
/// move likewise for themselves: from leavers, to their shards, and, of those that cannot live
/// there, as many as evenness needs; never to those of `driverless`. What moves at a time is shards
/// with their fleets, shards alone, or fleets alone. Requires an heir who is not idle, and one who
/// is not driverless.
[[nodiscard]] ShardTable inherited(const ShardTable& before, const std::vector<Owner>& heirs,
                                   const std::vector<Owner>& leavers, std::size_t used,
                                   std::size_t at_most, const std::vector<Owner>& idle = {},
                                   const std::vector<Owner>& driverless = {});
/// `newcomers`, in this order, have numbers, and no shard: that which somebody of the same name
/// had, one that nobody has had, or else one of somebody who is gone, for there are `places` at
/// most. Whoever finds none has to wait. Requires that only who is among `live` has part in the
/// table.
[[nodiscard]] ShardTable seated(ShardTable table, const std::vector<Owner>& newcomers,
                                const std::vector<Owner>& live, std::size_t places);
/// `owner` has let go of all that it gives away.
[[nodiscard]] ShardTable handed_over(ShardTable table, ShardTable::Number owner);

/// Readable with etcdctl:
///
///     chargemill shards 1
///     owner 12 alpha          its incarnation and its name; the first one is 0
///     owner 15 beta
///     idle 17 gamma           an owner likewise; it is there for something else
///     512 0                   so many shards, and whose
///     170 0>1                 so many on their way from 0 to 1
///     342 1
///     fleets 512 0            fleets likewise; left out where each is beside its shard
///     fleets 512 2
[[nodiscard]] std::string to_text(const ShardTable& table);
/// Empty: it is none. Any bytes.
[[nodiscard]] std::optional<ShardTable> shard_table_from(std::string_view text);

/// "12 alpha".
[[nodiscard]] std::string to_text(const Owner& owner);
[[nodiscard]] std::optional<Owner> owner_from(std::string_view text);

}  // namespace chargemill::runtime::agreement
