#include "app/commands/run_journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "actors/network/division.hpp"
#include "app/sessions/civil_time.hpp"

namespace chargemill::app {
namespace {

using runtime::journal::Journal;
using runtime::journal::JournalState;
using std::chrono::seconds;

Recording::Options options_of(const std::filesystem::path& path,
                              const network::Scenario& scenario) {
  const auto& from = scenario.journal;
  Recording::Options options;
  options.journal.chain.directory = path.string();
  options.journal.chain.segment_bytes = static_cast<std::uint64_t>(from.segment_bytes);
  options.journal.chain.retain_bytes = static_cast<std::uint64_t>(from.keep_bytes.value_or(0));
  options.journal.chain.retain_age =
      std::chrono::ceil<runtime::journal::Micros>(from.keep.value_or(Nanos{0}));
  options.journal.batch_time = from.commit_interval;
  options.journal.batch_records = from.commit_records;
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

/// The first whole second that is not before the last record.
std::int64_t next_second(std::chrono::microseconds last) {
  return std::chrono::ceil<seconds>(last).count();
}

}  // namespace

std::filesystem::path journal_path(const std::string& data, const std::filesystem::path& run) {
  if (data == "off") return {};
  if (!data.empty()) return data;
  return run.empty() ? std::filesystem::path{} : run / "journal";
}

std::filesystem::path node_journal_path(const std::string& data) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it
  const char* const home = std::getenv("HOME");
  const bool is_known = home != nullptr && *home != '\0';
  return journal_path(data, is_known ? std::filesystem::path{home} / ".chargemill" : "");
}

Result<RunJournal> open_run_journal(const std::filesystem::path& path,
                                    network::Scenario& scenario) {
  const auto begun = std::chrono::steady_clock::now();
  if (const auto fits = check_workers(scenario); !fits) return tl::unexpected(fits.error());
  auto recording = Recording::open(options_of(path, scenario));
  if (!recording) return tl::unexpected(recording.error());
  RunJournal journal;
  journal.recording = std::move(*recording);
  const auto& last = journal.recording->last_run();
  if (!last) return journal;
  if (last->run.network != network::fingerprint(network::make_topology(scenario)))
    return failure(ErrorKind::environment,
                   fmt::format("{} belongs to another network, of {} charge points in {} shards; "
                               "name another --data, or run its own scenario",
                               path.string(), last->run.points, last->run.shards));
  scenario.run.start_unix_s = next_second(last->last_time);
  scenario.drivers.initial_supplying = 0.0;
  auto image = journal.recording->restore(archive::Origin{scenario.run.start_unix_s});
  if (!image) return tl::unexpected(image.error());
  journal.image = std::move(*image);
  journal.restore_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return journal;
}

std::string continued_text(const RunJournal& journal, const std::filesystem::path& path) {
  if (!journal.image) return {};
  const auto& points = journal.image->points;
  const auto open = std::count_if(points.begin(), points.end(), [](const auto& point) {
    return point.session != SessionId::none;
  });
  std::string stamp = format_stamp(next_second(journal.recording->last_run()->last_time));
  stamp[10] = 'T';
  return fmt::format(
      "continues {}: run {} at {}Z, {} open sessions, {} unconfirmed tickets ({} records read in "
      "{:.2f} s)",
      path.string(), journal.image->run.run + 1, stamp, open, journal.image->tickets.size(),
      journal.image->records, journal.restore_s);
}

std::string news_text(const Recording::News& news) {
  switch (news.state) {
    case JournalState::working:
      return news.why.empty() ? "the journal works again"
                              : "a record was written at the second try only: " + news.why;
    case JournalState::stalled:
      return "the journal cannot be written, records wait: " + news.why;
    case JournalState::abandoned:
      return "the journal is given up, the run goes on without it: " + news.why;
  }
  return {};
}

}  // namespace chargemill::app
