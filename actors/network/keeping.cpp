// What a network's shards write of what happens, and what of it is written again at the end.
#include <algorithm>
#include <optional>

#include "actors/network/here.hpp"
#include "actors/network/network.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::network {
namespace {

/// Of a session that goes on, or that is over and was not confirmed; whatever central holds of it.
std::optional<central::Clerk::Reading> read(const charge_point::State& point, SessionId session,
                                            SimTime now) {
  const charge_point::Meter& meter = point.meter;
  const auto reading = [&point](SimTime begun, SimTime at, Energy delivered) {
    return central::Clerk::Reading{begun, at, delivered, cost_of(delivered, point.price)};
  };
  if (meter.active && meter.running.session == session)
    return reading(meter.running.since, std::min(now, meter.running.stop_at), meter.delivered(now));
  for (const auto& end : meter.ends) {
    if (end.session == session) return reading(end.start, end.end, end.delivered);
  }
  return std::nullopt;
}

}  // namespace

void Network::begin_recording(const Scenario& scenario, const archive::Image* image) {
  archive::RunBegan run;
  run.network = fingerprint(topology_, dealt_among_, engine_.options().node, scenario.run.roles);
  run.run = image == nullptr ? 0 : image->run.run + 1;
  run.seed = scenario.run.seed;
  run.points = static_cast<std::uint32_t>(topology_.points.size());
  run.drivers = static_cast<std::uint32_t>(topology_.drivers.size());
  run.shards = static_cast<std::uint16_t>(topology_.shards.size());
  NameBook names = name_book();
  names.run = scenario.run.name;
  recording_->begin(run, origin_, std::move(names),
                    std::min<unsigned>(engine_.workers(), run.shards));
}

NameBook Network::name_book() const {
  NameBook names;
  names.point = [this](PointId id, NameBuffer& buffer) -> std::string_view {
    if (const auto* const late = annex_.point(id)) return late->id;
    const auto& given = topology_.points[index_of(id)].id;
    return given.empty() ? numbered_name("CP-", index_of(id) + 1, buffer) : given;
  };
  names.driver = [this](DriverId id, NameBuffer& buffer) -> std::string_view {
    if (const auto* const late = annex_.driver(id)) return *late;
    const auto& named = topology_.named_drivers;
    return index_of(id) < named.size() ? std::string_view{named[index_of(id)]}
                                       : numbered_name("DRV-", index_of(id) + 1, buffer);
  };
  names.request = [this](RequestId id) { return given_names_.name_of(id); };
  return names;
}

void Network::remember(Memory& memory) {
  CHARGEMILL_ASSERT(recording_ == nullptr);
  memory_ = &memory;
  memory.begin(origin_, name_book(), engine_.workers());
  // It never makes anybody wait, so nobody has to be woken.
  for (std::uint32_t s = 0; s < shards_.size(); ++s) {
    if (is_here(s)) (void)shards_[s]->record_into(memory.sink(home_of(s) % engine_.workers()));
  }
}

void Network::record_shard(std::uint32_t index) {
  (void)shards_[index]->record_into(recorder_of(index));
  wake_with_journal(index);
}

void Network::wake_with_journal(std::uint32_t index) {
  central::ShardActor* const shard = shards_[index];
  recorder_of(index).add_waiter(shard->waiter(), [shard] {
    runtime::LeanActor::post(shard, central::ShardEvent{JournalMoved{}});
  });
}

// A charge point lives where its shard does: what reads it later, there, reads no other's. In real
// time all workers stand until each shard has spoken: a commit of what the first have said wakes
// those that wait for room, and a worker would write to the same queue.
void Network::close_recording(std::optional<SimTime> at) {
  const SimTime now = at.value_or(time_of_count());
  closed_at_ = now;
  const auto meter_of = [this, now](const central::PointRecord& of,
                                    SessionId session) -> std::optional<central::Clerk::Reading> {
    const auto* const point = inside_point(of.id);
    if (point == nullptr) return std::nullopt;
    return read(point->state(), session, now);
  };
  const auto close = [&] {
    each_here(shards_, [&](auto* shard) { shard->close_journal(meter_of); });
  };
  // In virtual time whoever finds no room waits for it, and nobody is woken.
  if (engine_.options().pacing == runtime::Pacing::virtual_time) return close();
  engine_.hold_still(close);
}

}  // namespace chargemill::network
