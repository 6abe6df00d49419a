#include "app/commands/run_journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <thread>

#include "actors/archive/position.hpp"
#include "actors/network/division.hpp"
#include "actors/network/topology.hpp"
#include "app/history/lives.hpp"
#include "app/sessions/civil_time.hpp"
#include "app/simulation/host.hpp"
#include "runtime/journal/directory.hpp"

namespace chargemill::app {
namespace {

using runtime::journal::Journal;
using std::chrono::seconds;

Recording::Options options_of(const std::filesystem::path& path, const network::Scenario& scenario,
                              unsigned node) {
  const auto& from = scenario.journal;
  Recording::Options options;
  options.journal.chain.directory = path.string();
  options.journal.chain.segment_bytes = static_cast<std::uint64_t>(from.segment_bytes);
  options.journal.chain.retain_bytes = static_cast<std::uint64_t>(from.keep_bytes.value_or(0));
  options.journal.chain.retain_age =
      std::chrono::ceil<runtime::journal::Micros>(from.keep.value_or(Nanos{0}));
  options.journal.batch_time = from.commit_interval;
  options.journal.batch_records = from.commit_records;
  options.journal.give_up_after = from.give_up_after;
  options.part = {static_cast<std::uint16_t>(scenario.run.nodes), static_cast<std::uint16_t>(node)};
  options.pace = scenario.run.speed.max ? Recorder::Pace::own_time : Recorder::Pace::real_time;
  return options;
}

/// One queue a worker that has shards.
Result<void> check_workers(const network::Scenario& scenario) {
  const unsigned workers =
      scenario.run.workers > 0 ? scenario.run.workers : std::thread::hardware_concurrency();
  if (std::min(workers, network::shards_of(scenario)) <= Journal::kAppendersMax) return {};
  return failure(ErrorKind::environment,
                 fmt::format("a journal serves {} workers at most: --workers {}, or --no-journal",
                             Journal::kAppendersMax, Journal::kAppendersMax));
}

/// What a journal must be of to be gone on with. Its record says points and shards once more, and
/// room is made for as many.
struct Identity {
  std::uint64_t network = 0;
  std::size_t points = 0;
  std::size_t shards = 0;

  [[nodiscard]] bool is_of(const archive::RunBegan& run) const noexcept {
    return run.network == network && run.points == points && run.shards == shards;
  }
};

Identity identity_of(const network::Topology& topology, unsigned nodes, unsigned node,
                     const network::Scenario& scenario) {
  return {network::fingerprint(topology, nodes, node, scenario.run.roles), topology.points.size(),
          topology.shards.size()};
}

/// Why `node` does not go on with what `run` has left.
std::string other_network_text(const std::filesystem::path& path, const archive::RunBegan& run,
                               const network::Scenario& scenario, unsigned node) {
  const auto topology = network::make_topology(scenario);
  const unsigned now = scenario.run.nodes;
  for (unsigned nodes = node + 1; nodes <= archive::Position::kJournalsMax; ++nodes) {
    if (identity_of(topology, nodes, node, scenario).is_of(run))
      return fmt::format(
          "{} was written by a run on {} node{}, and this one has {}: go on with as many, or name "
          "another --data",
          path.string(), nodes, nodes == 1 ? "" : "s", now);
  }
  return fmt::format(
      "{} belongs to another network, of {} charge points in {} shards{}; name another --data, or "
      "run its own scenario",
      path.string(), run.points, run.shards,
      now > 1 ? ", or to another place among the nodes" : "");
}

double seconds_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

/// Where this program keeps what belongs to a user; empty: there is no HOME.
std::filesystem::path home_folder() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it
  const char* const home = std::getenv("HOME");
  const bool is_known = home != nullptr && *home != '\0';
  return is_known ? std::filesystem::path{home} / ".chargemill" : std::filesystem::path{};
}

/// Sessions that it has made in earlier runs are not known: those of this one get other numbers.
archive::Image image_of_nothing(const network::Scenario& scenario, const Continuation& from) {
  constexpr unsigned kSessionsARun = 28;  // bits; a session's number has 40
  const auto topology = network::make_topology(scenario);
  auto image = archive::make_image(static_cast<std::uint32_t>(topology.points.size()),
                                   static_cast<std::uint16_t>(topology.shards.size()));
  for (auto& made : image.sessions_made) made = std::uint64_t{from.run} << kSessionsARun;
  return image;
}

/// Of a node's own part. In that run nodes may have been lost, and others have had their shards.
Result<archive::Image> restore_part(const RunJournal& journal, const network::Scenario& scenario,
                                    unsigned node) {
  const archive::Origin origin{scenario.run.start_unix_s};
  const unsigned nodes = scenario.run.nodes;
  if (nodes == 1) return journal.recording->restore(origin);
  const auto topology = network::make_topology(scenario);
  archive::Wanted shards(topology.shards.size());
  for (std::size_t s = node; s < shards.size(); s += nodes) shards[s] = true;
  auto image = journal.recording->restore(origin, shards);
  if (!image || journal.first.empty()) return image;
  const auto added = add_later_lives(journal.first, node, origin, shards,
                                     network::shards_by_point(topology), *image);
  if (!added) return tl::unexpected(added.error());
  return image;
}

}  // namespace

std::filesystem::path journal_path(const std::string& data, const std::filesystem::path& run) {
  if (data == "off") return {};
  if (!data.empty()) return data;
  return run.empty() ? std::filesystem::path{} : run / "journal";
}

Result<std::filesystem::path> node_journal_path(const std::string& data) {
  const auto home = home_folder();
  if (data.empty() && home.empty())
    return failure(ErrorKind::environment,
                   "HOME is not set, so there is no place for the journal: name one with --data "
                   "DIR, or keep none with --no-journal");
  return journal_path(data, home);
}

std::filesystem::path node_recovery_path(const std::string& data) {
  if (!data.empty() && data != "off") return data + ".recovery";
  const auto home = home_folder();
  return (home.empty() ? std::filesystem::temp_directory_path() / "chargemill" : home) / "recovery";
}

Result<RunJournal> open_journal_of_node(const std::filesystem::path& path,
                                        const network::Scenario& scenario, unsigned node) {
  const auto begun = std::chrono::steady_clock::now();
  if (const auto fits = check_workers(scenario); !fits) return tl::unexpected(fits.error());
  const auto identity_of_this = [&scenario, node] {
    return identity_of(network::make_topology(scenario), scenario.run.nodes, node, scenario);
  };
  // Who goes on needs it, and has it by the time that the disk has told where the journal ends.
  const auto segments = runtime::journal::list_segments(path.string());
  std::future<Identity> identity;
  if (segments && !segments->empty()) identity = std::async(identity_of_this);
  auto recording = Recording::open(options_of(path, scenario, node));
  if (!recording) return tl::unexpected(recording.error());
  RunJournal journal;
  journal.recording = std::move(*recording);
  const auto& last = journal.recording->last_run();
  if (last && !(identity.valid() ? identity.get() : identity_of_this()).is_of(last->run))
    return failure(ErrorKind::environment, other_network_text(path, last->run, scenario, node));
  journal.restore_s = seconds_since(begun);
  return journal;
}

std::optional<LeftBehind> left_in(const RunJournal& journal) {
  if (!journal.recording || !journal.recording->last_run()) return std::nullopt;
  const auto& last = *journal.recording->last_run();
  return LeftBehind{last.last_time, last.run.run};
}

Result<void> continue_from(const Continuation& from, RunJournal& journal,
                           network::Scenario& scenario, unsigned node) {
  const auto begun = std::chrono::steady_clock::now();
  scenario.run.start_unix_s = from.start_unix_s;
  scenario.drivers.initial_supplying = 0.0;
  if (left_in(journal)) {
    auto image = restore_part(journal, scenario, node);
    if (!image) return tl::unexpected(image.error());
    journal.image = std::move(*image);
  } else {
    journal.image = image_of_nothing(scenario, from);
  }
  journal.image->run.run = from.run;
  journal.restore_s += seconds_since(begun);
  return {};
}

std::string join_run(const Beginning& beginning, RunJournal& journal, network::Scenario& scenario) {
  const Continuation from =
      beginning.is_continued ? beginning.from : Continuation{scenario.run.start_unix_s, 0};
  const auto left = left_in(journal);
  if (left && left->run > from.run + 1)
    return fmt::format("its journal is of run {} already, and this is run {}", left->run,
                       from.run + 1);
  scenario.run.start_unix_s = from.start_unix_s;
  if (beginning.is_continued) scenario.drivers.initial_supplying = 0.0;
  // What a former life of this node has written of this run is with those who have its shards now.
  journal.image = image_of_nothing(scenario, from);
  journal.image->run.run = from.run;
  if (beginning.remembers && !journal.recording) journal.memory = std::make_unique<Memory>();
  return {};
}

Result<RunJournal> open_run_journal(const std::filesystem::path& path,
                                    network::Scenario& scenario) {
  auto journal = open_journal_of_node(path, scenario, 0);
  if (!journal) return journal;
  const auto from = continuation_of({left_in(*journal)});
  if (!from) return journal;
  const auto continued = continue_from(*from, *journal, scenario);
  if (!continued) return tl::unexpected(continued.error());
  return journal;
}

std::string continued_text(const RunJournal& journal, const network::Scenario& scenario,
                           const std::filesystem::path& path) {
  if (!journal.image) return {};
  std::string stamp = format_stamp(scenario.run.start_unix_s);
  stamp[10] = 'T';
  const bool is_one_of_many = scenario.run.nodes > 1;
  return fmt::format(
      "continues {}: run {} at {}Z, {} open sessions, {} unconfirmed tickets ({} records read in "
      "{:.2f} s{})",
      path.string(), journal.image->run.run + 1, stamp, sessions_carried(journal),
      journal.image->tickets.size(), journal.image->records, journal.restore_s,
      is_one_of_many ? "; of this node" : "");
}

}  // namespace chargemill::app
