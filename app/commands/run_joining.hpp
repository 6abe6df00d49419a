// A node that joins others that run already.
#pragma once

#include <filesystem>
#include <memory>
#include <tl/expected.hpp>

#include "actors/network/scenario.hpp"
#include "app/commands/run_nodes.hpp"
#include "app/simulation/follower.hpp"

namespace chargemill::app {

/// As follow_others(), of a `membership` that joins.
[[nodiscard]] tl::expected<std::unique_ptr<Promotion>, FollowFailure> join_others(
    const network::Scenario& scenario, const Membership& membership, const StopRequest* stop,
    const std::filesystem::path& journal);

/// What comes back of a node whose life as a follower has ended so.
[[nodiscard]] tl::expected<std::unique_ptr<Promotion>, FollowFailure> followed(
    FollowEnd end, std::unique_ptr<Promotion> all);

}  // namespace chargemill::app
