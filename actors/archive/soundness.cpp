#include "actors/archive/soundness.hpp"

#include "actors/archive/record_fields.hpp"

namespace chargemill::archive {
namespace {

/// A session's number counts in 40 bits, below those of its shard; this many are still to come.
constexpr std::uint64_t kSessionMask = (std::uint64_t{1} << 40U) - 1;
constexpr std::uint64_t kSessionsLeft = std::uint64_t{1} << 28U;
/// 10 GWh, 36 billion euros: 256 such sums fit into 64 bits, and no session comes near.
constexpr std::int64_t kSumMax = std::int64_t{1} << 55U;
constexpr std::int64_t kPowerMax = 10'000'000;     // W, as of a scenario and of a door
constexpr std::int64_t kPriceMax = 1'000'000'000;  // micro-euro a kWh, likewise
constexpr std::uint64_t kModeBits = 3;             // of a breaker's word
constexpr std::uint64_t kModes = 3;

constexpr bool is_within(std::int64_t least, std::int64_t value, std::int64_t most) noexcept {
  return least <= value && value <= most;
}

bool is_sound_field(const Energy& e) noexcept { return is_within(0, e.mj, kSumMax); }
bool is_sound_field(const Money& m) noexcept { return is_within(-kSumMax, m.microeur, kSumMax); }
bool is_sound_field(const Power& p) noexcept { return is_within(0, p.w, kPowerMax); }
bool is_sound_field(const Price& p) noexcept { return is_within(0, p.microeur_per_kwh, kPriceMax); }
template <class Other>
bool is_sound_field(const Other&) noexcept {
  return true;
}

bool is_counter(std::uint64_t made) noexcept { return made < kSessionMask - kSessionsLeft; }
bool is_number(SessionId session) noexcept {
  return session != SessionId::none && is_counter(index_of(session) & kSessionMask);
}
bool is_breaker(std::uint64_t word) noexcept { return (word & kModeBits) < kModes; }

bool is_whole(const RunBegan& r) noexcept {
  return r.run > 0 && r.shards > 0 && r.points <= kPointsMax;
}
bool is_whole(const RunAgain& r) noexcept { return is_whole(r.run); }
bool is_whole(const RoundMark& r) noexcept { return is_counter(r.sessions_made); }
bool is_whole(const PointState& r) noexcept { return is_breaker(r.breaker); }
bool is_whole(const BreakerState& r) noexcept { return is_breaker(r.word); }
bool is_whole(const SessionStart& r) noexcept { return is_number(r.session); }
bool is_whole(const OwedEnd& r) noexcept { return is_number(r.session); }
// Of a stray its engine knows the number.
bool is_whole(const SessionEnd& r) noexcept { return r.is_stray || is_number(r.session); }
bool is_whole(const ClosedAgain& r) noexcept { return is_whole(r.end); }
bool is_whole(const TicketAgain& r) noexcept { return is_whole(r.end); }
// An inside one has power, or it could never deliver anything.
bool is_whole(const PointJoined& r) noexcept { return r.is_outside || r.power.w > 0; }
template <class Other>
bool is_whole(const Other&) noexcept {
  return true;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): a record always has one of its kinds
bool is_sound(const Record& record) noexcept {
  return std::visit(
      [](const auto& r) {
        bool is = is_whole(r);
        each_field(r, [&is](const auto& field) { is = is && is_sound_field(field); });
        return is;
      },
      record);
}

}  // namespace chargemill::archive
