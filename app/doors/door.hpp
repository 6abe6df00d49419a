// What all doors have in common.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "actors/network/desk.hpp"
#include "app/directory/directory.hpp"
#include "app/doors/run_facts.hpp"
#include "app/history/history_desk.hpp"
#include "app/metrics/door_figures.hpp"
#include "runtime/net/io_thread.hpp"

namespace chargemill::app {

/// What a door wants to be told to whoever watches the run. Threads: any.
class DoorNews {
 public:
  static constexpr std::size_t kWaitingMax = 64;  ///< more than that are not kept

  void add(std::string text) {
    const std::lock_guard lock{mutex_};
    if (waiting_.size() < kWaitingMax) waiting_.push_back(std::move(text));
  }
  [[nodiscard]] std::vector<std::string> take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(waiting_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> waiting_;  // guarded by mutex_
};

/// What a door may use. All of it outlives the door.
struct DoorHost {
  network::Desk& desk;
  const network::Scenario& scenario;
  Directory& directory;
  HistoryDesk& history;
  runtime::IoThread& io;
  DoorNews& news;
  RunFacts facts = {};
};

/// An open door. Made by the driving thread; what it does happens on the IoThread.
class Door {
 public:
  Door() = default;
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;
  virtual ~Door() = default;  ///< after the IoThread has ended

  /// On the IoThread: no newcomers from now on; what is under way may still be answered.
  virtual void begin_to_close() = 0;
  /// On the IoThread: nothing is under way any more.
  [[nodiscard]] virtual bool is_closed() const = 0;
  /// On the IoThread: cuts what is.
  virtual void cut() = 0;
  /// On the IoThread: writes what it has counted into its own fields of `figures`.
  virtual void count(metrics::DoorFigures& figures) const = 0;
};

}  // namespace chargemill::app
