// The journal of a network in a test, and how the next run goes on from it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "actors/network/scenario.hpp"
#include "actors/shell/recording.hpp"

namespace chargemill::test {

/// On the calling thread's own time, for networks whose time is not the wall's. Throws if the
/// journal cannot be opened.
inline std::unique_ptr<Recording> open_recording(const std::string& directory) {
  Recording::Options options;
  options.journal.chain.directory = directory;
  options.journal.batch_time = std::chrono::milliseconds{1};
  options.pace = Recorder::Pace::own_time;
  auto recording = Recording::open(std::move(options));
  if (!recording) throw std::runtime_error(recording.error().text);
  return std::move(*recording);
}

/// What the former run has left, and `scenario` begins where that ended; empty: there was none.
inline std::optional<archive::Image> go_on(Recording& recording, network::Scenario& scenario) {
  const auto& last = recording.last_run();
  if (!last) return std::nullopt;
  scenario.run.start_unix_s = std::chrono::ceil<std::chrono::seconds>(last->last_time).count();
  scenario.drivers.initial_supplying = 0;
  return recording.restore(archive::Origin{scenario.run.start_unix_s}).value();
}

}  // namespace chargemill::test
