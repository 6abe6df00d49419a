// How things stand on all nodes: what the node that leads shows while the run goes on.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "app/nodes/leader.hpp"
#include "runtime/cluster/links.hpp"

namespace chargemill::app {
namespace {

std::string silence_text(const runtime::Peers& exchange, unsigned node, bool outlives_losses) {
  const auto whole = [](Nanos time) {
    return std::chrono::floor<std::chrono::seconds>(time).count();
  };
  const auto so_long = whole(exchange.lost_after());
  return fmt::format("{} has been silent for {} s; {}", exchange.name_of(node),
                     whole(runtime::LinksOptions{}.suspect_after),
                     outlives_losses         ? "etcd decides whether others take over"
                     : exchange.may_return() ? fmt::format("it may return within {} s", so_long)
                                             : fmt::format("after {} s the run ends", so_long));
}

/// Its beginning, of so many bytes at most; no character is cut in two.
std::string_view beginning_of(std::string_view line, std::size_t bytes_max) {
  if (line.size() <= bytes_max) return line;
  const auto is_inside = [&](std::size_t at) {
    return (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80U;  // UTF-8
  };
  constexpr std::size_t kInsideMax = 3;
  std::size_t bytes = bytes_max;
  while (bytes + kInsideMax > bytes_max && is_inside(bytes)) --bytes;
  return line.substr(0, bytes);
}

}  // namespace

void Leader::note_own(NodeReport report) {
  report.incarnation = static_cast<std::uint32_t>(exchange_.incarnation());
  const std::lock_guard lock{mutex_};
  looks_.resize(exchange_.nodes());
  looks_[exchange_.self()] = std::move(report);
}

void Leader::refresh() {
  network::Snapshot own;
  {
    // The others hear it: whoever follows this node has nothing else of it.
    const std::lock_guard lock{mutex_};
    if (exchange_.self() < looks_.size()) own = looks_[exchange_.self()].snapshot;
  }
  add_looks(own, Whom::heard);
}

std::vector<NodeReport> Leader::last_looks() const {
  const std::lock_guard lock{mutex_};
  return looks_;
}

network::Snapshot Leader::look() const {
  const std::lock_guard lock{mutex_};
  network::Snapshot sum;
  sum.sim = SimTime::max();  // adding takes the least
  for (unsigned node = 0; node < looks_.size(); ++node) {
    if (node == exchange_.self() || !is_present(node)) continue;
    // Of a silent one no time is known.
    if (is_silent(node)) network::add_left(sum, looks_[node].snapshot);
    if (!is_silent(node)) network::add(sum, looks_[node].snapshot);
  }
  network::add_left(sum, left_);
  network::add(sum.totals, under_way_);
  return sum;
}

network::Detail Leader::detail() const {
  const std::lock_guard lock{mutex_};
  network::Detail sum;
  for (unsigned node = 0; node < looks_.size(); ++node) {
    if (node != exchange_.self() && is_present(node)) network::add(sum, looks_[node].detail);
  }
  return sum;
}

// Whoever is silent, or does not answer any more, counts as it was seen last: what only grows does
// not shrink. Of its time nothing is known.
void Leader::add_looks(network::Snapshot& snapshot, Whom whom) {
  const std::string question = message_of(Word::look, next_number(), to_bytes(says(snapshot)));
  auto asked = others();
  owe_look_.resize(asked.size());
  for (unsigned node = 0; node < asked.size(); ++node) {
    // A silent one answers what waits for it already, once it is heard: more would only wait too.
    if (whom == Whom::heard && is_silent(node) && owe_look_[node]) asked[node] = false;
    owe_look_[node] = owe_look_[node] || asked[node];
    if (asked[node] && failure().empty()) exchange_.tell(node, question);
  }
  const auto answers = answers_to(question, std::move(asked), std::nullopt, whom);
  note_silence();
  if (answers) note_losses();
  std::vector<std::optional<NodeReport>> looks(exchange_.nodes());
  for (unsigned node = 0; answers && node < looks.size(); ++node) {
    looks[node] = report_from((*answers)[node]);
    if (!looks[node]) continue;
    owe_look_[node] = false;
    network::add(snapshot, looks[node]->snapshot);
    if (actor_failure_.empty()) actor_failure_ = looks[node]->failure;
    note_news(node, looks[node]->journal_news);
  }
  const std::lock_guard lock{mutex_};
  network::add_left(snapshot, left_);
  looks_.resize(looks.size());
  for (unsigned node = 0; node < looks.size(); ++node) {
    if (node == exchange_.self()) continue;
    if (looks[node]) {
      looks_[node] = std::move(*looks[node]);
    } else if (is_present(node)) {
      network::add_left(snapshot, looks_[node].snapshot);
    } else if (answers) {
      looks_[node] = {};
    }
  }
}

/// Of each once that it is silent, and once that it is heard again.
void Leader::note_silence() {
  are_silent_.resize(exchange_.nodes());
  for (unsigned node = 0; node < are_silent_.size(); ++node) {
    if (node == exchange_.self()) continue;
    // Whoever comes to its place later has not been silent.
    if (!is_present(node)) are_silent_[node] = false;
    if (!is_present(node)) continue;
    const bool is_heard = exchange_.state_of(node) == runtime::PeerState::alive;
    if (is_silent(node) && !are_silent_[node]) {
      silences_.push_back(silence_text(exchange_, node, succession_ != nullptr));
      are_silent_[node] = true;
    } else if (is_heard && are_silent_[node]) {
      silences_.push_back(exchange_.name_of(node) + " is heard again");
      are_silent_[node] = false;
    }
  }
}

// Nobody waited for it, as its node was silent. How things stood there the next look says; but what
// was new it says only once.
void Leader::hear_late_look(unsigned node, std::string_view bytes) {
  if (!is_present(node)) return;
  owe_look_.resize(exchange_.nodes());
  owe_look_[node] = false;
  if (const auto report = report_from(bytes)) note_news(node, report->journal_news);
}

// Whoever takes them may be late, or never come: the first ones say what went wrong.
void Leader::note_news(unsigned node, std::string_view lines) {
  for (std::size_t from = 0; from < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', from), lines.size());
    if (news_.size() < kNewsMax) {
      const auto text = beginning_of(lines.substr(from, end - from), kNewsBytesMax);
      news_.push_back((exchange_.name_of(node) + ": ").append(text));
    } else {
      ++news_left_out_;
    }
    from = end + 1;
  }
}

std::vector<std::string> Leader::take_news() {
  auto news = std::exchange(news_, {});
  const auto left_out = std::exchange(news_left_out_, 0);
  if (left_out > 0) news.push_back("and " + std::to_string(left_out) + " more that nobody kept");
  return news;
}

}  // namespace chargemill::app
