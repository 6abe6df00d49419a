#include "app/scenario/key_table.hpp"

#include <set>

#include "app/scenario/field.hpp"
#include "app/scenario/key_makers.hpp"

namespace chargemill::app {
namespace {

using namespace key_makers;  // NOLINT(google-build-using-namespace): the words of the table
using Fields = std::vector<Field<Draft>>;

template <class Access>
Field<Draft> at(KeyInfo key, Access access) {
  return detail::field<Draft>(std::move(key), access);
}

void add_run(Fields& f) {
  KeyInfo speed =
      info("run.speed", Type::speed,
           "model seconds per wall second; max: virtual time, as fast as the machine goes");
  speed.above_min = true;
  speed.max = 1e6;
  f.push_back(at(info("run.name", Type::text, "of the run directory and the report"),
                 CHARGEMILL_AT(scenario.run.name)));
  f.push_back(at(info("run.start", Type::date_time, "model time at the start"),
                 CHARGEMILL_AT(scenario.run.start_unix_s)));
  f.push_back(at(interval("run.duration", "how long, in model time"),
                 CHARGEMILL_AT(scenario.run.duration)));
  f.push_back(at(duration("run.warmup", "left out of latencies, in model time", true),
                 CHARGEMILL_AT(scenario.run.warmup)));
  f.push_back(at(std::move(speed), CHARGEMILL_AT(scenario.run.speed)));
  f.push_back(
      at(count("run.seed", "of all random numbers", 0, 9.2e18), CHARGEMILL_AT(scenario.run.seed)));
  f.push_back(at(count("run.workers",
                       "threads of each node; 0: one per core that nodes do not share", 0, 1024),
                 CHARGEMILL_AT(scenario.run.workers)));
  f.push_back(at(duration("run.stop_timeout", "wall time for open requests after a stop", true),
                 CHARGEMILL_AT(scenario.run.stop_timeout)));
  f.push_back(at(duration("run.lateness_limit", "tick lateness p99 above it makes the run invalid"),
                 CHARGEMILL_AT(scenario.run.lateness_limit)));
  f.push_back(at(count("run.repeat", "how many runs, one after the other", 1, 1000),
                 CHARGEMILL_AT(output.repeat)));
  f.push_back(at(duration("run.digest_every", "of all entities, in model time; virtual time only",
                          false, true),
                 CHARGEMILL_AT(scenario.run.digest_every)));
}

void add_network(Fields& f) {
  f.push_back(at(count("network.charge_points", "generated ones: CP-000001 ..."),
                 CHARGEMILL_AT(scenario.network.charge_points)));
  f.push_back(at(count("network.zones", "of generated charge points: Z01 ...", 1, 65'535),
                 CHARGEMILL_AT(scenario.network.zones)));
  f.push_back(at(count("network.sites_per_zone", "0: about 16 charge points a site", 0, 1e6),
                 CHARGEMILL_AT(scenario.network.sites_per_zone)));
  f.push_back(at(info("network.power_mix", Type::power_mix, "powers and their shares"),
                 CHARGEMILL_AT(scenario.network.power_mix)));
  f.push_back(at(info("network.price_mix", Type::price_mix, "prices and their shares"),
                 CHARGEMILL_AT(scenario.network.price_mix)));
  f.push_back(at(interval("network.control_latency", "of a message, in virtual time"),
                 CHARGEMILL_AT(scenario.network.control_latency)));
  f.push_back(at(interval("network.health_interval", "between two health checks of a monitor"),
                 CHARGEMILL_AT(scenario.network.health_interval)));
  f.push_back(at(interval("network.telemetry_interval", "between two reports of a session"),
                 CHARGEMILL_AT(scenario.network.telemetry_interval)));
  f.push_back(at(duration("network.max_session", "a session ends after it", false, true),
                 CHARGEMILL_AT(scenario.network.max_session)));
  f.push_back(
      at(count("network.external",
               "other programs' charge points that may register under their own names", 0, 1e6),
         CHARGEMILL_AT(scenario.network.external)));
  f.push_back(at(count("network.spare", "charge points that may be added while it runs", 0, 1e6),
                 CHARGEMILL_AT(scenario.network.spare)));
}

void add_drivers(Fields& f) {
  f.push_back(at(count("drivers.count", "generated ones, moved by the profile: DRV-000001 ..."),
                 CHARGEMILL_AT(scenario.drivers.count)));
  f.push_back(
      at(choice("drivers.profile", "when people come, how much they need, how long they stay",
                {"public", "home", "workplace", "file"}),
         CHARGEMILL_AT(scenario.drivers.profile)));
  f.push_back(at(info("drivers.profile_file", Type::text,
                      "with profile = \"file\": as those in config/profiles"),
                 CHARGEMILL_AT(files.profile)));
  f.push_back(at(number("drivers.sessions_per_cp_per_day", "mean arrivals", "1/day", 10'000),
                 CHARGEMILL_AT(scenario.drivers.sessions_per_cp_per_day)));
  f.push_back(at(number("drivers.day_spread_k",
                        "gamma shape of the day factor; 0: all days are alike", "", 1e6),
                 CHARGEMILL_AT(scenario.drivers.day_spread_k)));
  f.push_back(at(share("drivers.initial_supplying", "charge points that start in a session"),
                 CHARGEMILL_AT(scenario.drivers.initial_supplying)));
  f.push_back(at(choice("drivers.choose", "ask for one charge point, or for any of a zone",
                        {"named", "any_in_zone"}),
                 CHARGEMILL_AT(scenario.drivers.choose)));
  f.push_back(
      at(duration("drivers.pause", "of a driver after each request: until its next one", true),
         CHARGEMILL_AT(scenario.drivers.pause)));
  f.push_back(at(duration("drivers.timeout", "a request without an answer is given up"),
                 CHARGEMILL_AT(scenario.drivers.timeout)));
  f.push_back(at(count("drivers.external", "other programs' drivers that may come", 0, 1e6),
                 CHARGEMILL_AT(scenario.drivers.external)));
  f.push_back(at(count("drivers.spare", "drivers that may be added while it runs", 0, 1e6),
                 CHARGEMILL_AT(scenario.drivers.spare)));
  f.push_back(at(info("drivers.requests", Type::files,
                      "a driver for each file of charge point ids, named by the stem"),
                 CHARGEMILL_AT(files.requests)));
  f.push_back(at(info("drivers.replay", Type::text, "recorded sessions (CSV) to be driven again"),
                 CHARGEMILL_AT(files.replay)));
  f.push_back(at(info("drivers.replay_columns.start", Type::text, "header name of the start"),
                 CHARGEMILL_AT(files.column_start)));
  f.push_back(at(info("drivers.replay_columns.end", Type::text, "header name of the end"),
                 CHARGEMILL_AT(files.column_end)));
  f.push_back(at(info("drivers.replay_columns.energy_kwh", Type::text, "header name of the energy"),
                 CHARGEMILL_AT(files.column_energy)));
  f.push_back(at(info("drivers.replay_columns.station", Type::text, "header name of the station"),
                 CHARGEMILL_AT(files.column_station)));
}

void add_central(Fields& f) {
  f.push_back(at(
      count("central.shards", "central's parts; results depend on it, not on workers", 1, 65'535),
      CHARGEMILL_AT(scenario.central.shards)));
  f.push_back(
      at(count("central.breaker.failures", "in a row open a charge point's breaker", 1, 127),
         CHARGEMILL_AT(scenario.central.breaker_failures)));
  f.push_back(
      at(duration("central.breaker.cooldown", "an open breaker lets probes through after it"),
         CHARGEMILL_AT(scenario.central.breaker_cooldown)));
  f.push_back(at(count("central.breaker.probes", "successes that close a half-open breaker", 1, 15),
                 CHARGEMILL_AT(scenario.central.breaker_probes)));
  f.push_back(at(duration("central.monitor_timeout",
                          "silence that makes a monitor lost; none: max(5 s, 3 x health_interval)",
                          false, true),
                 CHARGEMILL_AT(scenario.central.monitor_timeout)));
  f.push_back(at(duration("central.start_timeout", "an authorised session must begin within it"),
                 CHARGEMILL_AT(scenario.central.start_timeout)));
  f.push_back(
      at(duration("central.session_silence_timeout",
                  "a session without telemetry fails; none: max(10 s, 3 x telemetry_interval)",
                  false, true),
         CHARGEMILL_AT(scenario.central.session_silence_timeout)));
  f.push_back(
      at(info("central.address", Type::text,
              "tcp://HOST:PORT, or tls: central is another process, to be loaded; off: it is here"),
         CHARGEMILL_AT(elsewhere.address)));
  f.push_back(at(count("central.connections",
                       "to it, on which all speak; 0: one for each charge point", 0, 1e6),
                 CHARGEMILL_AT(elsewhere.connections)));
  f.push_back(
      at(info("central.token_file", Type::text, "whose first token is shown to it; empty: none"),
         CHARGEMILL_AT(elsewhere.token_file)));
  f.push_back(at(info("central.ca_file", Type::text,
                      "PEM, of tls://: who vouches for it; empty: whom this machine believes"),
                 CHARGEMILL_AT(elsewhere.ca_file)));
}

void add_journal(Fields& f) {
  f.push_back(at(info("journal.dir", Type::text,
                      "data directory, continued if it is there; empty: in the run directory; off"),
                 CHARGEMILL_AT(output.data)));
  f.push_back(at(bytes("journal.segment_bytes", "a segment is full then, and another begins"),
                 CHARGEMILL_AT(scenario.journal.segment_bytes)));
  f.push_back(
      at(duration("journal.commit_interval", "a record waits so long for others, wall time"),
         CHARGEMILL_AT(scenario.journal.commit_interval)));
  f.push_back(at(count("journal.commit_records", "so many are committed at once", 1, 16'384),
                 CHARGEMILL_AT(scenario.journal.commit_records)));
  f.push_back(
      at(duration("journal.give_up_after", "a disk that fails so long is given up, wall time"),
         CHARGEMILL_AT(scenario.journal.give_up_after)));
  f.push_back(at(duration("journal.checkpoint_interval", "of an open session's energy, model time"),
                 CHARGEMILL_AT(scenario.journal.checkpoint_interval)));
  f.push_back(
      at(duration("journal.keep",
                  "older segments are removed, model time; not what a restart needs", false, true),
         CHARGEMILL_AT(scenario.journal.keep)));
  f.push_back(at(bytes("journal.keep_bytes", "the oldest segments above it are removed", true),
                 CHARGEMILL_AT(scenario.journal.keep_bytes)));
}

void add_doors(Fields& f) {
  constexpr double kConnectionsMax = 1e6;
  constexpr double kFullListMax = 1e5;
  constexpr double kPayloadBytesMin = 1'024;
  constexpr double kPayloadBytesMax = 65'536;  // who reads and sends bodies has room for no more
  const char* connections = "at once; 0: half of what the process may have open";
  const char* cert = "PEM, those that vouch for it behind it; empty: no TLS";
  const char* key = "PEM, of tls_cert";
  const char* tokens = "a token a line, read behind one that only reads; empty: no token";
  f.push_back(at(info("http.listen", Type::listen, "HOST:PORT of the dashboard"),
                 CHARGEMILL_AT(doors.http.listen)));
  f.push_back(at(count("http.connections", connections, 0, kConnectionsMax),
                 CHARGEMILL_AT(doors.http.connections)));
  f.push_back(
      at(info("http.token_file", Type::text, tokens), CHARGEMILL_AT(doors.http.token_file)));
  f.push_back(at(info("http.tls_cert", Type::text, cert), CHARGEMILL_AT(doors.http.tls_cert)));
  f.push_back(at(info("http.tls_key", Type::text, key), CHARGEMILL_AT(doors.http.tls_key)));
  f.push_back(at(info("http.names", Type::text,
                      "charge.example, www.charge.example: names it has beside its address"),
                 CHARGEMILL_AT(doors.http.names)));
  f.push_back(at(info("http.control", Type::boolean,
                      "the dashboard may stop, resume, reset and inject faults"),
                 CHARGEMILL_AT(doors.http.control)));
  f.push_back(at(
      count("http.full_list", "charge points that GET /cp lists without a limit", 1, kFullListMax),
      CHARGEMILL_AT(doors.http.full_list)));
  f.push_back(at(info("http.page_directory", Type::text,
                      "of the dashboard's files, for who works on them; empty: those built in"),
                 CHARGEMILL_AT(doors.http.page_directory)));
  f.push_back(at(info("tcp.listen", Type::listen, "HOST:PORT of the framed door"),
                 CHARGEMILL_AT(doors.tcp.listen)));
  f.push_back(at(count("tcp.connections", connections, 0, kConnectionsMax),
                 CHARGEMILL_AT(doors.tcp.connections)));
  f.push_back(at(info("tcp.token_file", Type::text, tokens), CHARGEMILL_AT(doors.tcp.token_file)));
  f.push_back(at(info("tcp.tls_cert", Type::text, cert), CHARGEMILL_AT(doors.tcp.tls_cert)));
  f.push_back(at(info("tcp.tls_key", Type::text, key), CHARGEMILL_AT(doors.tcp.tls_key)));
  f.push_back(at(duration("tcp.idle_timeout", "a connection without a frame is closed, wall time"),
                 CHARGEMILL_AT(doors.tcp.idle_timeout)));
  f.push_back(at(duration("tcp.frame_timeout",
                          "for a frame to arrive, and for a reply to be taken, wall time"),
                 CHARGEMILL_AT(doors.tcp.frame_timeout)));
  f.push_back(at(count("tcp.frames_per_second",
                       "of one connection; what comes faster waits; 0: no limit", 0, kCountMax),
                 CHARGEMILL_AT(doors.tcp.frames_per_second)));
  f.push_back(at(bytes("tcp.unsent_bytes", "a connection that takes its replies later is closed"),
                 CHARGEMILL_AT(doors.tcp.unsent_bytes)));
  f.push_back(at(count("tcp.payload_bytes", "of one message in a frame; a longer one is a NACK",
                       kPayloadBytesMin, kPayloadBytesMax),
                 CHARGEMILL_AT(doors.tcp.payload_bytes)));
}

/// Of nodes that find each other through etcd.
void add_agreement(Fields& f) {
  constexpr double kPortMax = 65'535;
  f.push_back(at(info("cluster.name", Type::text, "of the network in etcd; empty: run.name"),
                 CHARGEMILL_AT(cluster.name)));
  f.push_back(at(info("cluster.etcd", Type::urls, "its members, instead of a list of [[node]]"),
                 CHARGEMILL_AT(cluster.etcd)));
  f.push_back(at(info("cluster.etcd_ca_file", Type::text,
                      "PEM, of https://: who vouches for it; empty: whom this machine believes"),
                 CHARGEMILL_AT(cluster.etcd_ca_file)));
  f.push_back(at(info("cluster.etcd_tls_cert", Type::text,
                      "PEM, of this node, those that vouch for it behind it; empty: none"),
                 CHARGEMILL_AT(cluster.etcd_tls_cert)));
  f.push_back(at(info("cluster.etcd_tls_key", Type::text, "PEM, of etcd_tls_cert"),
                 CHARGEMILL_AT(cluster.etcd_tls_key)));
  f.push_back(at(info("cluster.host", Type::text, "of this node, for the others"),
                 CHARGEMILL_AT(cluster.host)));
  f.push_back(at(count("cluster.data_port", "of this node, for messages of actors; 0: a free one",
                       0, kPortMax),
                 CHARGEMILL_AT(cluster.data_port)));
  f.push_back(
      at(count("cluster.control_port", "of this node, for all else; 0: a free one", 0, kPortMax),
         CHARGEMILL_AT(cluster.control_port)));
  KeyInfo lease = duration("cluster.lease",
                           "a node that etcd does not hear for so long is lost; it stops before");
  lease.min = 2;  // etcd grants no shorter one
  lease.max = 3'600;
  lease.above_min = false;
  f.push_back(at(lease, CHARGEMILL_AT(cluster.lease)));
  f.push_back(at(
      count("cluster.expect_nodes", "so many make the network; 0: --expect-nodes says it", 0, 32),
      CHARGEMILL_AT(cluster.expect_nodes)));
  f.push_back(at(roles("cluster.roles", "what this node is there for; with cluster.etcd"),
                 CHARGEMILL_AT(cluster.roles)));
}

void add_parts(Fields& f) {
  f.push_back(
      at(info("output.dir", Type::text, "of the run; empty: runs/<utc>-<scenario>-<id>; off: none"),
         CHARGEMILL_AT(output.dir)));
  f.push_back(at(choice("output.progress", "on stderr", {"auto", "tty", "plain", "off"}),
                 CHARGEMILL_AT(output.progress)));
  f.push_back(at(choice("output.color", "of terminals", {"auto", "always", "never"}),
                 CHARGEMILL_AT(output.color)));
  f.push_back(
      at(choice("output.console",
                "what drivers and monitors show; auto: in small networks with request files",
                {"auto", "on", "off"}),
         CHARGEMILL_AT(output.console)));
  f.push_back(at(info("output.quiet", Type::boolean, "no progress, no summary on stdout"),
                 CHARGEMILL_AT(output.quiet)));
  f.push_back(at(count("cluster.nodes", "processes of this machine that share the network", 1, 32),
                 CHARGEMILL_AT(scenario.run.nodes)));
  f.push_back(
      at(duration("cluster.recover",
                  "wall time for a node that was lost to return; virtual time only", false, true),
         CHARGEMILL_AT(scenario.run.recover_within)));
  f.push_back(at(count("cluster.save_every",
                       "meetings after which a node that may return saves its state; 0: never", 0,
                       1'000'000'000),
                 CHARGEMILL_AT(scenario.run.save_every)));
  f.push_back(at(info("cluster.keys", Type::text, "a folder with NAME.secret of this node"),
                 CHARGEMILL_AT(cluster.keys)));
  add_agreement(f);
}

}  // namespace

const std::vector<Field<Draft>>& keys() {
  static const Fields table = [] {
    Fields f;
    add_run(f);
    add_network(f);
    add_drivers(f);
    add_central(f);
    add_journal(f);
    add_doors(f);
    add_parts(f);
    return f;
  }();
  return table;
}

const Field<Draft>* find_key(std::string_view name) {
  const auto found = std::find_if(keys().begin(), keys().end(),
                                  [&](const auto& key) { return key.info.name == name; });
  return found == keys().end() ? nullptr : &*found;
}

std::vector<std::string> section_names() {
  std::set<std::string> names;
  for (const auto& key : keys()) {
    const auto& name = key.info.name;
    for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
      names.insert(name.substr(0, dot));
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> key_names() {
  std::vector<std::string> names;
  for (const auto& key : keys()) names.push_back(key.info.name);
  return names;
}

}  // namespace chargemill::app
