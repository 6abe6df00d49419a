// What the node that leads does about shards that move while their node lives (HANDOVER.md).
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "app/nodes/leader.hpp"

namespace chargemill::app {
namespace {

using Clock = std::chrono::steady_clock;

/// The table wants the next ones that soon once it has the last, if it wants any.
constexpr std::chrono::milliseconds kNextMax{300};
/// After so long whoever runs the node has its turn: it looks, and hears signals.
constexpr std::chrono::seconds kTurnMax{1};

}  // namespace

std::optional<std::string> Leader::ask_one(unsigned node, Word word, std::string_view rest,
                                           Deadline until) {
  const std::string question = message_of(word, next_number(), rest);
  exchange_.tell(node, question);
  auto answers = answers_to(question, only(node), until);
  if (!answers || exchange_.is_given_up(node)) return std::nullopt;
  return std::move((*answers)[node]);
}

// Four turns: all hold what is for them; their node lets them go; all have heard what they said
// before; the other node has them. Whoever dies meanwhile ends it, and they are where they were.
std::string Leader::carry(const Move& move, const Heir& here, Given& given) {
  const auto is_over = [this] {
    succession_->look();
    return !failure().empty() || !succession_->leads();
  };
  const auto are_there = [&] {
    return !exchange_.is_given_up(move.from) && !exchange_.is_given_up(move.to);
  };
  const std::string lost = "a node was lost";
  const unsigned self = exchange_.self();
  Marks marks{move, std::vector<std::uint64_t>(exchange_.nodes())};
  std::optional<std::uint64_t> own;
  const auto held = ask(Word::hold, to_bytes(move), [&] { own = here.hold(move); });
  if (!held || !are_there()) return lost;
  if (!own) return "this node does not hold what is for them";
  for (unsigned node = 0; node < held->size(); ++node) {
    if (node == self) marks.sent[node] = *own;
    if (node == self || !is_present(node)) continue;
    if ((*held)[node].size() != sizeof(std::uint64_t))
      return succession_->name_of(node) + " does not hold what is for them";
    std::memcpy(&marks.sent[node], (*held)[node].data(), sizeof(std::uint64_t));
  }
  if (move.from == self) {
    given = here.give(marks, is_over);
    note_under_way(given.moved);
  } else {
    const auto answer = ask_one(move.from, Word::give, to_bytes(marks));
    auto read = answer ? given_from(*answer, exchange_.nodes()) : std::nullopt;
    if (!read) return lost;
    given = std::move(*read);
  }
  if (given.state.empty()) return given.trouble;
  marks.sent = given.sent;
  bool has_own = false;
  const auto heard =
      ask(Word::heard, to_bytes(marks), [&] { has_own = here.hear(marks, is_over); });
  if (!heard || !are_there()) return lost;
  for (unsigned node = 0; node < heard->size(); ++node) {
    const bool is_awaited = node != self && is_present(node);
    if (node == self ? !has_own : is_awaited && (*heard)[node].empty())
      return succession_->name_of(node) + " has not heard all that they said";
  }
  Luggage luggage{move, given.at, std::move(given.state)};
  if (move.to == self)
    return here.take(std::move(luggage), is_over) ? std::string{} : "they do not fit here";
  const auto taken = ask_one(move.to, Word::take, to_bytes(luggage));
  if (!taken) return lost;
  return taken->empty() ? succession_->name_of(move.to) + " does not take them" : std::string{};
}

bool Leader::tell_where(const Heir& here, const TakeOver& order) {
  const std::string bytes = to_bytes(order);
  const bool do_all_know = ask(Word::adopt, bytes, [&] { (void)here.adopt(order); }) &&
                           ask(Word::route, bytes, [&] { here.route(order); });
  if (do_all_know) succession_->done(order);
  return do_all_know;
}

/// Where they are now their points are at home, or still on their way: then they come back once
/// more.
void Leader::pass_orders_on(const Heir& here) {
  for (const auto& order : std::exchange(returned_, {})) here.pass_on(order);
}

void Leader::attend(const Heir& here) {
  mend(here);
  if (succession_ == nullptr) return;
  tell_gap();
  pass_orders_on(here);
  welcome_one(here);
  const auto since = exchange_.now();
  while (succession_->leads() && failure().empty() && exchange_.now() - since < kTurnMax) {
    for (unsigned node = 0; node < exchange_.nodes(); ++node) {
      const bool may_leave = (succession_->empty_leavers() >> node & 1U) != 0;
      if (may_leave && is_present(node) && (parted_ >> node & 1U) == 0) part_with(node);
    }
    if (!succession_->leads()) return;  // its place has gone while others were asked
    const auto move = succession_->next_move();
    if (!move) return;
    if (move->shards.empty()) {
      if (!succession_->let_go(*move)) return;
      continue;
    }
    const auto begun = exchange_.now();
    if (!refused_.is_due(*move, begun)) return;
    refresh();  // what is counted of both nodes is as of now
    Given given;
    succession_->expect(*move);
    const std::string trouble = carry(*move, here, given);
    if (trouble.empty() && !succession_->let_go(*move)) return;
    if (!succession_->leads()) return;  // whoever does tells all where they are
    const TakeOver order = succession_->outcome();
    const bool has_moved = order.is_at(move->to, move->shards.front(), move->half);
    if (has_moved) note_moved(*move, given);
    if (!has_moved) note_under_way({});
    if (!tell_where(here, order)) return;
    refresh();
    const bool is_news = has_moved || refused_.note(*move, trouble, exchange_.now());
    if (has_moved) refused_.forget();
    if (is_news) tell_move(*move, order, begun, given, trouble);
    if (!has_moved) return;  // the next turn begins with what has happened
    // Mostly the table has named the next ones in the step that said where these are.
    if (succession_->leads() && !succession_->next_move()) succession_->await_table(kNextMax);
    pass_orders_on(here);
  }
}

void Leader::tell_move(const Move& move, const TakeOver& now, Clock::time_point begun,
                       const Given& given, const std::string& trouble) const {
  const bool has_moved = now.is_at(move.to, move.shards.front(), move.half);
  succession_->say(
      !has_moved,
      fmt::format("{} {} {} from {} to {} (epoch {}): {:.3f} s, of which {} stood still "
                  "{:.3f} s{}",
                  move.shards.size(), move.half == Half::fleet ? "fleets" : "shards",
                  has_moved ? "moved" : "did not move", succession_->name_of(move.from),
                  succession_->name_of(move.to), now.epoch,
                  std::chrono::duration<double>(exchange_.now() - begun).count(),
                  succession_->name_of(move.from), given.still_s, has_moved ? "" : ": " + trouble));
}

/// Should one of the two be lost before the next look.
void Leader::note_moved(const Move& move, const Given& given) {
  const std::lock_guard lock{mutex_};
  under_way_ = {};
  if (looks_.size() <= std::max(move.from, move.to)) return;
  looks_[move.from].snapshot.totals = given.left;
  network::add(looks_[move.to].snapshot.totals, given.moved);
}

/// This node is looked at as it is, and the others as they were: what goes from here nobody else
/// has until it is known to be there.
void Leader::note_under_way(const network::Totals& what) {
  const std::lock_guard lock{mutex_};
  under_way_ = what;
}

/// What it has counted goes with what was lost before: nothing of it is lost.
void Leader::part_with(unsigned node) {
  parted_ |= 1U << node;
  const auto answer = ask_one(node, Word::part, {});
  auto report = answer ? report_from(*answer) : std::nullopt;
  if (!report) return;
  succession_->say(false, succession_->name_of(node) + " has given all its shards away and leaves");
  const std::lock_guard lock{mutex_};
  if (node < looks_.size()) looks_[node] = std::move(*report);
}

}  // namespace chargemill::app
