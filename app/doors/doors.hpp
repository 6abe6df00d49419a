// The doors of one run, from before it begins to after its end.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "actors/network/desk.hpp"
#include "app/doors/run_facts.hpp"
#include "app/history/history_desk.hpp"
#include "app/metrics/door_figures.hpp"
#include "app/scenario/door_settings.hpp"
#include "runtime/base/result.hpp"

namespace chargemill::app {

/// Where a door is.
struct DoorAddress {
  const char* name = "";  ///< `TCP`, `HTTP`
  std::string at;         ///< HOST:PORT
  std::string taken;      ///< the default, if that is in use and `at` stands for it
  bool is_encrypted = false;
  bool has_tokens = false;  ///< else everybody who reaches it may operate
  std::string shown = {};   ///< its file of tokens, if others on this machine can use it
};

/// The run that they lead to. All of it outlives the doors.
struct DoorPlace {
  network::Desk& desk;
  const network::Scenario& scenario;
  std::filesystem::path journal;  ///< empty: there is none
  RunFacts facts = {};
  Memory* memory = nullptr;  ///< without a journal: what is remembered; outlives the doors
  HistoryDesk::Others other_pasts = {};  ///< of the other nodes; empty: there are none
  HistoryDesk::Shards shards = HistoryDesk::Shards::stay;
};

/// bind(), then open() as simulate() asks for it, then what open() returned is destroyed.
/// Threads: the driving one, except take_news().
class Doors {
 public:
  /// Takes the ports: a failing door ends a run before it begins. Errors are of the
  /// environment: a port in use, no right to it, a file of tokens that is none.
  [[nodiscard]] static Result<std::unique_ptr<Doors>> bind(const DoorsSettings& settings);
  virtual ~Doors() = default;
  Doors(const Doors&) = delete;
  Doors& operator=(const Doors&) = delete;

  /// Those that are on.
  [[nodiscard]] virtual std::vector<DoorAddress> addresses() const = 0;
  /// From now on they serve, until what this returns is destroyed: then no newcomers, at most
  /// run.stop_timeout for what is under way to be answered, and the ports are free (D-088). Once.
  /// This outlives the result.
  [[nodiscard]] virtual std::shared_ptr<void> open(const DoorPlace& place) = 0;
  /// What the doors have counted a moment ago. Any thread.
  [[nodiscard]] virtual metrics::DoorFigures figures() const = 0;
  /// What is to be told to whoever watches the run, since the last call. Any thread.
  [[nodiscard]] virtual std::vector<std::string> take_news() = 0;

 protected:
  Doors() = default;
};

/// `TCP       127.0.0.1:9999`: the line that names the address; says so if another was meant.
[[nodiscard]] std::string address_line(const DoorAddress& address);

/// Said once of a run with doors that have no tokens (D-147), or tokens that others can read;
/// empty: all keep theirs.
[[nodiscard]] std::string open_doors_line(const std::vector<DoorAddress>& addresses);

}  // namespace chargemill::app
