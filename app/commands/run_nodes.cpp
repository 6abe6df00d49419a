#include "app/commands/run_nodes.hpp"

#include <chrono>
#include <cstdio>
#include <functional>
#include <utility>

#include "app/commands/exit_code.hpp"
#include "app/commands/node_links.hpp"
#include "app/commands/reminder.hpp"
#include "app/commands/run_joining.hpp"
#include "app/commands/run_journal.hpp"
#include "app/history/journal_set.hpp"
#include "app/nodes/words.hpp"
#include "app/simulation/follower.hpp"
#include "app/simulation/inherit.hpp"

namespace chargemill::app {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLookEvery{200};
constexpr std::chrono::seconds kMetWithin{3};  // those that etcd knows to be there

std::string names_of(const std::vector<unsigned>& nodes, const Membership& membership) {
  std::string text;
  for (const unsigned node : nodes) text += (text.empty() ? "" : ", ") + membership.names[node];
  return text;
}

/// `nodes are missing: alpha, gamma (1 of 3 met within 300 s)`
std::string missing_text(const std::vector<unsigned>& missing, const Membership& membership,
                         bool is_stopped) {
  const auto all = membership.nodes.size();
  std::string text = "nodes are missing: " + names_of(missing, membership) + " (" +
                     std::to_string(all - missing.size()) + " of " + std::to_string(all) + " met";
  if (!is_stopped) text += " within " + std::to_string(membership.meet_max.count()) + " s";
  return text + ")";
}

/// Nodes that people start one after the other, or that etcd knows: whoever is first says whom it
/// waits for, and how long yet.
void tell_whom_it_awaits(const std::vector<unsigned>& missing, const Membership& membership,
                         std::chrono::seconds left) {
  if ((!membership.is_listed && !membership.bond) || missing.empty()) return;
  std::string text;
  for (const unsigned node : missing) {
    const std::string& address = membership.nodes[node].data;
    const auto host = address.find("//");
    text += (text.empty() ? "" : ", ") + membership.names[node] + " (" +
            address.substr(host == std::string::npos ? 0 : host + 2) + ")";
  }
  (void)std::fprintf(stderr, "node %s: waiting for %s, %lld s\n",
                     membership.names[membership.self].c_str(), text.c_str(),
                     static_cast<long long>(left.count()));
}

/// `dead`, if there is one, tells which node is known to have ended: nobody waits for it.
tl::expected<std::unique_ptr<runtime::Exchange>, FollowFailure> join(
    const network::Scenario& scenario, const Membership& membership, const StopRequest* stop,
    const std::function<std::string()>& dead = {}) {
  const auto fail = [](std::string why) {
    return tl::unexpected(FollowFailure{std::move(why), false});
  };
  auto exchange = open_links(scenario, membership);
  if (!exchange) return tl::unexpected(FollowFailure{exchange.error().text, true});
  const Bound bound{membership.bond.get(), **exchange};
  const auto began = Clock::now();
  Reminder reminder{membership.bond ? began + kMetWithin : began, began + membership.meet_max};
  while (!(*exchange)->await_all(kLookEvery)) {
    const auto now = Clock::now();
    if (reminder.is_due(now))
      tell_whom_it_awaits((*exchange)->missing(), membership, reminder.left(now));
    if (const std::string what = (*exchange)->failure(); !what.empty()) {
      // Those who could not have it back may have gone before it has heard all of them.
      const std::string why = (*exchange)->obstacle();
      return fail(why.empty() ? what : why);
    }
    if (const std::string who = dead ? dead() : std::string{}; !who.empty()) return fail(who);
    const bool is_stopped = stop != nullptr && stop->signal() != 0;
    if (is_stopped || reminder.is_over(now))
      return fail(missing_text((*exchange)->missing(), membership, is_stopped));
  }
  const auto begun = (*exchange)->begin();
  if (!begun) return fail(begun.error().text);
  return std::move(*exchange);
}

/// Whom etcd knows to be lost before all have met; empty: there is none to know.
std::function<std::string()> lost_node_of(const Membership& membership) {
  if (!membership.bond) return {};
  return [bond = membership.bond.get(), owners = membership.owners] {
    return bond->lost_node(owners);
  };
}

/// Opens this node's journal and goes on from where the node that leads says: the same for all; or
/// from where it said so in a former life of this node. `scenario` is what comes of it.
tl::expected<RunJournal, FollowFailure> begin_with_others(runtime::Exchange& exchange,
                                                          const StopRequest* stop,
                                                          const std::filesystem::path& first,
                                                          network::Scenario& scenario) {
  const auto path = journal_of_node(first, exchange.self());
  RunJournal journal;
  JournalAnswer answer;
  if (!path.empty()) {
    auto opened = open_journal_of_node(path, scenario, exchange.self());
    if (opened) journal = std::move(*opened);
    journal.first = first;
    if (!opened) answer.trouble = opened.error().text;
    answer.left = left_in(journal);
  }
  for (;;) {
    const auto message = exchange.receive(kLookEvery);
    if (stop != nullptr && stop->signal() != 0) exchange.call_off("stopped by a signal");
    // The others give up because of this one's trouble: that is what ended it.
    const bool is_own = !answer.trouble.empty();
    if (!exchange.failure().empty())
      return tl::unexpected(FollowFailure{is_own ? answer.trouble : exchange.failure(), is_own});
    const auto said = message ? said_in(message->text) : std::nullopt;
    if (!said || message->node != kFirstLeader) continue;
    if (said->word == Word::journal)
      exchange.tell(kFirstLeader, message_of(said->word, said->number, to_bytes(answer)));
    if (said->word != Word::resume) continue;
    Begun begun;
    begun.records = journal.recording ? journal.recording->last_sequence() : 0;
    const auto before = plain_from<Begun>(said->rest);
    const bool is_recalled = message->is_recalled && before;
    if (is_recalled) begun = *before;
    if (const auto how = plain_from<Beginning>(said->rest)) begun.how = *how;
    if (is_recalled && journal.recording) {
      const auto repeated = journal.recording->repeat_from(begun.records);
      if (!repeated) answer.trouble = repeated.error().text;
    }
    if (begun.how.is_continued && answer.trouble.empty()) {
      const auto continued = continue_from(begun.how.from, journal, scenario, exchange.self());
      if (!continued) answer.trouble = continued.error().text;
    }
    if (begun.how.remembers && !journal.recording) journal.memory = std::make_unique<Memory>();
    if (is_recalled) {
      exchange.keep_word(message->text);
      exchange.obeyed();
      if (!answer.trouble.empty()) return tl::unexpected(FollowFailure{answer.trouble, true});
      return journal;
    }
    if (answer.trouble.empty()) {
      const std::string noted = message_of(said->word, said->number, bytes_of(begun));
      exchange.note(noted);
      exchange.keep_word(noted);
    }
    exchange.tell(kFirstLeader, message_of(said->word, said->number, answer.trouble));
    if (answer.trouble.empty()) return journal;
  }
}

Membership membership_of(unsigned self, const std::vector<runtime::NodeEndpoints>& endpoints,
                         const std::filesystem::path& recovery) {
  Membership membership;
  membership.recovery = recovery;
  membership.nodes = endpoints;
  membership.self = self;
  for (std::size_t n = 0; n < endpoints.size(); ++n)
    membership.names.push_back("node " + std::to_string(n));
  return membership;
}

}  // namespace

std::function<std::string()> trouble_of(const Membership* membership) {
  if (membership == nullptr || !membership->bond) return {};
  return [bond = membership->bond] { return bond->trouble(); };
}

int FollowFailure::exit_code() const noexcept { return is_own ? kExitEnvironment : kExitPeers; }

tl::expected<std::unique_ptr<Promotion>, FollowFailure> follow_others(
    const network::Scenario& scenario, const Membership& membership, const StopRequest* stop,
    const std::filesystem::path& journal) {
  if (membership.joins) return join_others(scenario, membership, stop, journal);
  auto exchange = join(scenario, membership, stop, lost_node_of(membership));
  if (!exchange) return tl::unexpected(exchange.error());
  auto all = std::make_unique<Promotion>();
  all->exchange = std::move(*exchange);
  all->bound = std::make_unique<Bound>(membership.bond.get(), *all->exchange);
  all->succession = succession_of(*all->exchange, membership);
  network::Scenario own = scenario;
  auto kept = begin_with_others(*all->exchange, stop, journal, own);
  if (!kept) return tl::unexpected(kept.error());
  const FollowEnd end =
      follow(own, *all->exchange, stop, std::move(*kept), all->succession.get(), &all->successor);
  return followed(end, std::move(all));
}

std::unique_ptr<RunNodes> RunNodes::lead(Promotion& promotion, const Membership& membership) {
  std::unique_ptr<RunNodes> nodes{new RunNodes};
  nodes->membership_ = membership;
  nodes->exchange_ = std::move(promotion.exchange);
  nodes->bound_ = std::move(promotion.bound);
  nodes->succession_ = std::move(promotion.succession);
  nodes->leader_ = std::make_unique<Leader>(*nodes->exchange_, nodes->succession_.get());
  Successor& with = promotion.successor;
  nodes->leader_->follow(with.last, with.handed_on);
  nodes->leader_->hear_early(with.early);
  with.host->desk().lead(*nodes->leader_);
  nodes->leader_->mend(heir_of(*with.host, *nodes->exchange_, with.scenario, with.journal));
  nodes->leader_->tell_gap();
  return nodes;
}

tl::expected<std::unique_ptr<RunNodes>, FollowFailure> RunNodes::start(
    const network::Scenario& scenario, const std::filesystem::path& journal,
    const std::filesystem::path& recovery) {
  std::unique_ptr<RunNodes> nodes{new RunNodes};
  const bool may_return = scenario.run.recover_within.has_value();
  // What becomes of a child its parent sees by its exit code, or that it is gone.
  const auto live = [&](unsigned node, const std::vector<runtime::NodeEndpoints>& endpoints,
                        const std::filesystem::path& folder) {
    const auto kept = recovery.empty() ? folder : recovery;
    const auto done =
        follow_others(scenario, membership_of(node, endpoints, kept), nullptr, journal);
    // Who has returned knows best why it cannot go on.
    if (!done && may_return)
      (void)std::fprintf(stderr, "chargemill: node %u: %s\n", node, done.error().text.c_str());
    return done ? 0 : done.error().exit_code();
  };
  auto processes = LocalNodes::start(scenario.run.nodes, may_return, live);
  if (!processes) return tl::unexpected(FollowFailure{processes.error().text, true});
  nodes->processes_ = std::move(*processes);
  const auto dead = [nodes = nodes.get()] { return nodes->look_after(); };
  nodes->membership_ = membership_of(0, nodes->processes_->endpoints(), recovery);
  auto exchange = join(scenario, nodes->membership_, nullptr, dead);
  if (!exchange) return tl::unexpected(exchange.error());
  nodes->exchange_ = std::move(*exchange);
  // Whoever waits for room on the way to one that has ended goes on, and asks who is dead.
  nodes->child_watch_ = std::make_unique<ChildWatch>(
      nodes->processes_->children(),
      [to = nodes->exchange_.get()](unsigned node) { to->let_nobody_wait(node); });
  nodes->leader_ = std::make_unique<Leader>(*nodes->exchange_, dead);
  return nodes;
}

tl::expected<std::unique_ptr<RunNodes>, FollowFailure> RunNodes::meet(
    const network::Scenario& scenario, const Membership& membership, const StopRequest& stop) {
  std::unique_ptr<RunNodes> nodes{new RunNodes};
  nodes->membership_ = membership;
  auto exchange = join(scenario, membership, &stop, lost_node_of(membership));
  if (!exchange) return tl::unexpected(exchange.error());
  nodes->exchange_ = std::move(*exchange);
  nodes->bound_ = std::make_unique<Bound>(membership.bond.get(), *nodes->exchange_);
  nodes->succession_ = succession_of(*nodes->exchange_, nodes->membership_);
  nodes->leader_ = std::make_unique<Leader>(*nodes->exchange_, nodes->succession_.get());
  return nodes;
}

int RunNodes::call_off(const std::string& why) {
  auto& exchange = leader_->exchange();
  const bool are_nodes_lost = !leader_->has_refused() && !exchange.failure().empty();
  exchange.call_off(why);
  return are_nodes_lost ? kExitPeers : kExitEnvironment;
}

// Whoever waits for a node that returns, sees at once what for.
std::string RunNodes::look_after() {
  std::string dead = processes_->dead();
  for (auto& text : processes_->take_returns()) {
    (void)std::fprintf(stderr, "chargemill: %s\n", text.c_str());
    news_.push_back(std::move(text));
  }
  return dead;
}

std::vector<std::string> RunNodes::take_news() {
  for (auto& text : leader_->take_silences()) {
    (void)std::fprintf(stderr, "chargemill: %s\n", text.c_str());
    news_.push_back(std::move(text));
  }
  return std::exchange(news_, {});
}

RunNodes::~RunNodes() {
  leader_.reset();
  succession_.reset();
  bound_.reset();
  child_watch_.reset();
  exchange_.reset();  // takes leave: children that still wait for this node end
}

}  // namespace chargemill::app
