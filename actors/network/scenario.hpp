// A scenario as plain, checked values: what `app` reads from files and what the network is built
// from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/fleet/profile.hpp"
#include "actors/messages.hpp"
#include "runtime/base/roles.hpp"

namespace chargemill::network {

/// A value and its weight in a mix; weights need not sum to one.
template <class T>
struct Share {
  T value;
  double weight;
};

/// How fast model time runs. `max`: virtual time, as fast as the machine goes.
struct Speed {
  double factor = 1.0;  ///< model seconds per wall second, > 0
  bool max = false;
};

struct PointSpec {
  std::string id;  ///< empty: generated, CP-000001
  ZoneId zone{};
  SiteId site{};
  Power power{22'000};
  Price price{300'000};
  bool manual_plug = false;  ///< D-106: the supply starts at plug, ends at unplug
  bool is_outside = false;   ///< its engine and monitor are other programs'
};

/// One line of a driver's request file (D-122): the id as written.
struct DriverSpec {
  std::string id;
  std::vector<std::string> requests;
  std::optional<Nanos> pause;  ///< else drivers.pause
  bool looks = false;          ///< lists what is available before each request (D-130)
  std::optional<ZoneId> looks_zone;
  std::optional<Power> looks_power;  ///< at least
  std::optional<Price> looks_price;  ///< at most
  bool is_outside = false;           ///< another program's
};

/// One recorded session to be driven again.
struct ReplaySession {
  SimTime start{};      ///< since the start of the run
  Nanos stay{};         ///< connected time
  Energy energy{};      ///< delivered
  std::string station;  ///< maps to a charge point, one each, in order of first appearance
};

enum class Choice { named, any_in_zone };

enum class FaultKind {
  engine_crash,
  engine_silent,
  engine_ko,
  start_refused,
  monitor_loss,
  central_restart,
  partition,
  telemetry_error
};

struct FaultSpec {
  FaultKind kind{};
  std::optional<double> rate_per_cp_per_hour;  ///< Poisson, model time
  std::optional<SimTime> at;                   ///< or once
  Nanos duration{};                            ///< how long it lasts; 0: the kind's default
  std::optional<std::string> zone;             ///< by name (Z01 ...), else everywhere
  std::optional<std::string> point;            ///< one charge point by id
};

enum class ActionKind {
  plug,
  unplug,
  start,
  stop,
  resume,
  stop_supply,
  reset_breaker,
  simulate_fault,
  fault_cleared,
  leave,
  come_back
};
/// What names all charge points where one could be named.
inline constexpr const char* kAllPoints = "*";

/// What a person does: at a charge point (D-106), as the operator (D-076 to D-079, D-120, D-157),
/// as a driver (D-129).
struct ActionSpec {
  ActionKind kind{};
  SimTime at{};
  std::string point;        ///< empty for leave and return; kAllPoints for stop and resume of all
  double energy_kwh = 0.0;  ///< of a start; 0: no limit
  std::string driver;       ///< of a start: whose ticket it is, or nobody's; who leaves or returns
};

enum class StageTarget { connected_share, request_rate };

/// From `after` on, over `ramp`, the target moves linearly to `value`.
struct StageSpec {
  SimTime after{};
  Nanos ramp{};  ///< 0: a step
  StageTarget target = StageTarget::connected_share;
  double value = 1.0;  ///< share 0..1, or requests per second over the whole network
};

struct Scenario {
  struct Run {
    std::string name = "unnamed";
    std::int64_t start_unix_s = 1'767'571'200;  ///< 2026-01-05T00:00:00Z, a Monday
    Nanos duration = std::chrono::seconds{60};
    Nanos warmup{0};
    Speed speed;
    std::uint64_t seed = 42;
    unsigned workers = 0;  ///< of each node; 0: one per core that nodes of a machine do not share
    unsigned nodes = 1;    ///< processes of this machine
    std::vector<Roles> roles;  ///< by node; empty: each is there for everything
    Nanos stop_timeout = std::chrono::seconds{10};
    Nanos lateness_limit = std::chrono::seconds{1};
    std::optional<Nanos> digest_every;  ///< model time between two digests; virtual time only
    /// Wall time for a node that was lost to return; none: its loss ends the run. Virtual time
    /// only.
    std::optional<Nanos> recover_within;
    /// Meetings after which a node that may return saves its state, and its log begins anew; 0:
    /// never.
    std::uint32_t save_every = 10'000;
  } run;

  struct Network {
    std::uint32_t charge_points = 0;  ///< generated ones; 0 if `points` lists them
    std::vector<PointSpec> points;
    std::uint32_t zones = 16;
    std::uint32_t sites_per_zone = 0;  ///< 0: about 16 charge points a site
    std::vector<Share<Power>> power_mix{
        {Power{11'000}, 0.5}, {Power{22'000}, 0.4}, {Power{150'000}, 0.1}};
    std::vector<Share<Price>> price_mix{
        {Price{300'000}, 0.6}, {Price{350'000}, 0.3}, {Price{450'000}, 0.1}};
    Nanos control_latency = std::chrono::milliseconds{100};
    Nanos health_interval = std::chrono::seconds{1};
    Nanos telemetry_interval = std::chrono::seconds{1};
    std::optional<Nanos> max_session;
    std::uint32_t external = 0;   ///< from outside, under names of their own, may join
    std::uint32_t spare = 1'000;  ///< and so many may be added; real time only, as all that joins
  } network;

  struct Drivers {
    std::uint32_t count = 0;  ///< generated ones, moved by the profile
    fleet::ProfileName profile = fleet::ProfileName::public_;
    std::optional<fleet::Profile> custom_profile;  ///< with profile == file
    double sessions_per_cp_per_day = 0.0;
    double day_spread_k = 30.0;  ///< gamma shape of the day factor; 0: none (workloads, section 6)
    double initial_supplying = 0.0;
    Choice choose = Choice::named;
    Nanos pause = std::chrono::seconds{4};
    Nanos timeout = std::chrono::seconds{30};
    std::vector<ReplaySession> replay;
    std::vector<DriverSpec> named;
    std::uint32_t external = 0;   ///< as of charge points
    std::uint32_t spare = 1'000;  ///< likewise
  } drivers;

  std::vector<StageSpec> stages;

  struct Central {
    std::uint32_t shards = 64;
    std::uint16_t breaker_failures = 3;
    Nanos breaker_cooldown = std::chrono::seconds{30};
    std::uint16_t breaker_probes = 2;
    std::optional<Nanos> monitor_timeout;  ///< else max(5 s, 3 x health interval), D-044
    Nanos start_timeout = std::chrono::seconds{10};
    std::optional<Nanos>
        session_silence_timeout;  ///< else max(10 s, 3 x telemetry interval), D-067
  } central;

  /// What the journal, if there is one, keeps and for how long.
  struct Journal {
    std::int64_t segment_bytes = std::int64_t{256} << 20U;
    Nanos commit_interval = std::chrono::milliseconds{5};
    std::uint32_t commit_records = 4'096;
    Nanos give_up_after = std::chrono::seconds{30};        ///< without one success, wall time
    Nanos checkpoint_interval = std::chrono::seconds{10};  ///< of an open session's energy (D-064)
    std::optional<Nanos> keep;                             ///< in model time; none: all
    std::optional<std::int64_t> keep_bytes;                ///< of all closed segments; none: all
  } journal;

  std::vector<FaultSpec> faults;
  std::vector<ActionSpec> actions;
  std::vector<std::string> thresholds;
};

}  // namespace chargemill::network
