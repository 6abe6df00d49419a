#include "app/commands/history_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <new>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/archive/past.hpp"
#include "app/cli/values.hpp"
#include "app/commands/exit_code.hpp"
#include "app/history/find_journal.hpp"
#include "app/history/history_rows.hpp"
#include "app/history/history_times.hpp"
#include "app/history/journal_set.hpp"
#include "app/history/newest_run.hpp"

namespace chargemill::app {
namespace {

using archive::Filter;
using archive::UtcMicros;

/// Of whoever names no limit (D-165).
constexpr std::size_t kRowsShown = 100;

const std::map<std::string, std::vector<std::string>>& kinds() {
  static const std::map<std::string, std::vector<std::string>> all{
      {"faults", {"FAULT", "RECOVERY"}},
      {"health", {"DISCONNECTED", "ACTIVATED", "STOPPED", "SUPPLYING", "FAULT"}},
      {"sessions", {"ACTIVE", "COMPLETED", "FAILED"}},
      {"tickets", {"OPEN", "DELIVERED"}},
      {"stats", {}}};
  return all;
}

int complain(int code, const std::string& text) {
  fmt::print(stderr, "chargemill history: {}\n", text);
  return code;
}

std::optional<ZoneId> parse_zone(const std::string& text) {
  const bool is_zone =
      text.size() >= 2 && text.size() <= 6 && text[0] == 'Z' &&
      std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const int number = is_zone ? std::stoi(text.substr(1)) : 0;
  if (number < 1 || number > 65'535) return std::nullopt;
  return ZoneId{static_cast<std::uint16_t>(number - 1)};
}

/// Which option does not go with what is asked for; empty: none.
std::string misplaced(const HistoryOptions& options) {
  const bool is_stats = options.what == "stats";
  const bool has_drivers = options.what == "sessions" || options.what == "tickets";
  if (!is_stats && options.days)
    return fmt::format("--days is of stats; {} take --since", options.what);
  if (is_stats && !(options.driver.empty() && options.zone.empty()))
    return "stats are of one charge point (--cp) or of all: no --driver, no --zone";
  if (is_stats && !options.until.empty()) return "stats end with the newest record: no --until";
  if (is_stats && options.limit) return "stats are one row: no --limit";
  if (!is_stats && !has_drivers && !options.driver.empty())
    return options.what + " have no driver: no --driver";
  return {};
}

/// What the options ask for, or why nobody can mean that.
Result<Filter> filter_of(const HistoryOptions& options, UtcMicros newest) {
  Filter filter;
  filter.point = options.point;
  filter.driver = options.driver;
  // One more than is shown by itself tells whether there are more.
  filter.limit = options.limit ? static_cast<std::uint64_t>(*options.limit) : kRowsShown + 1;
  if (!options.zone.empty()) {
    filter.zone = parse_zone(options.zone);
    if (!filter.zone)
      return failure(ErrorKind::usage, "--zone takes Z01, Z02, ..., not '" + options.zone + "'");
  }
  filter.kind = options.kind;
  std::transform(filter.kind.begin(), filter.kind.end(), filter.kind.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto& known = kinds().at(options.what);
  if (!filter.kind.empty() && std::find(known.begin(), known.end(), filter.kind) == known.end())
    return failure(ErrorKind::usage, known.empty()
                                         ? fmt::format("{} have no --kind", options.what)
                                         : fmt::format("--kind of {} is one of {}", options.what,
                                                       fmt::join(known, ", ")));
  for (const auto& [flag, text, to] : {std::tuple{"--since", &options.since, &filter.since},
                                       {"--until", &options.until, &filter.until}}) {
    if (text->empty()) continue;
    const auto time = parse_time(*text, newest);
    if (!time)
      return failure(
          ErrorKind::usage,
          fmt::format("{} takes a time like 2026-01-05T08:30:00Z or 2026-01-05T09:30+01:00, "
                      "seconds since 1970, or how long before the newest record (15m, 2h), not "
                      "'{}'",
                      flag, *text));
    *to = *time;
  }
  if (filter.since > filter.until)
    return failure(ErrorKind::usage, "--since is later than --until: nothing is in between");
  return filter;
}

/// D-175: the last so many days before the newest record, or from --since on.
UtcMicros since_of(const HistoryOptions& options, const Filter& filter, UtcMicros newest) {
  if (options.days.value_or(0.0) <= 0) return filter.since;
  const std::chrono::duration<double> days{*options.days * 86'400.0};
  return std::max(filter.since, newest - std::chrono::duration_cast<UtcMicros>(days));
}

Result<RowSource> rows_of(archive::Past& history, const HistoryOptions& options,
                          const Filter& filter, UtcMicros newest) {
  const auto printed = [](auto rows) -> Result<RowSource> {
    if (!rows) return tl::unexpected(rows.error());
    return to_rows(std::move(*rows));
  };
  if (options.what == "faults") return printed(history.faults(filter));
  if (options.what == "health") return printed(history.health(filter));
  if (options.what == "sessions") return printed(history.sessions(filter));
  if (options.what == "tickets") return printed(history.tickets(filter));
  return printed(history.statistics(filter.point, since_of(options, filter, newest)));
}

/// To the standard output, as long as somebody reads it.
bool print(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
}

/// The journal has something of `whom`, a charge point or a zone, be it nothing of what was asked
/// for.
bool has_any_of(archive::Past& history, Filter whom) {
  whom.limit = 1;
  // What cannot be read is nobody's absence.
  const auto is_there = [&](const auto& rows) {
    return !rows || !rows->empty() || history.looked_back_to();
  };
  return is_there(history.health(whom)) || is_there(history.faults(whom)) ||
         is_there(history.sessions(whom)) || is_there(history.tickets(whom));
}

/// The same of a driver. A journal that keeps so many bytes may have a ticket, and its session no
/// more.
bool has_driver(archive::Past& history, const std::string& driver) {
  Filter filter;
  filter.driver = driver;
  filter.limit = 1;
  const auto sessions = history.sessions(filter);
  if (!sessions || !sessions->empty() || history.looked_back_to()) return true;
  const auto tickets = history.tickets(filter);
  return !tickets || !tickets->empty();
}

/// Why there is nothing to show, if that is because nobody has such a name; empty: it is not.
std::string unknown_name(archive::Past& history, const HistoryOptions& options,
                         const Filter& filter) {
  const auto no_such = [](const char* what, const std::string& name) {
    return fmt::format("no such {} in this journal: '{}'", what, name);
  };
  Filter whom;
  whom.point = options.point;
  if (!options.point.empty() && !has_any_of(history, whom))
    return no_such("charge point", options.point);
  if (!options.driver.empty() && !has_driver(history, options.driver))
    return no_such("driver", options.driver);
  whom = {};
  whom.zone = filter.zone;
  if (filter.zone && !has_any_of(history, whom)) return no_such("zone", options.zone);
  return {};
}

/// How far a look came that was given up, and how somebody comes further.
std::string given_up(UtcMicros reached) {
  return fmt::format(
      "only what was recorded since {0} was looked at: --until {0} shows what is older, and with "
      "--cp or --driver there is less to look at",
      time_text(reached));
}

/// Says which one it reads if nobody named it, and it is not what that somebody would expect.
Result<std::vector<std::filesystem::path>> journals_meant(const HistoryOptions& options) {
  if (!options.data.empty()) return find_journals(options.data);
  auto newest = find_newest_run("runs");
  if (!newest) return tl::unexpected(newest.error());
  if (!newest->remark.empty()) (void)complain(0, newest->remark);
  return std::move(newest->journals);
}

int show_history(const HistoryOptions& options) {
  if (const auto why = misplaced(options); !why.empty()) return complain(kExitUsage, why);
  const auto paths = journals_meant(options);
  if (!paths) return complain(kExitEnvironment, paths.error().text);
  const auto journals = read_journals(*paths);
  if (!journals) return complain(kExitEnvironment, journals.error().text);
  std::optional<UtcMicros> now;
  if (!options.since.empty() || !options.until.empty() || options.days) {
    const auto newest = newest_time(*paths);
    if (!newest) return complain(kExitEnvironment, newest.error().text);
    now = *newest;
  }
  const UtcMicros end = now.value_or(UtcMicros{});
  const auto filter = filter_of(options, end);
  if (!filter) return complain(kExitUsage, filter.error().text);
  auto rows = rows_of(**journals, options, *filter, end);
  if (!rows) return complain(kExitEnvironment, rows.error().text);
  const auto reached = (*journals)->looked_back_to();
  const bool has_more = !options.limit && rows->count > kRowsShown;
  if (has_more) rows->count = kRowsShown;
  print_rows(*rows, options.format, print,
             ::isatty(STDOUT_FILENO) == 1 ? Audience::terminal : Audience::program);
  if (reached) (void)complain(0, given_up(*reached));
  if (has_more)
    return complain(0, fmt::format("these are the newest {}, there are more: --limit N shows N, "
                                   "--until T older ones",
                                   kRowsShown));
  if (reached) return 0;
  const bool is_silent = rows->count == 0 || options.what == "stats";
  if (!is_silent) return 0;
  auto why = unknown_name(**journals, options, *filter);
  if (why.empty() && now && filter->since > *now)
    why = "the newest record is of " + time_text(*now);
  return why.empty() ? 0 : complain(0, why);
}

}  // namespace

void add_history_options(CLI::App& app, HistoryOptions& options) {
  app.add_option("WHAT", options.what, "faults, health, sessions, tickets or stats")
      ->required()
      ->check(one_of({"faults", "health", "sessions", "tickets", "stats"}));
  app.add_option("--cp", options.point, "only this charge point")->type_name("ID");
  app.add_option("--driver", options.driver, "only this driver (sessions, tickets)")
      ->type_name("ID");
  app.add_option("--zone", options.zone, "only this zone")->type_name("Z");
  app.add_option("--kind", options.kind, "only FAULT, SUPPLYING, ACTIVE, DELIVERED ...")
      ->type_name("K");
  app.add_option("--since", options.since,
                 "a time, or so long before the newest record; sessions: by start")
      ->type_name("T");
  app.add_option("--until", options.until, "likewise")->type_name("T");
  app.add_option("--days", options.days, "stats: of the last so many days; 0: of all")
      ->check(number_in(0, 36'500))
      ->type_name("N");
  app.add_option("--limit", options.limit, "at most so many rows, the newest [100]")
      ->check(whole_in(0, 1'000'000'000'000))
      ->type_name("N");
  app.add_option("--format", options.format, "table, json or csv [table]")
      ->check(one_of({"table", "json", "csv"}));
  app.add_option("--data", options.data, "a data or run directory, or several [the newest run]")
      ->check(not_empty())
      ->type_name("DIR");
}

int history_command(const HistoryOptions& options) {
  try {
    return show_history(options);
  } catch (const std::bad_alloc&) {
    return complain(kExitEnvironment,
                    "not enough memory for so many rows: name a smaller --limit, or a --since and "
                    "an --until");
  }
}

}  // namespace chargemill::app
