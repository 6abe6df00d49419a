#include "app/commands/run_central.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "app/doors/tcp_door.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/net/access_tokens.hpp"
#include "runtime/net/client_stream.hpp"
#include "runtime/net/tls_context.hpp"

namespace chargemill::app {
namespace {

constexpr Millis kPatience{5'000};
/// Of the run itself.
constexpr std::uint64_t kOwnFiles = 128;

std::uint64_t files_max() {
  raise_file_limit();
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_cur;
}

}  // namespace

Result<std::unique_ptr<Carrier>> reach_central(const ElsewhereSettings& settings,
                                               const network::Scenario& scenario) {
  const auto endpoint = settings.endpoint();
  CHARGEMILL_ASSERT(endpoint);
  const auto points =
      std::max<std::size_t>(scenario.network.charge_points, scenario.network.points.size());
  Carrier::Options options;
  options.to = *endpoint;
  options.connections = settings.connections > 0
                            ? settings.connections
                            : static_cast<std::uint32_t>(std::max<std::size_t>(points, 1));
  options.run_start = {scenario.run.start_unix_s * 1'000'000};
  options.measure_from = SimTime{scenario.run.warmup};
  options.seed = scenario.run.seed;
  if (options.connections + kOwnFiles > files_max())
    return failure(
        ErrorKind::environment,
        fmt::format("{} connections to central need more files than this process may "
                    "open: ulimit -n {}, or --set central.connections=N on which all speak",
                    options.connections, options.connections + kOwnFiles));
  if (!settings.token_file.empty()) {
    const auto token = runtime::AccessTokens::first_of(settings.token_file);
    if (!token) return tl::unexpected<Error>(token.error());
    options.token = *token;
  }
  // Whoever is not there at the beginning was misnamed, more often than not.
  const runtime::ClientTls tls{settings.is_encrypted(), settings.ca_file};
  const auto there = runtime::ClientStream::connect(*endpoint, kPatience, tls);
  if (!there)
    return failure(ErrorKind::environment, "Unable to connect to CENTRAL: " + there.error().text);
  if (tls.is_on) {
    auto context = runtime::open_client_tls(tls);
    if (!context) return tl::unexpected<Error>(context.error());
    options.tls = std::move(*context);
  }
  return std::make_unique<Carrier>(std::move(options));
}

CentralElsewhere central_of(Carrier* carrier) {
  if (carrier == nullptr) return {};
  return {carrier, [carrier](network::Network& network) { carrier->open(network); },
          [carrier](Nanos patience) {
            carrier->close(patience);
            return carrier->figures();
          }};
}

}  // namespace chargemill::app
