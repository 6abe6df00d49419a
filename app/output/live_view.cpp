#include "app/output/live_view.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "app/output/terminal.hpp"
#include "app/simulation/resident_memory.hpp"
#include "app/simulation/stop_request.hpp"

namespace chargemill::app {
namespace {

constexpr double kSaturated = 0.95;
constexpr std::chrono::milliseconds kRedrawEvery{95};

double seconds(Nanos d) { return static_cast<double>(d.count()) / 1e9; }
double p99_ms(const runtime::LatencyHistogram& h) {
  return static_cast<double>(h.quantile(0.99).count()) / 1e6;
}
std::uint64_t shown(const network::Snapshot& s, DisplayState state) {
  return s.totals.display[static_cast<std::size_t>(state)];
}
/// Three digits or more, and no powers of ten.
std::string figure(double x) {
  return x < 1'000.0 ? fmt::format("{:.3g}", x) : fmt::format("{:.0f}", x);
}
std::string clock_text(double s) {
  const auto whole = static_cast<std::uint64_t>(s);
  return fmt::format("{:02}:{:02}:{:02}", whole / 3'600, whole / 60 % 60, whole % 60);
}

}  // namespace

ViewMode view_mode(const std::string& progress, bool quiet) {
  if (quiet || progress == "off") return ViewMode::off;
  if (progress == "tty") return ViewMode::block;
  if (progress == "plain") return ViewMode::lines;
  const char* const term = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): before any thread
  const bool redraws =
      isatty(STDERR_FILENO) == 1 && term != nullptr && std::strcmp(term, "dumb") != 0;
  return redraws ? ViewMode::block : ViewMode::lines;
}

void LiveView::show(const network::Snapshot& s, int signal) {
  if (mode_ == ViewMode::off) return;
  measure_rates(s);
  if (mode_ == ViewMode::block) {
    if (s.wall < next_block_) return;
    next_block_ = s.wall + kRedrawEvery;
    return redraw(s, signal);
  }
  if (s.wall < next_line_) return;
  line(s);
  next_line_ = s.wall < std::chrono::minutes{1} ? next_line_ + std::chrono::seconds{1}
                                                : s.wall + std::chrono::seconds{10};
}

void LiveView::print(const std::string& line) {
  erase();
  (void)std::fputs((line + "\n").c_str(), out_);
}

void LiveView::erase() {
  if (drawn_lines_ > 0) (void)std::fputs(fmt::format("\x1b[{}A\x1b[J", drawn_lines_).c_str(), out_);
  drawn_lines_ = 0;
  next_block_ = Nanos{0};  // the block comes back at the next look
}

void LiveView::end(const network::Snapshot& last, int signal) {
  if (mode_ == ViewMode::block) redraw(last, signal);
  (void)std::fflush(out_);
}

void LiveView::measure_rates(const network::Snapshot& s) {
  if (s.wall - rated_at_ < std::chrono::milliseconds{900}) return;
  const double passed = seconds(s.wall - rated_at_);
  messages_per_s_ = static_cast<double>(s.totals.messages_delivered - rated_messages_) / passed;
  speed_ = seconds(s.sim - rated_sim_) / passed;
  rated_at_ = s.wall;
  rated_sim_ = s.sim;
  rated_messages_ = s.totals.messages_delivered;
}

void LiveView::status(const network::Snapshot& s) {
  erase();
  line(s);
  (void)std::fflush(out_);
}

void LiveView::line(const network::Snapshot& s) {
  const auto& t = s.totals;
  const std::string text = fmt::format(
      "sim={:.1f}s wall={:.1f}s activated={} supplying={} stopped={} fault={} disconnected={} "
      "requests={} denied={} sessions={} faults={} breakers_opened={} messages_per_s={:.0f} "
      "decision_p99_ms={:.3f} lateness_p99_ms={:.3f}\n",
      seconds(s.sim.time_since_epoch()), seconds(s.wall), shown(s, DisplayState::activated),
      shown(s, DisplayState::supplying), shown(s, DisplayState::stopped),
      shown(s, DisplayState::broken), shown(s, DisplayState::disconnected), t.requests_sent,
      t.requests_denied, t.sessions_started, t.faults_raised, t.breaker_opened, messages_per_s_,
      p99_ms(s.latencies.request_decision), p99_ms(s.latencies.tick_lateness));
  (void)std::fputs(text.c_str(), out_);
}

std::vector<std::string> LiveView::block(const network::Snapshot& s, int signal) const {
  constexpr int kBar = 24;
  const double sim = seconds(s.sim.time_since_epoch());
  const double share = std::clamp(sim / std::max(1e-9, seconds(duration_)), 0.0, 1.0);
  const int full = static_cast<int>(share * kBar);
  const auto& t = s.totals;
  const double left = seconds(duration_) - sim;
  std::vector<std::string> lines{
      fmt::format("{}  [{}{}] {:3.0f} %  sim {} / {}{}", scenario_,
                  std::string(static_cast<std::size_t>(full), '#'),
                  std::string(static_cast<std::size_t>(kBar - full), '.'), share * 100.0,
                  clock_text(sim), clock_text(seconds(duration_)),
                  speed_ > 0 && left > 0 ? fmt::format("  speed {}x  ETA {}", figure(speed_),
                                                       clock_text(left / speed_))
                                         : std::string{}),
      fmt::format("  activated {}  supplying {}  stopped {}  fault {}  disconnected {}",
                  shown(s, DisplayState::activated), shown(s, DisplayState::supplying),
                  shown(s, DisplayState::stopped), shown(s, DisplayState::broken),
                  shown(s, DisplayState::disconnected)),
      fmt::format("  requests {}  denied {}  sessions {}  faults {}  breakers opened {}",
                  t.requests_sent, t.requests_denied, t.sessions_started, t.faults_raised,
                  t.breaker_opened),
      fmt::format("  messages/s {:.0f}  decision p99 {:.2f} ms  lateness p99 {:.2f} ms  "
                  "mailbox max {}  rss {:.2f} GiB",
                  messages_per_s_, p99_ms(s.latencies.request_decision),
                  p99_ms(s.latencies.tick_lateness), t.mailbox_depth_max,
                  static_cast<double>(resident_bytes()) / 0x1p30)};
  const auto busy = std::count_if(s.worker_busy.begin(), s.worker_busy.end(),
                                  [](double b) { return b > kSaturated; });
  if (signal != 0) {
    lines.push_back(fmt::format("  {}", stopping_text(signal)));
  } else if (busy > 0 && !may_saturate_) {
    lines.push_back(
        fmt::format("  ! {} of {} workers are busy all the time", busy, s.worker_busy.size()));
  } else {
    lines.emplace_back();
  }
  return lines;
}

void LiveView::redraw(const network::Snapshot& s, int signal) {
  const unsigned width = columns(out_);
  std::string text;
  if (drawn_lines_ > 0) text += fmt::format("\x1b[{}A", drawn_lines_);
  const auto lines = block(s, signal);
  for (const auto& line : lines) text += "\x1b[2K" + fitted(line, width) + "\n";
  drawn_lines_ = lines.size();
  (void)std::fputs(text.c_str(), out_);
  (void)std::fflush(out_);
}

}  // namespace chargemill::app
