// The turns that the nodes of a seeded run take, and what lies between them.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/runtime/agreement/simulated_cluster.hpp"
#include "tests/simulation/seeded_laws.hpp"
#include "tests/simulation/seeded_link.hpp"
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
    unsigned turns = 0;      // of its links
    bool is_doomed = false;  // it need not be there in the end
    bool is_started = false;
    bool stands = false;  // its actors do
    bool leads = false;
    bool is_asked_to_leave = false;  // while it leads
    bool is_parting = false;         // and does
    bool is_over = false;
    MachineTime begun{};        // its model time
    MachineTime links_until{};  // it is over, and delivers what it has said
    std::unique_ptr<Strand> strand;
  };
  /// From one node to another one.
  struct Line {
    SeededLink link;
    unsigned breaks = 0;  // what was on a connection before is gone
    MachineTime up_at{};  // the next one is
    MachineTime last_mail{}, last_word{};
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
    here.links_until = now_ + runtime::LinksOptions{}.leave_for;
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
    if (!is_there(n) && here.links_until <= now_) return;
    at(kStep, [this, n] { tick(n); });
    if (nodes_[n].paused_until <= now_) keep_time(n);
    if (!is_there(n)) return;
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
    Line& line = lines_[{from, to}];
    const bool is_mail = post.to != 0;
    unsigned times = 1;
    if (is_mail && plant_ == Plant::mail_twice && chance(0.05)) times = 2;
    if (is_mail && plant_ == Plant::mail_lost && chance(0.01)) return;
    if (!is_mail && plant_ == Plant::arrivals_kept)
      keep_arrivals_from(post, programs_[to].number, static_cast<unsigned>(nodes()));
    for (; times > 0; --times) line.link.post(post);
    push(from, to);
  }
  /// A connection is there, or could be at once.
  [[nodiscard]] bool is_linked(unsigned from, unsigned to) {
    const Line& line = lines_[{from, to}];
    const Program& there = programs_[to];
    const bool is_up = !is_cut(from, to) && line.up_at <= now_;
    return is_up && there.peers != nullptr && !there.is_over && !line.link.is_closed();
  }
  void push(unsigned from, unsigned to) {
    if (!is_linked(from, to)) return;
    lines_[{from, to}].link.push(now_,
                                 [&](const SeededLink::Frame& frame) { send(from, to, frame); });
  }
  [[nodiscard]] Nanos late() { return chance(slow_) ? between(0.05, 1.5) : between(0.0002, 0.01); }
  /// In order, unless it overtakes; perhaps twice, perhaps never, perhaps with all before it.
  void send(unsigned from, unsigned to, const SeededLink::Frame& frame) {
    Line& line = lines_[{from, to}];
    if (line.up_at > now_) return;  // it has broken under those before this one
    if (chance(lossy_ / 30)) return break_line(line);
    if (chance(lossy_ / 4)) return;
    MachineTime& last = frame.is_word ? line.last_word : line.last_mail;
    const MachineTime then = now_ + late();
    if (!chance(lossy_ / 4)) last = std::max(last, then);
    const auto what = [this, from, to, frame, breaks = line.breaks] {
      land(from, to, frame, breaks);
    };
    at(std::max(last, then) - now_, what);
    if (chance(lossy_ / 4)) at(late(), what);
  }
  void break_line(Line& line) {
    ++line.breaks;
    ++broken_lines_;
    line.up_at = now_ + between(0.05, 0.5);
  }
  /// What does not reach a node TCP sends again, until it gives up; one that sleeps has it when it
  /// wakes.
  void land(unsigned from, unsigned to, const SeededLink::Frame& frame, unsigned breaks) {
    Line& line = lines_[{from, to}];
    Program& there = programs_[to];
    if (line.breaks != breaks || there.is_over) return;
    const auto again = [this, from, to, frame, breaks] { land(from, to, frame, breaks); };
    if (is_cut(from, to)) {
      if (chance(0.1)) return break_line(line);
      return at(between(0.02, 0.1), again);
    }
    if (nodes_[to].paused_until > now_) {
      nodes_[to].held.emplace_back(again);
      return;
    }
    const unsigned number = programs_[from].number;
    const auto hear = [&](const Post& post) { there.peers->hear(number, post); };
    if (!line.link.land(frame, hear)) broke("a link loses, doubles or swaps what it carries");
    if (line.link.is_pressing()) say(to, from);
  }
  /// To whoever sends to `n`, how far it has come: a beat, and perhaps never.
  void say(unsigned n, unsigned to) {
    if (!is_linked(n, to)) return;
    const auto acks = lines_[{to, n}].link.say();
    if (chance(lossy_ / 4)) return;
    at(late(), [this, n, to, acks] { hear_beat(n, to, acks); });
  }
  void hear_beat(unsigned from, unsigned n, const SeededLink::Acks& acks) {
    if (is_cut(from, n)) return;
    if (nodes_[n].paused_until > now_) {
      nodes_[n].held.emplace_back([this, from, n, acks] { hear_beat(from, n, acks); });
      return;
    }
    if (!lines_[{n, from}].link.hear(acks, now_)) broke("a link has what nobody sent");
    push(n, from);
  }
  /// What the links' thread of a node does from time to time.
  void keep_time(unsigned n) {
    constexpr unsigned kTurnsABeat = 4;
    const bool is_due = programs_[n].turns++ % kTurnsABeat == 0;
    for (unsigned m = 0; m < programs_.size(); ++m) {
      if (m == n) continue;
      lines_[{n, m}].link.tick(now_);
      push(n, m);
      if (is_due || lines_[{m, n}].link.owes_an_ack()) say(n, m);
    }
  }
  /// Nothing of it is heard any more.
  void give_up(unsigned n, unsigned lost) {
    if (lost == kEtcd) return;
    lines_[{n, lost}].link.close();
    lines_[{lost, n}].link.close();
  }
  [[nodiscard]] std::uint64_t resent() const {
    std::uint64_t all = 0;
    for (const auto& [ends, line] : lines_) all += line.link.resent();
    return all;
  }

  SeededTurns(std::uint64_t seed, Plant plant)
      : SimulatedCluster({seed, 0.01, false}), plant_(plant), programs_(nodes()) {}

  /// The program.
  virtual void live(unsigned n) = 0;

  const Plant plant_;
  std::vector<Program> programs_;
  std::map<std::pair<unsigned, unsigned>, Line> lines_;
  double slow_ = 0.0;   // a share of all that is on its way
  double lossy_ = 0.0;  // how much of it goes wrong
  unsigned broken_lines_ = 0;
  bool is_any_lost_ = false;  // a node went without giving its shards away
};

}  // namespace chargemill::test
