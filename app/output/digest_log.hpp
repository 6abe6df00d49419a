// Digests over a run, so that two runs that part can be asked where.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

#include "actors/network/digest.hpp"
#include "actors/network/scenario.hpp"

namespace chargemill::app {

/// Writes into a run directory:
///   digests.csv   `sim_ns,digest`: one row a look
///   digests.bin   for each row the low 64 bits of every entity's digest, little endian
///   entities.txt  the name of each entity, a line, in the order of digests.bin
/// Where those of all entities would take more than kDigestBytesMax the last two are left out.
/// Copies share one file.
class DigestLog {
 public:
  /// `scenario` names the entities; it outlives the log.
  DigestLog(const std::filesystem::path& directory, const network::Scenario& scenario);
  void operator()(SimTime time, const std::vector<network::EntityDigest>& entities) const;

 private:
  struct Files;
  std::shared_ptr<Files> files_;
};

}  // namespace chargemill::app
