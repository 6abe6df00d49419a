#include "app/output/digest_log.hpp"

#include "actors/network/topology.hpp"
#include "app/output/console.hpp"
#include "app/scenario/check_output.hpp"

namespace chargemill::app {

namespace {

/// What the scenario calls it; `shard 5` for what has no name of its own.
std::string name_of(const network::EntityDigest& entity, const ConsoleNames& names) {
  switch (entity.kind) {
    case network::EntityKind::point:
      return names.point(PointId{entity.index});
    case network::EntityKind::monitor:
      return "MON-" + names.point(PointId{entity.index});
    case network::EntityKind::driver:
      return names.driver(DriverId{entity.index});
    default:
      return network::entity_name(entity.kind, entity.index);
  }
}

}  // namespace

struct DigestLog::Files {
  std::filesystem::path directory;
  const network::Scenario* scenario = nullptr;
  std::ofstream rows;
  std::ofstream entities;  // open if the network is small enough
  bool begun = false;
};

DigestLog::DigestLog(const std::filesystem::path& directory, const network::Scenario& scenario)
    : files_(std::make_shared<Files>()) {
  files_->directory = directory;
  files_->scenario = &scenario;
  files_->rows.open(directory / "digests.csv");
  files_->rows << "sim_ns,digest\n";
}

void DigestLog::operator()(SimTime time, const std::vector<network::EntityDigest>& entities) const {
  auto& f = *files_;
  f.rows << time.time_since_epoch().count() << ',' << network::sum_of(entities).hex() << '\n';
  f.rows.flush();
  if (!f.begun) {
    f.begun = true;
    if (entities.size() > entities_digested_max(*f.scenario)) return;
    std::ofstream list(f.directory / "entities.txt");
    const auto topology = network::make_topology(*f.scenario);
    const auto names = names_of(*f.scenario, topology);
    for (const auto& e : entities) list << name_of(e, names) << '\n';
    f.entities.open(f.directory / "digests.bin", std::ios::binary);
  }
  if (!f.entities.is_open()) return;
  for (const auto& e : entities)
    f.entities.write(reinterpret_cast<const char*>(&e.digest.low), sizeof e.digest.low);
  f.entities.flush();
}

}  // namespace chargemill::app
