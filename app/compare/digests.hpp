// Whether runs in virtual time that were to do the same agree to the last bit.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace chargemill::app {

struct FinishedRun {
  std::filesystem::path directory;
  nlohmann::json summary;
};

struct DigestVerdict {
  std::optional<bool> equal;  ///< none: no two of them have a digest
  bool same_work = true;      ///< what it is about was to be equal
  /// Two runs that it is about: the first that differ although they were to do the same, else the
  /// first that differ, else the first two.
  const FinishedRun* a = nullptr;
  const FinishedRun* b = nullptr;
};

/// Of every run against the first. Runs without a digest, which are not in virtual time, are passed
/// over. Points into `runs`.
[[nodiscard]] DigestVerdict judge_digests(const std::vector<FinishedRun>& runs);

}  // namespace chargemill::app
