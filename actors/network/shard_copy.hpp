// What other nodes are told of a node's shards: as much of them as those outside ask for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/central/inspection.hpp"

namespace chargemill::network {

/// What is to be copied.
struct CopyWanted {
  PointId only = kUnknownPoint;  ///< this point; kUnknownPoint: all
  bool denials = false;          ///< what was denied of late as well
};

/// An inspection that copies what it sees, as bytes for another node of the same version.
class ShardCopier : public central::Inspection {
 public:
  explicit ShardCopier(CopyWanted wanted) : wanted_(wanted) {}
  [[nodiscard]] bool reads_denials() const noexcept override { return wanted_.denials; }

  std::uint32_t look(const central::ShardState& shard, SimTime now, std::uint32_t from) override;
  void finish(SimTime) override {}
  [[nodiscard]] std::string take() noexcept { return std::move(bytes_); }

 private:
  const CopyWanted wanted_;
  std::string bytes_;
};

/// As many as have numbers.
inline constexpr std::size_t kShardsMax = std::size_t{1} << (8 * sizeof(ShardId));
/// The copies of shards in `bytes`: state enough for an Inspection. None: these are no such bytes,
/// or of more shards than `shards_max`; of one that moves there may be several copies, and each
/// takes more than its bytes. Any bytes.
[[nodiscard]] std::optional<std::vector<central::ShardState>> copies_from(
    std::string_view bytes, std::size_t shards_max = kShardsMax);

}  // namespace chargemill::network
