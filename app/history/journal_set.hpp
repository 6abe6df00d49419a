// The journals of a run on several nodes: one a node.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "actors/archive/past.hpp"

namespace chargemill::app {

/// Where a node keeps its journal beside that of the first one: `first` itself for node 0, else
/// `first/node-2`. So one name stands for all, and nodes of one machine do not meet.
[[nodiscard]] std::filesystem::path journal_of_node(const std::filesystem::path& first,
                                                    unsigned node);

/// `first` and those of the other nodes beside it, in order of nodes; only those that hold records.
[[nodiscard]] std::vector<std::filesystem::path> journals_beside(
    const std::filesystem::path& first);

/// Several journals, read as one. Requires at least one. Fails if one cannot be read.
[[nodiscard]] Result<std::unique_ptr<archive::Past>> read_journals(
    const std::vector<std::filesystem::path>& paths);

/// The time of their newest record; none: all are empty. Looks at many.
[[nodiscard]] Result<std::optional<archive::UtcMicros>> newest_time(
    const std::vector<std::filesystem::path>& paths);

}  // namespace chargemill::app
