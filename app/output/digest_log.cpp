#include "app/output/digest_log.hpp"

namespace chargemill::app {

struct DigestLog::Files {
  std::filesystem::path directory;
  std::ofstream rows;
  std::ofstream entities;  // open if the network is small enough
  bool begun = false;
};

DigestLog::DigestLog(const std::filesystem::path& directory) : files_(std::make_shared<Files>()) {
  files_->directory = directory;
  files_->rows.open(directory / "digests.csv");
  files_->rows << "sim_ns,digest\n";
}

void DigestLog::operator()(SimTime time, const std::vector<network::EntityDigest>& entities) const {
  auto& f = *files_;
  f.rows << time.time_since_epoch().count() << ',' << network::sum_of(entities).hex() << '\n';
  f.rows.flush();
  if (!f.begun) {
    f.begun = true;
    if (entities.size() > kEntitiesMax) return;
    std::ofstream names(f.directory / "entities.txt");
    for (const auto& e : entities) names << network::entity_name(e.kind, e.index) << '\n';
    f.entities.open(f.directory / "digests.bin", std::ios::binary);
  }
  if (!f.entities.is_open()) return;
  for (const auto& e : entities)
    f.entities.write(reinterpret_cast<const char*>(&e.digest.low), sizeof e.digest.low);
  f.entities.flush();
}

}  // namespace chargemill::app
