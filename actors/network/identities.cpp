#include <cinttypes>
#include <cstdio>

#include "actors/network/outcome.hpp"

namespace chargemill::network {
namespace {

/// Adds a text with both sides unless they are equal.
void check(std::vector<std::string>& broken, const char* left_name, std::int64_t left,
           const char* right_name, std::int64_t right) {
  if (left == right) return;
  char text[256];
  std::snprintf(text, sizeof text, "%s = %" PRId64 ", but %s = %" PRId64, left_name, left,
                right_name, right);
  broken.emplace_back(text);
}

}  // namespace

std::vector<std::string> broken_identities(const Totals& t) {
  const auto n = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  std::vector<std::string> broken;
  check(broken, "requests sent", n(t.requests_sent), "accepted + denied + timed out + open + lost",
        n(t.requests_accepted + t.requests_denied + t.requests_timed_out + t.requests_open +
          t.requests_lost));
  check(broken, "sessions started", n(t.sessions_started), "completed + failed + active + lost",
        n(t.sessions_completed + t.sessions_failed + t.sessions_active + t.sessions_lost));
  check(broken, "energy over the meters (mJ)", t.energy_delivered_mj, "sessions + unreported (mJ)",
        t.energy_sessions_mj + t.energy_unreported_mj);
  check(broken, "trips offered", n(t.offered), "done + shed", n(t.done + t.shed));
  return broken;
}

}  // namespace chargemill::network
