// The turns that the nodes of a seeded run take, and what lies between them.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/runtime/agreement/simulated_cluster.hpp"
#include "tests/simulation/seeded_laws.hpp"
#include "tests/simulation/seeded_peers.hpp"
#include "tests/support/strand.hpp"

namespace chargemill::test {

/// Each node has a Member, as SimulatedCluster lets it live, and a program beside it once the table
/// gives it a number. A node that is gone does not come back.
class SeededTurns : public SimulatedCluster {
 public:
  /// What is wrong with what lies between the nodes, so that a law is broken.
  enum class Plant {
    nothing,
    mail_twice,     ///< links carry some of what actors say twice
    mail_lost,      ///< or not at all
    two_leaders,    ///< etcd tells one node that it leads, too
    arrivals_kept,  ///< who gets shards is not told that it has them
  };

 protected:
  static constexpr Nanos kStep = std::chrono::milliseconds{50};

  /// What runs on a node.
  struct Program {
    agreement::View seen;
    std::unique_ptr<SeededPeers> peers;
    unsigned number = 0;
    unsigned wakes = 0;
    bool is_doomed = false;  // it need not be there in the end
    bool is_started = false;
    bool stands = false;  // its actors do
    bool leads = false;
    bool is_asked_to_leave = false;  // while it leads
    bool is_parting = false;         // and does
    bool is_over = false;
    MachineTime begun{};  // its model time
    std::unique_ptr<Strand> strand;
  };
  /// All that is on its way from one node to another one.
  struct Way {
    std::deque<Post> mail;
    std::deque<std::pair<Post, std::uint64_t>> words;  // and how much mail was sent before it
    std::uint64_t sent = 0, carried = 0;
    MachineTime last{};
  };

  // ---- the agreement
  void set(agreement::MemberOptions& options) const override {
    options.course = agreement::Course::heirs;
    options.expected = static_cast<unsigned>(nodes());
    options.shards = kSeededShards;
  }
  [[nodiscard]] bool may_start(unsigned n) const override { return programs_[n].peers == nullptr; }
  [[nodiscard]] bool lets_go_by_itself() const override { return false; }
  void stepped(unsigned n) override {
    Program& here = programs_[n];
    const auto& view = nodes_[n].member->view();
    if (here.seen.revision != view.revision) here.seen = view;
    const auto number = view.table.number_of(nodes_[n].member->self());
    if (here.strand || here.is_over || number == agreement::ShardTable::kNobody) return notice(n);
    here.strand = std::make_unique<Strand>([this, n] { live(n); });
    notice(n);
  }
  [[nodiscard]] bool may_act(unsigned n) const {
    return nodes_[n].member && nodes_[n].member->may_act(clock_of(nodes_[n]));
  }
  [[nodiscard]] bool is_there(unsigned n) const {
    return programs_[n].strand != nullptr && !programs_[n].is_over;
  }
  [[nodiscard]] bool is_anybody_there() const {
    for (unsigned n = 0; n < programs_.size(); ++n) {
      if (is_there(n)) return true;
    }
    return false;
  }

  // ---- its turns
  /// There is something that it may wait for.
  void notice(unsigned n) {
    at(Nanos{0}, [this, n, wake = programs_[n].wakes] { go_on(n, wake); });
  }
  void go_on(unsigned n, unsigned wake) {
    Program& here = programs_[n];
    if (!is_there(n) || here.wakes != wake) return;
    if (nodes_[n].paused_until > now_) {
      nodes_[n].held.emplace_back([this, n, wake] { go_on(n, wake); });
      return;
    }
    ++here.wakes;
    here.strand->go_on();
    if (here.strand->is_over()) end_program(n);
  }
  /// Of a program: so long at most.
  void wait(unsigned n, Nanos time) {
    Program& here = programs_[n];
    at(time, [this, n, wake = here.wakes] { go_on(n, wake); });
    here.strand->wait();
  }
  void end_program(unsigned n) {
    Program& here = programs_[n];
    here.is_over = true;
    const std::string why = here.peers->failure();
    if (!why.empty() && why != "stopped by a signal") is_any_lost_ = true;
    if (!nodes_[n].member) return;
    for (const auto& action : nodes_[n].member->on(agreement::Leave{}, clock_of(nodes_[n]))) {
      if (const auto* const ask = std::get_if<agreement::Ask>(&action)) perform(n, *ask);
    }
    nodes_[n].member.reset();
  }
  void tick(unsigned n) {
    Program& here = programs_[n];
    if (!is_there(n)) return;
    at(kStep, [this, n] { tick(n); });
    auto* const engine = here.peers->engine();
    if (engine == nullptr || !engine->model_clock().started()) return;
    if (nodes_[n].paused_until > now_ || here.stands || !may_act(n)) return;
    if (!std::exchange(here.is_started, true)) here.begun = now_;
    const SimTime until{now_ - here.begun};
    const SimTime reached = engine->model_clock().target({});
    if (until > reached) engine->pass(until - reached);
  }

  // ---- what lies between them
  void carry(unsigned from, unsigned to, Post post) {
    if (to == kEtcd) return;
    Way& way = ways_[{from, to}];
    const bool is_mail = post.to != 0;
    unsigned times = 1;
    if (is_mail && plant_ == Plant::mail_twice && chance(0.05)) times = 2;
    if (is_mail && plant_ == Plant::mail_lost && chance(0.01)) return;
    if (!is_mail && plant_ == Plant::arrivals_kept)
      keep_arrivals_from(post, programs_[to].number, static_cast<unsigned>(nodes()));
    for (; times > 0; --times) {
      if (!is_mail) way.words.emplace_back(post, way.sent);
      if (is_mail) way.mail.push_back(post);
      if (is_mail) ++way.sent;
    }
    const Nanos late = chance(slow_) ? between(0.05, 1.5) : between(0.0002, 0.01);
    way.last = std::max(way.last, now_ + late);
    at(way.last - now_, [this, from, to, until = way.sent, words = way.words.size()] {
      arrive(from, to, until, words);
    });
  }
  /// Nothing is lost for long: what could not come is sent again, in order. Words come behind the
  /// mail that was sent before them, and mail may overtake words.
  void arrive(unsigned from, unsigned to, std::uint64_t until, std::size_t words) {
    Way& way = ways_[{from, to}];
    Program& there = programs_[to];
    if (is_cut(from, to) || nodes_[to].paused_until > now_ || !there.peers) {
      at(between(0.02, 0.1), [this, from, to, until, words] { arrive(from, to, until, words); });
      return;
    }
    if (there.is_over) return;
    const unsigned number = programs_[from].number;
    while (!way.mail.empty() && way.carried < until) {
      ++way.carried;
      const Post post = std::move(way.mail.front());
      way.mail.pop_front();
      there.peers->hear(number, post);
    }
    for (; words > 0 && !way.words.empty() && way.words.front().second <= way.carried; --words) {
      const Post post = std::move(way.words.front().first);
      way.words.pop_front();
      there.peers->hear(number, post);
    }
  }
  /// Nothing of it is heard any more.
  void give_up(unsigned n, unsigned lost) {
    if (lost == kEtcd) return;
    for (const auto& pair : {std::pair{n, lost}, std::pair{lost, n}}) {
      Way& way = ways_[pair];
      way.carried += way.mail.size();
      way.mail.clear();
      way.words.clear();
    }
  }

  SeededTurns(std::uint64_t seed, Plant plant)
      : SimulatedCluster({seed, 0.01, false}), plant_(plant), programs_(nodes()) {}

  /// The program.
  virtual void live(unsigned n) = 0;

  const Plant plant_;
  std::vector<Program> programs_;
  std::map<std::pair<unsigned, unsigned>, Way> ways_;
  double slow_ = 0.0;         // a share of all that is on its way
  bool is_any_lost_ = false;  // a node went without giving its shards away
};

}  // namespace chargemill::test
