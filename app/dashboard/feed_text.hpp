// What a watcher is told in words: JSON, one object a message. FORMAT.md lists them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "actors/archive/codec.hpp"
#include "app/api/world.hpp"
#include "app/dashboard/state_frame.hpp"

namespace chargemill::app::dashboard {

/// What a charge point did between two samples, where no journal tells it.
struct Trouble {
  PointId point;
  Reason reason;
  bool is_fault;  ///< else: recovered
};

struct Abilities {
  bool may_act = false;        ///< the page may change something
  bool has_journal = false;    ///< history can be asked for
  std::uint64_t instance = 0;  ///< tells this run from the one before at the same place
};

/// `{"type":"hello", ...}`: what does not change while the run lasts.
[[nodiscard]] std::string hello_text(const api::World& world, const Abilities& abilities);
/// `{"type":"pulse", ...}`: the figures of the run, about now.
class Pulses {
 public:
  [[nodiscard]] std::string next(const api::World& world,
                                 const std::array<std::uint32_t, kStateCodes>& count);

 private:
  std::optional<network::Latencies> before_;  // as of the pulse before
};
/// `{"type":"full", ...}`: so many watch, and no more may.
[[nodiscard]] std::string full_text(int watchers);
/// `{"type":"end", ...}`: the run closes its doors.
[[nodiscard]] std::string end_text(const api::World& world);

/// `{"type":"faults","rows":[...]}`; `rows` are objects, separated by commas.
[[nodiscard]] std::string faults_text(const std::string& rows);
/// Appends a row of /api/v1/faults, if `found` is one.
void append_fault_row(std::string& rows, const archive::Found& found);
/// The same of what was seen, without ids: nobody has numbered it.
[[nodiscard]] std::string trouble_rows(const api::World& world,
                                       const std::vector<Trouble>& troubles, SimTime at);

}  // namespace chargemill::app::dashboard
