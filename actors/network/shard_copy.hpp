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

/// The copies of shards in `bytes`: state enough for an Inspection. None: these are no such bytes.
/// Any bytes.
[[nodiscard]] std::optional<std::vector<central::ShardState>> copies_from(std::string_view bytes);

}  // namespace chargemill::network
