// Messages of actors as bytes between nodes: what may be said to a shard, to central, to a driver;
// and of whoever has failed and is restarted by another node's supervisor.
#pragma once

#include <cstddef>

#include "actors/central/central.hpp"
#include "actors/central/fenced.hpp"
#include "actors/central/shard.hpp"
#include "actors/driver/driver.hpp"
#include "actors/supervisor/supervisor.hpp"
#include "runtime/wire/byte_view.hpp"

namespace chargemill::transit {

/// The number of the alternative in its event, then its fields, little-endian, without padding:
/// never longer than this.
inline constexpr std::size_t kMessageBytesMax = 88;

/// How many bytes were written; `to` has room for kMessageBytesMax.
[[nodiscard]] std::size_t write(const central::ShardEvent& event, std::byte* to);
[[nodiscard]] std::size_t write(const central::CentralEvent& event, std::byte* to);
[[nodiscard]] std::size_t write(const driver::Event& event, std::byte* to);
[[nodiscard]] std::size_t write(const supervisor::Event& event, std::byte* to);
/// It says all by coming: no bytes.
[[nodiscard]] std::size_t write(const Restart& restart, std::byte* to);
/// The token, then the event.
[[nodiscard]] std::size_t write(const central::Fenced& order, std::byte* to);

/// False, and `event` means nothing, unless the bytes are exactly those of one event: every number
/// of a kind, every choice and every count is one that this version knows. Ids are not looked up:
/// nodes that talk have the same plan.
[[nodiscard]] bool read(runtime::ByteView bytes, central::ShardEvent& event);
[[nodiscard]] bool read(runtime::ByteView bytes, central::CentralEvent& event);
[[nodiscard]] bool read(runtime::ByteView bytes, driver::Event& event);
[[nodiscard]] bool read(runtime::ByteView bytes, supervisor::Event& event);
[[nodiscard]] bool read(runtime::ByteView bytes, Restart& restart);
[[nodiscard]] bool read(runtime::ByteView bytes, central::Fenced& order);

}  // namespace chargemill::transit
