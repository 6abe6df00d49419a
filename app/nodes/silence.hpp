// Nodes that have their places in etcd and do not hear each other: who of them stops. Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/units.hpp"

namespace chargemill::app {

inline constexpr unsigned kNoNode = 0xFFFFFFFF;

/// After so long a silence a node is not dead: etcd would have said that its lease is over, also if
/// etcd's own leader went with it. That takes it 3.5 s more than the lease: up to 2 s to elect
/// another one, who adds 1 s to each lease and looks at them twice a second (measured: 8.5 s with a
/// lease of 5 s). Three quarters of a lease are that much from 5 s on; the quarter that is left of
/// two leases is for ending and for taking over. Of shorter leases a node may stop for one that
/// died together with etcd's leader: below 4 s its own may not outlive that either.
[[nodiscard]] Nanos patience_of(std::chrono::seconds lease) noexcept;

/// What etcd and the links say at the moment. Nodes are bits.
struct Scene {
  unsigned central = kNoNode;  ///< who leads; kNoNode: nobody at the moment
  std::uint32_t living = 0;    ///< those who have part and are not lost, and this node
  std::uint32_t suspect = 0;   ///< of them, those whom its links do not hear
};

/// Nobody can take over from one that lives, so somebody stops, and all know who. A node alone can
/// not: whether one that it misses is cut off from all or from it alone looks the same. So nodes
/// tell those whom they hear whom they miss, and what others have told; and each decides by the
/// same picture, after the same patience:
///
/// - Of parts that have no way to each other the smaller ones stop; of two halves the one without
///   the node that leads, or, if nobody does, without the first one. Of three parts without a
///   majority all stop: none can know that the others are no larger one.
/// - In the part that goes on those stay who all hear each other: the node that leads first, then
///   by number. So of two that do not hear each other the later one stops, and never for one that
///   stops itself.
///
/// It is decided a tenth of a lease before it is done: whoever ends sooner than others look must
/// not change what they see. A link that heals before has been slow.
///
/// Threads: whoever runs the node.
class Silence {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr unsigned kNodesMax = 32;
  /// While somebody is missed by anybody all say so that often, and what is new sooner.
  static constexpr Millis kTellEvery{1'000}, kTellSoon{200};

  /// `life` is greater than that of whoever was in its place before; `suspect_after`: the links
  /// call nobody suspect sooner. Requires self < kNodesMax.
  Silence(unsigned self, std::uint64_t life, std::chrono::seconds lease, Nanos suspect_after);

  /// The node that this one must stop for; kNoNode: it need not. Asked again and again, several
  /// times a tenth of a lease.
  [[nodiscard]] unsigned look(const Scene& scene, Time now);
  /// What those are to be told now whom this node hears; none: nothing. After look().
  [[nodiscard]] std::optional<std::string> news(Time now);
  /// That, of another node; any bytes.
  void hear(std::string_view news);
  /// Somebody else is in that place.
  void forget(unsigned node);

 private:
  /// What a node says of itself, as far as it is known here.
  struct Row {
    std::uint64_t number = 0;   // later ones are greater; 0: it has said nothing yet
    std::uint32_t missing = 0;  // whom it does not hear, by bit
  };

  void note_own(std::uint32_t missing);
  /// Those who have been silent for longer than `patience`, as this node or they themselves say.
  [[nodiscard]] std::uint32_t silent_for(Nanos patience, Time now) const;
  [[nodiscard]] bool misses(unsigned one, unsigned other) const noexcept;
  [[nodiscard]] bool hear_each_other(unsigned one, unsigned other,
                                     std::uint32_t silent) const noexcept;
  /// All to whom there is a way, over others if need be.
  [[nodiscard]] std::uint32_t part_of_self(std::uint32_t silent) const;
  [[nodiscard]] std::uint32_t those_who_stay(std::uint32_t part, std::uint32_t silent) const;
  void judge(std::uint32_t silent);

  const unsigned self_;
  const Nanos patience_, suspect_after_, settled_before_;
  Scene scene_;
  std::array<Row, kNodesMax> rows_{};
  std::array<std::optional<Time>, kNodesMax> since_{};  // not heard; by node
  std::uint32_t judged_ = 0;  // those who were silent for nearly too long when it looked last
  bool must_stop_ = false;
  std::uint32_t outlived_ = 0;       // those who have to stop for this node's part, gone or not
  std::uint32_t outlived_with_ = 0;  // that part when it was decided last, this node included
  bool has_news_ = false;
  std::optional<Time> told_at_;
};

}  // namespace chargemill::app
