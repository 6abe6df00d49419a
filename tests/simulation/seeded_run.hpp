// A run on several nodes in real time, all of it in one process: who leads and who follows, how
// shards move and who takes over are the programs themselves; etcd, what lies between the nodes,
// the time and all that goes wrong follow from a seed.
#pragma once

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/nodes/leader.hpp"
#include "app/nodes/succession.hpp"
#include "app/simulation/follower.hpp"
#include "app/simulation/host.hpp"
#include "app/simulation/inherit.hpp"
#include "tests/simulation/seeded_bond.hpp"
#include "tests/simulation/seeded_laws.hpp"
#include "tests/simulation/seeded_turns.hpp"

namespace chargemill::test {

class SeededRun final : public SeededTurns {
 public:
  explicit SeededRun(std::uint64_t seed, Plant plant = Plant::nothing)
      : SeededTurns(seed, plant),
        plan_(seed, 1, Purpose::faults),
        lasting_(plant == Plant::nothing ? lasting_of(plan_.below(24)) : Lasting::nothing) {
    at(kDisturbedFrom, [this] {
      lossy_ = chance(0.5) ? 0.3 : 0.0;
      disturb();
    });
    if (lasting_ != Lasting::nothing) at(kDisturbedFrom, [this] { begin_what_lasts(); });
  }
  // Programs look at what is here.
  ~SeededRun() override {
    for (auto& program : programs_) program.strand.reset();
  }

  /// The first broken law; empty: none was.
  std::string play() {
    // As long as it takes to stop for a silence and to sleep for three leases, and more.
    const auto longer = std::chrono::seconds{lasting_ == Lasting::nothing ? 0 : 12};
    run_until(MachineTime{kDisturbedUntil + longer});
    is_healing_ = true;
    slow_ = lossy_ = 0;
    cut_.clear();
    for (unsigned n = 0; n < programs_.size(); ++n) {
      nodes_[n].paused_until = now_;
      wake(n);
    }
    run_until(MachineTime{kCountedFrom + longer});
    if (broken_.empty()) broken_ = wrongly_gone();
    is_over_ = true;
    for (auto end = kCountedFrom; end < kEnd && !is_counted_; end += std::chrono::seconds{1})
      run_until(MachineTime{end + longer});
    if (broken_.empty() && !is_counted_ && is_anybody_there()) broken_ = "nobody has counted";
    happened_.resent = resent();
    happened_.broken_lines = broken_lines_;
    return broken_;
  }
  /// What has happened, for whoever looks for the reason.
  [[nodiscard]] const std::string& story() const noexcept { return story_; }
  [[nodiscard]] const SeededTally& happened() const noexcept { return happened_; }

 private:
  static constexpr std::chrono::seconds kDisturbedFrom{4}, kDisturbedUntil{11}, kCountedFrom{21},
      kEnd{41};
  static constexpr unsigned kStay = 2;  // nodes that no fault ends
  static constexpr Nanos kLongCut = Nanos{kLease} * 11 / 5, kLongSleep = 3 * Nanos{kLease};

  /// What goes on until somebody stops for it: of some seeds one such thing, and no other loss, so
  /// that it is known who may be gone for it.
  enum class Lasting { nothing, pair, part, sleep };
  static Lasting lasting_of(std::uint64_t chosen) {
    return chosen < 3 ? static_cast<Lasting>(chosen + 1) : Lasting::nothing;
  }

  // ---- what a node does
  [[nodiscard]] const agreement::View& view_of(unsigned n) {
    Program& here = programs_[n];
    const bool is_told = plant_ == Plant::two_leaders && here.number == 1 && has_begun_;
    if (is_told) here.seen.central = here.seen.table.owners[1];
    return here.seen;
  }
  void note(unsigned n, const std::string& text) {
    story_ += std::to_string(now_.time_since_epoch().count() / 1'000'000) + " ms n" +
              std::to_string(n) + ": " + text + "\n";
    if (text.find(" moved from ") != std::string::npos) ++happened_.moves;
    if (text.find(" did not move from ") != std::string::npos) ++happened_.refused_moves;
  }
  [[nodiscard]] std::unique_ptr<SeededPeers> peers_of(unsigned n) {
    SeededPeers::Around around;
    for (const auto& owner : programs_[n].seen.table.owners) around.names.push_back(owner.name);
    around.self = programs_[n].number;
    around.now = [this] { return now_; };
    around.wait = [this, n](Nanos time) { wait(n, time); };
    around.notice = [this, n] { notice(n); };
    around.carry = [this, n](unsigned to, Post post) {
      carry(n, index_of_name(n, to), std::move(post));
    };
    around.may_act = [this, n] { return may_act(n); };
    around.hears = [this, n](unsigned number) {
      const unsigned other = index_of_name(n, number);
      // What is heard one way only is cut: links tell both ends.
      const bool is_any_cut = is_cut(other, n) || is_cut(n, other);
      return !is_any_cut && is_there(other) && nodes_[other].paused_until <= now_;
    };
    around.give_up = [this, n](unsigned number) { give_up(n, index_of_name(n, number)); };
    return std::make_unique<SeededPeers>(std::move(around));
  }
  [[nodiscard]] unsigned index_of_name(unsigned n, unsigned number) const {
    return static_cast<unsigned>(std::stoul(programs_[n].peers->name_of(number).substr(1)));
  }
  [[nodiscard]] app::Membership membership_of(unsigned n) {
    const Program& here = programs_[n];
    app::Membership all;
    all.owners = here.seen.table.owners;
    for (const auto& owner : all.owners) all.names.push_back(owner.name);
    all.nodes.resize(all.owners.size());
    all.self = here.number;
    all.lease = kLease;
    all.outlives_losses = true;
    return all;
  }

  void live(unsigned n) override {
    Program& here = programs_[n];
    here.number = here.seen.table.number_of(nodes_[n].member->self());
    here.peers = peers_of(n);
    tick(n);
    SeededBond::Around around;
    around.view = [this, n]() -> const agreement::View& { return view_of(n); };
    around.now = [this] { return now_; };
    around.wait = [this, n](Nanos time) { wait(n, time); };
    around.wish = [this, n](agreement::Event wish) {
      at(Nanos{0},
         [this, n, life = nodes_[n].life, wish = std::move(wish)] { deliver(n, life, wish); });
    };
    around.note = [this, n](const std::string& text) { note(n, text); };
    SeededBond bond{std::move(around)};
    app::Succession succession{*here.peers, membership_of(n), bond};
    const auto scenario = seeded_scenario(static_cast<unsigned>(nodes()), options_.seed);
    if (here.number == 0) {
      lead_first(n, succession, scenario);
    } else {
      follow_others(n, succession, scenario);
    }
    note(n, "ends: " + here.peers->failure());
  }
  void lead_first(unsigned n, app::Succession& succession, const network::Scenario& scenario) {
    auto& peers = *programs_[n].peers;
    const app::RunJournal nothing{};
    app::Leader leader{peers, &succession};
    app::Host host{scenario, nothing, nullptr, &peers, &leader};
    const app::Heir heir = app::heir_of(host, peers, scenario, nothing);
    if (!leader.await_ready(std::chrono::seconds{60})) return;
    host.engine().set_horizon(SimTime{scenario.run.duration});
    host.network().fence(leader.token());
    leader.start([&host] {
      host.engine().start_clock();
      host.network().start();
    });
    leader.outlive_losses(host.topology().shards.size());
    has_begun_ = true;
    lead(n, leader, host, heir);
  }
  void follow_others(unsigned n, app::Succession& succession, const network::Scenario& scenario) {
    auto& peers = *programs_[n].peers;
    app::Successor next;
    const auto end = app::follow(scenario, peers, nullptr, {}, &succession, &next);
    if (end != app::FollowEnd::leads) return;
    app::Leader leader{peers, &succession};
    leader.follow(next.last, next.handed_on);
    leader.hear_early(next.early);
    const auto host = std::move(next.host);
    host->desk().lead(leader);
    const app::Heir heir = app::heir_of(*host, peers, next.scenario, next.journal);
    lead(n, leader, *host, heir);
  }
  /// What a run does in real time, until it is over.
  void lead(unsigned n, app::Leader& leader, app::Host& host, const app::Heir& heir) {
    ++happened_.leaders;
    note(n, "leads with token " + std::to_string(leader.token()));
    if (!tokens_.insert(leader.token()).second) broke("two lead with one token");
    programs_[n].leads = true;
    app::Looker looker{host, &leader};
    while (leader.failure().empty() && !(is_over_ && leader.is_settled())) {
      leader.attend(heir);
      (void)looker.look();
      if (programs_[n].is_asked_to_leave && leaves(n, leader, host, looker)) return;
      leader.listen(std::chrono::milliseconds{100});
    }
    if (!leader.failure().empty()) return;
    leader.end_course();
    const auto still = [&host] { return host.engine().freeze(kStep); };
    if (!leader.stand_still(still, std::chrono::seconds{10}))
      return broke("it does not stand still");
    SeededCount count;
    count.all = host.network().count();
    for (const auto& report : leader.count(std::nullopt))
      network::add(count.all.totals, report.snapshot.totals);
    looker.add_load(count.all);  // what nobody heard
    network::add_left(count.all, leader.left());
    count.is_any_lost = is_any_lost_;
    count.entities = host.network().entity_digests();
    leader.add_entities(count.entities);
    for (unsigned m = 0; m < programs_.size(); ++m) {
      if (is_there(m) && programs_[m].peers->is_holding()) count.holds = true;
    }
    if (const auto law = broken_law(count); !law.empty()) broke(law);
    happened_.add(count);
    if (std::exchange(is_counted_, true)) broke("two have counted");
    leader.finish();
  }

  /// What app::LeavingLead does for a signal. True: it has left.
  [[nodiscard]] bool leaves(unsigned n, app::Leader& leader, app::Host& host, app::Looker& looker) {
    Program& here = programs_[n];
    if (!leader.may_hand_on()) return false;
    if (!std::exchange(here.is_parting, true)) leader.want_to_leave();
    if (!leader.has_nothing()) return false;
    here.stands = true;
    network::Snapshot own = host.network().look();
    looker.add_load(own);
    const auto next = leader.hand_on(own, 0, std::chrono::seconds{5}, true);
    here.stands = next.end != app::Handing::End::stays;
    if (next.end != app::Handing::End::left) return false;
    ++happened_.handed_on;
    is_any_lost_ = true;  // what was asked of its central
    note(n, "has left: " + next.leader + " leads");
    return true;
  }

  // ---- what lasts
  void begin_what_lasts() {
    if (is_healing_) return;
    const auto count = static_cast<unsigned>(programs_.size());
    bool are_there = has_begun_;
    for (unsigned n = 0; n < count; ++n) are_there = are_there && is_there(n);
    if (!are_there) return at(std::chrono::milliseconds{100}, [this] { begin_what_lasts(); });
    const auto n = static_cast<unsigned>(plan_.below(count));
    const auto m = static_cast<unsigned>((n + 1 + plan_.below(count - 1)) % count);
    may_stop_ = {n};
    switch (lasting_) {
      case Lasting::nothing:
        return;
      case Lasting::pair:  // all others hear both
        may_stop_.insert(m);
        return cut_for_long();
      case Lasting::part:
        // Of two halves it is the one without the node that leads, which is the first.
        if (2 * 2 <= count && programs_[m].number != 0 && programs_[n].number != 0)
          may_stop_.insert(m);
        return cut_for_long();
      case Lasting::sleep:
        ++happened_.stalls;
        note(n, "sleeps for three leases");
        nodes_[n].paused_until = now_ + kLongSleep;
        return at(kLongSleep, [this, n] { wake(n); });
    }
  }
  /// One way or both.
  void cut_for_long() {
    ++happened_.cuts;
    const bool is_pair = lasting_ == Lasting::pair;
    const auto ways = plan_.below(3);
    std::vector<std::pair<unsigned, unsigned>> all;
    for (const unsigned n : may_stop_) {
      for (unsigned m = 0; m < programs_.size(); ++m) {
        if ((may_stop_.count(m) > 0) != is_pair || (is_pair && m <= n)) continue;
        if (ways != 1) all.emplace_back(n, m);
        if (ways != 2) all.emplace_back(m, n);
      }
    }
    for (const auto& [from, to] : all) {
      cut_.insert({from, to});
      lasting_cuts_.insert({from, to});
      note(from, "does not reach n" + std::to_string(to) + " for long");
    }
    at(kLongCut, [this, all] {
      lasting_cuts_.clear();
      for (const auto& way : all) cut_.erase(way);
    });
  }
  /// Who has to stop is gone, and nobody else; of a pair the links of others may leave open who.
  [[nodiscard]] std::string wrongly_gone() {
    if (may_stop_.empty()) return {};
    unsigned gone = 0;
    for (unsigned n = 0; n < programs_.size(); ++n) {
      if (is_there(n)) continue;
      ++gone;
      if (may_stop_.count(n) == 0) return "n" + std::to_string(n) + " need not have stopped";
    }
    if (lasting_ == Lasting::pair && gone == 2) return "both of a pair have stopped";
    if (lasting_ == Lasting::sleep && gone == 0) return "one that slept for three leases goes on";
    happened_.pairs_parted += lasting_ == Lasting::pair ? gone : 0;
    happened_.parts_stopped += lasting_ == Lasting::part && gone == may_stop_.size() ? 1 : 0;
    happened_.sleepers_gone += lasting_ == Lasting::sleep ? gone : 0;
    return {};
  }

  // ---- what goes wrong
  [[nodiscard]] bool may_lose(unsigned n) const {
    if (lasting_ != Lasting::nothing) return false;
    const auto stay = std::count_if(programs_.begin(), programs_.end(),
                                    [](const Program& one) { return !one.is_doomed; });
    return programs_[n].is_doomed || stay > kStay;
  }
  void disturb() {
    if (is_healing_) return;
    at(between(0.3, 2.5), [this] { disturb(); });
    const auto n = static_cast<unsigned>(random_.below(programs_.size()));
    if (!has_begun_ || !is_there(n)) return;
    switch (random_.below(7)) {
      case 0:
        if (may_lose(n)) crash(n);
        return;
      case 1:
        // Short ones add up to a lease.
        if (lasting_ == Lasting::nothing) stall(n);
        return;
      case 2:
        if (!may_lose(n)) return;
        doom(n, "is cut off from etcd");
        return cut(n, kEtcd, true, chance(0.5));
      case 3: {
        const auto m = static_cast<unsigned>(random_.below(programs_.size()));
        // One that is cut for long stays so.
        if (lasting_ != Lasting::nothing && (is_cut(n, m) || is_cut(m, n))) return;
        ++happened_.cuts;
        note(n, "does not reach n" + std::to_string(m));
        const bool is_both_ways = chance(0.5);
        cut_.insert({n, m});
        if (is_both_ways) cut_.insert({m, n});
        return at(between(0.1, 4.0), [this, n, m] {
          for (const auto& way : {std::pair{n, m}, std::pair{m, n}}) {
            if (lasting_cuts_.count(way) == 0) cut_.erase(way);  // which began after it, perhaps
          }
        });
      }
      case 4:
        etcd_.extend(now_);
        if (chance(0.3)) etcd_.compact();
        return lose_watches();
      case 5:
        slow_ = chance(0.5) ? 0.0 : 0.2;
        lossy_ = chance(0.5) ? 0.0 : 0.3;
        return;
      default:
        if (!may_lose(n)) return;
        // What one does not know to have nobody can take from it.
        if (plant_ == Plant::arrivals_kept && happened_.leavers > 0) return;
        doom(n, "wants to leave");
        ++happened_.leavers;
        if (programs_[n].leads) {
          programs_[n].is_asked_to_leave = true;
          return;
        }
        return deliver(n, nodes_[n].life, agreement::PartWith{});
    }
  }
  void doom(unsigned n, const std::string& why) {
    programs_[n].is_doomed = true;
    note(n, why);
  }
  void crash(unsigned n) {
    doom(n, "is killed");
    ++happened_.crashes;
    is_any_lost_ = true;
    nodes_[n].member.reset();
    programs_[n].is_over = true;
    programs_[n].strand.reset();
  }
  void stall(unsigned n) {
    ++happened_.stalls;
    const bool is_long = may_lose(n) && chance(0.4);
    const Nanos time = is_long ? between(4.0, 9.0) : between(0.1, 2.0);
    if (is_long) doom(n, "sleeps for long");
    note(n, "sleeps");
    nodes_[n].paused_until = std::max(nodes_[n].paused_until, now_ + time);
    at(nodes_[n].paused_until - now_, [this, n] { wake(n); });
  }

  RandomStream plan_;  // of what lasts: without that all goes as the seed alone has it
  const Lasting lasting_;
  std::set<unsigned> may_stop_;                           // for what lasts, or each of them
  std::set<std::pair<unsigned, unsigned>> lasting_cuts_;  // from whom to whom
  std::set<std::int64_t> tokens_;
  bool has_begun_ = false;
  bool is_over_ = false;
  bool is_counted_ = false;
  std::string story_;
  SeededTally happened_;
};

}  // namespace chargemill::test
