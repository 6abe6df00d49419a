#include "app/commands/run_command.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <thread>

#include "app/commands/exit_code.hpp"
#include "app/commands/nodes_view.hpp"
#include "app/commands/run_central.hpp"
#include "app/commands/run_end.hpp"
#include "app/commands/run_events.hpp"
#include "app/commands/run_files.hpp"
#include "app/commands/run_journal.hpp"
#include "app/commands/run_nodes.hpp"
#include "app/commands/run_repeats.hpp"
#include "app/commands/run_results.hpp"
#include "app/commands/run_rows.hpp"
#include "app/commands/run_texts.hpp"
#include "app/doors/doors.hpp"
#include "app/history/journal_set.hpp"
#include "app/metrics/collector.hpp"
#include "app/output/console.hpp"
#include "app/output/digest_log.hpp"
#include "app/output/json_text.hpp"
#include "app/output/live_view.hpp"
#include "app/output/operator_signals.hpp"
#include "app/output/run_directory.hpp"
#include "app/output/run_log.hpp"
#include "app/output/terminal.hpp"
#include "app/report/series.hpp"
#include "app/scenario/load.hpp"
#include "app/scenario/resolved_toml.hpp"
#include "app/scenario/shown_keys.hpp"
#include "app/scenario/thresholds.hpp"
#include "app/simulation/journal_end.hpp"
#include "app/simulation/journal_news.hpp"
#include "app/simulation/simulation.hpp"
#include "app/summary/summary.hpp"
#include "app/version.hpp"

namespace chargemill::app {
namespace {

void say(const std::string& text) { (void)std::fputs((text + "\n").c_str(), stderr); }

bool write_out(const std::string& text) {
  const bool written = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  if (!written && errno != EPIPE) return false;
  std::clearerr(stdout);  // a reader that has seen enough is no error
  return true;
}

/// One run of a loaded scenario.
class Run {
 public:
  Run(const Loaded& loaded, const StopRequest& stop, const std::vector<std::string>& argv,
      const Membership* membership, Promotion* promotion)
      : loaded_(loaded),
        scenario_(loaded.scenario),
        stop_(stop),
        argv_(argv),
        membership_(membership),
        promotion_(promotion) {}

  /// Into `path`; empty: it leaves nothing behind. `index`: which one of --repeat. The exit code.
  int into(const std::filesystem::path& path, std::uint32_t index) {
    if (promotion_ != nullptr) go_on_leading();
    journal_path_ =
        membership_ == nullptr ? journal_path(loaded_.output.data, path) : membership_->journal;
    if (promotion_ != nullptr)
      journal_path_ = journal_.recording ? journal_.recording->directory() : std::string{};
    if (!path.empty()) {
      auto opened = open_directory(path, loaded_, argv_, journal_path_);
      if (!opened) {
        (void)fail(opened.error().text);
        return kExitEnvironment;
      }
      directory_ = std::move(*opened);
      log_ = RunLog{path / "log.ndjson"};
    }
    log_.count_in(log_counts_);
    log_.keep_in(*kept_log_);
    log_plan(log_, loaded_, argv_, membership_);
    if (const int code = promotion_ == nullptr ? start_nodes() : 0; code != 0) return code;
    // The ports first: what cannot be reached is not begun.
    if (!bind_doors() || !find_central()) return call_off();
    if (promotion_ == nullptr && !open_journal(journal_path_)) return call_off();
    if (remembers() && promotion_ == nullptr) journal_.memory = std::make_unique<Memory>();
    if (is_talkative()) say(title_of(loaded_, path, index));
    tell_addresses();
    RunOutcome outcome = watched();
    doors_ = {};
    nodes_ = {};
    close_journal(journal_, outcome);
    tell_journal_news();
    journal_ = {};  // closed before its figures are told: whoever reads them may go on with it
    auto summary = make_summary(scenario_, outcome, judge(scenario_, outcome));
    if (!outcome.has_left) summary["thresholds"] = to_json(evaluate(scenario_.thresholds, summary));
    if (const auto text = other_length_text(loaded_, summary); !text.empty())
      summary["warnings"].push_back(text);
    const int code = exit_code(summary, outcome.signal);
    log_outcome(log_, summary, code);
    if (!tell(outcome, summary)) return kExitEnvironment;
    if (loaded_.output.quiet && code != 0) say(reason_text(summary, which_run(loaded_, index)));
    return code;
  }

 private:
  [[nodiscard]] bool is_talkative() const {
    return !loaded_.output.quiet && loaded_.output.progress != "off";
  }

  /// It was led by another node until now: first of all its network goes on.
  void go_on_leading() {
    nodes_ = RunNodes::lead(*promotion_, *membership_);
    scenario_ = promotion_->successor.scenario;
    journal_ = std::move(promotion_->successor.journal);
  }

  /// Before any other thread is here. Not 0: it could not, and has said why.
  int start_nodes() {
    if (scenario_.run.nodes == 1) return 0;
    const auto recovery = directory_ ? directory_->path() / "recovery" : std::filesystem::path{};
    auto started = membership_ == nullptr ? RunNodes::start(scenario_, journal_path_, recovery)
                                          : RunNodes::meet(scenario_, *membership_, stop_);
    if (!started && !fail(started.error().text)) return started.error().exit_code();
    nodes_ = std::move(*started);
    return 0;
  }

  /// False: it could not, and has said why.
  bool bind_doors() {
    auto bound = Doors::bind(loaded_.doors);
    // A network that runs is worth more than its doors.
    if (!bound && promotion_ != nullptr && !fail(bound.error().text)) {
      DoorsSettings none;
      none.http.listen = none.tcp.listen = kDoorOff;
      bound = Doors::bind(none);
    }
    if (!bound) return fail(bound.error().text);
    doors_ = std::move(*bound);
    return true;
  }

  /// False: it is elsewhere and cannot be reached, and that has been said.
  bool find_central() {
    if (!loaded_.elsewhere.is_on()) return true;
    auto reached = reach_central(loaded_.elsewhere, scenario_);
    if (!reached) return fail(reached.error().text);
    carrier_ = std::move(*reached);
    return true;
  }

  /// What the doors tell of this run.
  [[nodiscard]] RunFacts facts(const network::Desk& desk) const {
    RunFacts facts;
    facts.is_draining = [this] { return stop_.signal() != 0; };
    facts.agreement_trouble = trouble_of(membership_);
    facts.nodes_trouble = quorum_of(nodes_.get());
    facts.series = [kept = series_] { return thinned_series(kept->text()).dump(); };
    facts.log = [kept = kept_log_] { return kept->json(); };
    facts.config = [text = json_text(config_json(loaded_))] { return text; };
    facts.metrics = [collector = std::make_shared<metrics::Collector>(
                         desk, metrics::facts_of(scenario_, desk.topology(), kVersion, kCommit),
                         journal_.recording.get(), &log_counts_,
                         [doors = doors_.get()] { return doors->figures(); },
                         view_of(nodes_.get()))] { return collector->scrape(); };
    facts.nodes = [nodes = nodes_.get(), &desk] { return node_rows(nodes, desk); };
    if (!journal_.recording) return facts;
    facts.own_journal = [recording = journal_.recording.get()] { return recording->status(); };
    facts.journal_status = [recording = journal_.recording.get(), nodes = nodes_.get()] {
      return status_of(*recording, nodes);
    };
    return facts;
  }

  void tell_addresses() const {
    for (const auto& door : doors_->addresses()) {
      log_door(log_, door);
      // Another port than everybody expects is no detail: without the line nobody would find it.
      if (!loaded_.output.quiet || !door.taken.empty()) say(address_line(door));
    }
    const auto open = open_doors_line(doors_->addresses());
    if (!loaded_.output.quiet && !open.empty()) say(open);
  }

  /// Nothing that a door has to say stops the run.
  void tell_door_news() const {
    log_agreement(log_, membership_);
    for (const auto& news : doors_->take_news()) {
      log_.write(Level::warning, "door", {{"text", news}});
      say("chargemill: " + news);
    }
  }

  /// False: it could not, and has said why.
  bool open_journal(const std::filesystem::path& path) {
    if (!path.empty()) {
      auto opened = open_journal_of_node(path, scenario_, 0);
      if (!opened) return fail(opened.error().text);
      journal_ = std::move(*opened);
      journal_.first = path;
    }
    if (!go_on()) return false;
    if (path.empty()) return true;
    const auto text = continued_text(journal_, scenario_, path);
    log_.write(Level::info, "journal", {{"path", path.string()}, {"text", text}});
    if (!text.empty() && is_talkative()) say(text);
    return true;
  }

  /// It does not begin. The exit code.
  int call_off() {
    return nodes_ == nullptr || promotion_ != nullptr ? kExitEnvironment
                                                      : nodes_->call_off(trouble_);
  }

  /// From where an earlier run has ended, if one has: all nodes from the same moment.
  bool go_on() {
    Result<std::optional<Continuation>> from = continuation_of({left_in(journal_)});
    if (nodes_ != nullptr)
      from = nodes_->leader().agree_on_beginning(left_in(journal_), remembers());
    if (!from) return fail(from.error().text);
    if (!*from) return true;
    const auto continued = continue_from(**from, journal_, scenario_);
    return continued ? true : fail(continued.error().text);
  }

  /// Without a journal what doors are asked comes from memory.
  [[nodiscard]] bool remembers() const {
    return journal_path_.empty() && !doors_->addresses().empty();
  }

  /// A journal that breaks is told at once, and the run goes on.
  void tell_journal_news() const {
    for (const auto& text : nodes_ ? nodes_->take_news() : std::vector<std::string>{})
      log_.write(Level::warning, "node", {{"text", text}});
    for (const auto& text : nodes_ ? nodes_->leader().take_news() : std::vector<std::string>{}) {
      log_.write(Level::error, "journal", {{"text", text}});
      say("chargemill: " + text);
    }
    if (!journal_.recording) return;
    for (const auto& news : journal_.recording->take_news()) {
      const bool is_well = news.why.empty();
      log_.write(is_well ? Level::info : Level::error, "journal", {{"text", news_text(news)}});
      say("chargemill: " + news_text(news));
    }
  }

  RunOutcome watched() {
    const auto& scenario = scenario_;
    LiveView view{view_mode(loaded_.output.progress, loaded_.output.quiet), stderr,
                  scenario.run.name, scenario.run.duration, scenario.run.speed.max};
    Rows rows{directory_.get(), series_, scenario.run.speed.max};
    RefusalLog refusals;
    LossLog losses;
    DigestSink digests;
    if (directory_ && scenario.run.digest_every) digests = DigestLog{directory_->path(), scenario};
    ConsoleSink console;
    if (nodes_ == nullptr && shows_consoles(loaded_.output.console, scenario))
      console = [&](const network::Topology& topology, const ConsoleNotice& notice) {
        const auto line = console_line(notice, names_of(scenario, topology));
        // Who asks for the lines gets them, with progress or without.
        if (is_talkative() || loaded_.output.console == "on") view.print(line);
        log_.write(Level::info, "console", {{"text", line}});
      };
    RunOutcome outcome = simulate(
        scenario, stop_,
        [&](const network::Snapshot& snapshot, LookKind kind) {
          log_.note_time(snapshot.sim);
          if (OperatorSignals::take_reopen()) log_.reopen();
          if (OperatorSignals::take_status()) view.status(snapshot);
          view.show(snapshot, stop_.signal());
          rows.add(snapshot, kind);
          refusals.look(log_, snapshot);
          if (const auto text = losses.look(log_, snapshot)) say("chargemill: " + *text);
          tell_journal_news();
          tell_door_news();
        },
        digests, console, journal_,
        [&](network::Desk& desk) {
          return and_then(
              doors_->open({desk, scenario, journal_path_, facts(desk), journal_.memory.get(),
                            pasts_of_others(nodes_.get(), journal_.first),
                            shards_of(nodes_.get())}),
              [this, &desk] { looked_ = last_look(desk, journal_.memory.get(), nodes_.get()); });
        },
        central_of(carrier_.get()), nodes_ == nullptr ? nullptr : &nodes_->leader(),
        promotion_ == nullptr ? nullptr : &promotion_->successor);
    tell_journal_news();
    tell_door_news();
    if (journal_.memory && journal_.memory->lost() > 0)
      log_.write(Level::warning, "memory", {{"records_lost", journal_.memory->lost()}});
    log_.note_time(outcome.last.sim);
    rows.add_last(outcome.last);
    refusals.tell(log_, outcome.last);
    view.end(outcome.last, outcome.signal);
    return outcome;
  }

  /// Shows and keeps what came of it; false: it could not, and has said why.
  bool tell(const RunOutcome& outcome, const nlohmann::ordered_json& summary) {
    const std::string text = summary_text(summary);
    const bool color = use_color(stdout, loaded_.output.color);
    if (!loaded_.output.quiet && !write_out(dressed(text, color, speaks_utf8())))
      return fail("cannot write the summary to the standard output");
    if (!directory_) return true;
    const auto states = states_json(scenario_, looked_, outcome.display, config_json(loaded_));
    const auto written = write_results(*directory_, outcome, summary, text, states, journal_path_);
    if (!written) return fail(written.error().text);
    if (!loaded_.output.quiet)
      say(fmt::format("REPORT    {}", (directory_->path() / "report.html").string()));
    return true;
  }

  [[nodiscard]] bool fail(const std::string& text) {
    trouble_ = text;
    log_.write(Level::error, "output", {{"text", text}});
    say("chargemill: " + text);
    return false;
  }

  const Loaded& loaded_;
  network::Scenario scenario_;  // the loaded one, or its continuation
  const StopRequest& stop_;
  const std::vector<std::string>& argv_;
  const Membership* const membership_;  // null: not among other machines
  Promotion* const promotion_;          // null: it begins here
  std::string trouble_;                 // what has failed last
  std::unique_ptr<RunDirectory> directory_;
  std::shared_ptr<KeptSeries> series_ = std::make_shared<KeptSeries>();
  std::unique_ptr<RunNodes> nodes_;  // null: this process is alone
  std::unique_ptr<Doors> doors_;
  std::filesystem::path journal_path_;  // empty: nothing is kept
  std::unique_ptr<Carrier> carrier_;    // null: central is here
  nlohmann::ordered_json looked_;
  RunJournal journal_;
  LogCounts log_counts_;
  std::shared_ptr<KeptLog> kept_log_ = std::make_shared<KeptLog>();
  RunLog log_;
};

}  // namespace

int run_command(const RunOptions& options, const std::vector<std::string>& argv) {
  RunOptions chosen = options;
  if (!chosen.scenario) {
    chosen.scenario = shipped_scenario("demo");
    for (const auto& note : what_joins_the_demo(chosen)) say(note);
  }
  if (!chosen.scenario) {
    say("chargemill: config/scenarios/demo.toml is neither beside the sources nor installed; name "
        "a scenario");
    return kExitEnvironment;
  }
  const auto loaded = load_for_run(chosen);
  return loaded ? run_loaded(*loaded, argv) : loaded.error();
}

// A signal ends the row.
int run_loaded(const Loaded& loaded, const std::vector<std::string>& argv,
               const Membership* membership, Promotion* promotion, const StopRequest* heard_by) {
  const OperatorSignals operator_signals;
  std::optional<StopRequest> mine;
  if (heard_by == nullptr) mine.emplace();
  const StopRequest& stop = heard_by == nullptr ? *mine : *heard_by;
  // A block that is redrawn says itself that it stops.
  stop.answer_signals(view_mode(loaded.output.progress, loaded.output.quiet) != ViewMode::block);
  std::filesystem::path path{loaded.output.dir};
  if (path == "off") {
    path.clear();
  } else if (path.empty()) {
    path = RunDirectory::fresh_path(loaded.scenario.run.name);
  }
  // A node that is started again, and leads again, has left its first part of the run there.
  if (promotion != nullptr && !path.empty()) path = RunDirectory::unused(path);
  int worst = 0;
  for (std::uint32_t i = 1; i <= loaded.output.repeat; ++i) {
    const auto own =
        path.empty() || loaded.output.repeat == 1 ? path : path / fmt::format("r{}", i);
    const int code = Run{loaded, stop, argv, membership, promotion}.into(own, i);
    worst = worse_of(worst, code);
    if (stop.signal() != 0 || stop.is_asked_to_leave()) break;
  }
  if (loaded.output.repeat == 1 || path.empty()) return worst;
  if (const auto parted = differing_repeats(path)) {
    say("chargemill: " + *parted);
    worst = worse_of(worst, kExitInvalidRun);
  }
  if (!loaded.output.quiet)
    say(fmt::format("RUNS      {}  (chargemill compare takes such a directory whole)",
                    path.string()));
  return worst;
}

}  // namespace chargemill::app
