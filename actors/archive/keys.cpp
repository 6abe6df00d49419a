#include "actors/archive/keys.hpp"

#define XXH_INLINE_ALL  // a header of its own: nothing to link
#include <xxhash.h>

#include "runtime/base/overloaded.hpp"

namespace chargemill::archive {
namespace {

constexpr unsigned kValueBits = 56;
constexpr std::uint64_t kValueMask = (std::uint64_t{1} << kValueBits) - 1;

std::uint64_t hash(std::string_view name, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(name.data(), name.size(), seed);
}

}  // namespace

Key key(Index index, std::uint64_t number) noexcept {
  return static_cast<Key>(std::uint64_t{static_cast<std::uint8_t>(index)} << kValueBits |
                          (number & kValueMask));
}

Key key(Index index, std::string_view name) noexcept {
  return key(index, hash(name.substr(0, kNameBytesMax), 0));
}

// shard:16 | counter:40 are 56 bits: no two sessions share a key.
Key key(Index index, SessionId session) noexcept { return key(index, index_of(session)); }

Key key(Index index, std::string_view name, EventType type) noexcept {
  return key(index, hash(name.substr(0, kNameBytesMax), 1U + static_cast<std::uint64_t>(type)));
}

Keys keys_of(const Record& record, const Names& names) {
  return std::visit(
      Overloaded{
          [&](const Fault& r) -> Keys {
            return {key(Index::faults), key(Index::faults_of_point, names.point),
                    key(Index::faults_of_type, static_cast<std::uint64_t>(r.type)),
                    key(Index::faults_of_point_and_type, names.point, r.type)};
          },
          [&](const Health&) -> Keys { return {key(Index::health_of_point, names.point)}; },
          [&](const SessionStart& r) -> Keys {
            return {key(Index::sessions), key(Index::sessions_of_point, names.point),
                    key(Index::sessions_of_driver, names.driver), key(Index::session, r.session)};
          },
          [&](const Checkpoint& r) -> Keys { return {key(Index::session, r.session)}; },
          [&](const SessionEnd& r) -> Keys {
            if (r.is_stray) return {};
            if (r.driver == kNobody) return {key(Index::session, r.session)};  // no ticket
            return {key(Index::session, r.session), key(Index::tickets),
                    key(Index::tickets_of_point, names.point),
                    key(Index::tickets_of_driver, names.driver)};
          },
          [&](const TicketDelivered& r) -> Keys { return {key(Index::session, r.session)}; },
          [&](const OwedEnd& r) -> Keys { return {key(Index::session, r.session)}; },
          [&](const RoundMark& r) -> Keys {
            return {key(Index::rounds_of_shard, index_of(r.shard))};
          },
          [&](const RunBegan&) -> Keys { return {key(Index::runs)}; },
          [&](const RunAgain&) -> Keys { return {key(Index::runs)}; },
          [&](const auto&) -> Keys { return {}; },
      },
      record);
}

}  // namespace chargemill::archive
