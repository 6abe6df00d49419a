// Actors that talk at random and remember in which order they heard what.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/base/random_stream.hpp"
#include "runtime/cluster/letter_kind.hpp"
#include "runtime/engine/engine.hpp"
#include "tests/runtime/cluster/link_story.hpp"

namespace chargemill::runtime {

inline constexpr Nanos kLatency = 100ms;
inline constexpr auto kPatience = 60s;

struct Hop {
  std::uint64_t value;
};

inline std::size_t write_hop(const Hop& hop, std::byte* to) {
  store_at(to, hop.value);
  return sizeof hop.value;
}
inline bool read_hop(ByteView bytes, Hop& hop) {
  if (bytes.size != sizeof hop.value) return false;
  hop.value = load_at<std::uint64_t>(bytes.data);
  return true;
}

/// Mixes what it hears, in the order in which it hears it, and talks at random; now and then it
/// sleeps, or moves its alarm.
class Gossip final : public LeanActor {
 public:
  Gossip(caf::actor_config& cfg, std::uint64_t seed, std::uint32_t id,
         const std::vector<Address>& all)
      : LeanActor(cfg), all_(all), random_(seed, id, Purpose::choice) {}
  std::uint64_t mixed = 0;  // read while time stands still
  template <class V>
  void fields(V& v) {
    v(mixed, random_);
  }

 private:
  void on_message(const Message& m) override {
    const auto* hop = m.get_if<Hop>();
    if (hop == nullptr) return drop(m);
    mix(hop->value);
    if (random_.below(8) == 0) return;  // else the number of messages would never fall
    const std::uint64_t times = random_.below(7) == 0 ? 2 : 1;
    for (std::uint64_t i = 0; i < times; ++i) tell();
    if (random_.below(3) == 0)
      wake_at(now() + Nanos{static_cast<std::int64_t>(random_.below(3e8))});
  }
  void on_wake() override {
    mix(17);
    tell();
  }
  void tell() {
    const Address to = all_[random_.below(all_.size())];
    if (random_.below(4) == 0) {
      send_after(to, kLatency + Nanos{static_cast<std::int64_t>(random_.below(9e8))}, Hop{mixed});
    } else {
      send(to, Hop{mixed});
    }
  }
  void mix(std::uint64_t value) {
    const auto at = static_cast<std::uint64_t>(now().time_since_epoch().count());
    mixed = (mixed ^ value ^ at) * 0x9E3779B97F4A7C15U + 1;
  }

  const std::vector<Address>& all_;
  RandomStream random_;
};

/// What each of 60 actors has mixed after two model seconds, on one node.
inline std::vector<std::uint64_t> alone(std::uint64_t seed) {
  EngineOptions options;
  options.pacing = Pacing::virtual_time;
  options.workers = 1;
  options.latency = kLatency;
  Engine engine{options};
  std::vector<Address> all;
  std::vector<Gossip*> actors;
  actors.reserve(60);
  for (std::uint32_t i = 0; i < 60; ++i)
    actors.push_back(engine.coordinator().spawn<Gossip>(0, seed, i, all));
  for (auto* actor : actors) all.emplace_back(actor);
  for (auto* actor : actors) LeanActor::post(actor, Hop{1});
  engine.coordinator().go_until(SimTime{2s});
  EXPECT_TRUE(engine.coordinator().await_pause(kPatience));
  std::vector<std::uint64_t> result;
  result.reserve(actors.size());
  for (const auto* actor : actors) result.push_back(actor->mixed);
  return result;
}

}  // namespace chargemill::runtime
