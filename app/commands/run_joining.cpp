#include "app/commands/run_joining.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "actors/network/division.hpp"
#include "app/commands/node_links.hpp"
#include "app/commands/reminder.hpp"
#include "app/commands/run_journal.hpp"
#include "app/history/journal_set.hpp"

namespace chargemill::app {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLookEvery{50};

void tell_that_it_waits(const Membership& membership, std::chrono::seconds left) {
  (void)std::fprintf(stderr, "node %s: waiting for whoever leads to let it join, %lld s\n",
                     membership.names[membership.self].c_str(),
                     static_cast<long long>(left.count()));
}

/// What whoever leads says first; none: it says that the run is over. Fails if nobody says anything
/// within the time that a node waits for others, or there is nobody left.
tl::expected<std::optional<Invited>, FollowFailure> await_invitation(runtime::Exchange& exchange,
                                                                     Succession& succession,
                                                                     const Membership& membership,
                                                                     std::size_t shards,
                                                                     const StopRequest* stop) {
  const auto began = Clock::now();
  Reminder reminder{began + Reminder::kEvery, began + membership.meet_max};
  for (;;) {
    const auto message = exchange.receive(kLookEvery);
    if (stop != nullptr && stop->signal() != 0) exchange.abandon("stopped by a signal");
    if (const auto why = succession.look_from_outside(); !why.empty()) exchange.abandon(why);
    const auto now = Clock::now();
    if (reminder.is_due(now)) tell_that_it_waits(membership, reminder.left(now));
    if (reminder.is_over(now)) exchange.abandon("nobody lets it join");
    if (!exchange.failure().empty()) return tl::unexpected(FollowFailure{exchange.failure()});
    const auto said = message ? said_in(message->text) : std::nullopt;
    if (said && said->word == Word::finish) return std::optional<Invited>{};
    if (!said || said->word != Word::join) continue;
    auto what = invitation_from(said->rest, exchange.nodes(), shards);
    // Who leads may be known here later than it speaks.
    if (what && what->token >= succession.token())
      return Invited{message->node, said->number, std::move(*what)};
  }
}

/// Why this node cannot join; else its journal, and `scenario` as all have begun.
tl::expected<RunJournal, std::string> begin_among_others(const Invited& invited, unsigned self,
                                                         const std::filesystem::path& first,
                                                         network::Scenario& scenario) {
  const auto& roles = invited.what.roles;
  if (!roles.empty() && roles.size() != scenario.run.nodes)
    return tl::unexpected(fmt::format("the others began as {} nodes, and it expects {}",
                                      roles.size(), scenario.run.nodes));
  scenario.run.roles = roles;  // part of what a journal is of
  const auto path = journal_of_node(first, self);
  RunJournal journal;
  if (!path.empty()) {
    auto opened = open_journal_of_node(path, scenario, self);
    if (!opened) return tl::unexpected(opened.error().text);
    journal = std::move(*opened);
    journal.first = first;
  }
  auto trouble = join_run(invited.what.beginning, journal, scenario);
  if (!trouble.empty()) return tl::unexpected(std::move(trouble));
  return journal;
}

}  // namespace

tl::expected<std::unique_ptr<Promotion>, FollowFailure> followed(FollowEnd end,
                                                                 std::unique_ptr<Promotion> all) {
  if (end == FollowEnd::done) return std::unique_ptr<Promotion>{};
  if (end == FollowEnd::leads) return all;
  const auto why = all->exchange->failure();
  return tl::unexpected(FollowFailure{why.empty() ? "stopped" : why});
}

tl::expected<std::unique_ptr<Promotion>, FollowFailure> join_others(
    const network::Scenario& scenario, const Membership& membership, const StopRequest* stop,
    const std::filesystem::path& journal) {
  auto exchange = open_links(scenario, membership);
  if (!exchange) return tl::unexpected(FollowFailure{exchange.error().text, true});
  auto all = std::make_unique<Promotion>();
  all->exchange = std::move(*exchange);
  all->bound = std::make_unique<Bound>(membership.bond.get(), *all->exchange);
  all->succession = succession_of(*all->exchange, membership);
  all->exchange->outlive_losses();  // others may come and go before it is one of them
  const auto invited = await_invitation(*all->exchange, *all->succession, membership,
                                        network::shards_of(scenario), stop);
  if (!invited) return tl::unexpected(invited.error());
  if (!*invited) return followed(FollowEnd::done, std::move(all));
  network::Scenario own = scenario;
  auto kept = begin_among_others(**invited, membership.self, journal, own);
  if (!kept) {
    all->exchange->tell((*invited)->by, message_of(Word::join, (*invited)->number, kept.error()));
    return tl::unexpected(FollowFailure{kept.error(), true});
  }
  const FollowEnd end = follow(own, *all->exchange, stop, std::move(*kept), all->succession.get(),
                               &all->successor, &**invited);
  return followed(end, std::move(all));
}

}  // namespace chargemill::app
