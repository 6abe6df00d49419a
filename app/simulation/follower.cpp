#include "app/simulation/follower.hpp"

#include <chrono>
#include <mutex>
#include <optional>
#include <utility>

#include "app/nodes/words.hpp"
#include "app/simulation/early_words.hpp"
#include "app/simulation/host.hpp"
#include "app/simulation/inherit.hpp"
#include "app/simulation/journal_end.hpp"
#include "app/simulation/move_words.hpp"
#include "app/simulation/node_says.hpp"
#include "app/simulation/past_answer.hpp"
#include "app/simulation/resident_memory.hpp"
#include "runtime/saved/reader.hpp"
#include "runtime/saved/writer.hpp"

namespace chargemill::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kReturnsMax{24 * 3'600};
constexpr seconds kFlushMax{5};  // of a node that leaves
constexpr seconds kFreezeMax{30};
constexpr seconds kPartMax{60};  // whoever stops a node waits longer than that (systemd: 90 s)
constexpr milliseconds kLookEvery{50};

class Follower {
 public:
  Follower(const network::Scenario& scenario, runtime::Peers& exchange, RunJournal journal,
           Succession* succession, const Invited* invited)
      : exchange_(exchange),
        succession_(succession),
        invited_(invited),
        leader_(invited == nullptr ? 0 : invited->by),
        scenario_(scenario),
        journal_(std::move(journal)),
        is_virtual_(scenario.run.speed.max),
        held_before_(anonymous_bytes_of_nothing()),
        host_(built()),
        history_(std::make_unique<HistoryDesk>(
            journal_.recording ? journal_.recording->directory() : std::string{},
            journal_.memory.get(), HistoryDesk::Others{},
            succession_ == nullptr ? HistoryDesk::Shards::stay : HistoryDesk::Shards::may_move)),
        heir_(heir_of(*host_, exchange, scenario_, journal_)) {
    if (succession_ != nullptr && invited_ == nullptr)
      succession_->begin(host_->topology().shards.size());
    if (exchange_.may_return()) exchange_.save_by([this] { return save(); });
    if (is_virtual_) return;  // the node that leads lets all workers meet
    (void)host_->engine().freeze(kFreezeMax);
    host_->engine().thaw();
    host_->engine().set_horizon(SimTime{scenario.run.duration});
  }
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;
  ~Follower() { exchange_.save_by(nullptr); }

  FollowEnd run(const StopRequest* stop) {
    const auto ready =
        invited_ == nullptr ? message_of(Word::ready, 0) : message_of(Word::join, invited_->number);
    exchange_.tell(leader_, ready);
    for (;;) {
      const auto message = next();
      if (!exchange_.failure().empty()) return FollowEnd::failed;
      const bool leads = looks_who_leads() && succession_->leads();
      if (!leads && stop != nullptr && stop->signal() != 0) part();
      if (!exchange_.failure().empty()) return FollowEnd::failed;
      if (leads && message) early_.keep(*message);
      if (leads) return FollowEnd::leads;  // and leaves as one that leads, if it was asked to
      if (!message || message->node != leader_) continue;
      if (message->is_state) {
        if (!load(message->text))
          exchange_.abandon("this node's state is not one of this scenario");
        exchange_.obeyed();
        continue;
      }
      const auto said = said_in(message->text);
      if (!said) continue;
      if (said->word == Word::copy || said->word == Word::order || said->word == Word::past) {
        serve(*said);
        continue;
      }
      if (message->is_recalled) {
        (void)obey(*said);
        exchange_.obeyed();
        continue;
      }
      // What is posted to actors and what is written of it go into one state, or into none.
      std::unique_lock<std::mutex> saving;
      if (moves_actors(said->word)) saving = exchange_.hold_saving();
      if (moves_actors(said->word) && !is_known(*said)) exchange_.note(message->text);
      exchange_.tell(leader_, message_of(said->word, said->number, obey(*said)));
      if (said->word == Word::part) leave();
      if (said->word == Word::finish) return FollowEnd::done;
    }
  }

  /// All that goes with the lead. Nothing is left to do here afterwards.
  [[nodiscard]] Successor hand_on() {
    Successor successor;
    successor.scenario = scenario_;
    successor.last = last_;
    successor.handed_on = std::move(handed_on_);
    successor.early = early_.take_all(exchange_.self());
    successor.cpu_before = cpu_before_;
    successor.held_before = held_before_;
    history_.reset();  // it reads from what goes
    successor.host = std::move(host_);
    successor.journal = std::move(journal_);
    return successor;
  }

 private:
  static bool moves_actors(Word word) {
    return word == Word::start || word == Word::halt || word == Word::close;
  }
  /// It has been obeyed, perhaps in a former life, and the answer was lost. A leader that takes
  /// over, in real time, counts anew.
  [[nodiscard]] bool is_known(const Said& said) const {
    return exchange_.may_return() && said.number <= last_obeyed_;
  }
  std::string obey(const Said& said) {
    if (!moves_actors(said.word)) return answer(said);
    if (is_known(said)) return {};
    last_obeyed_ = said.number;
    return answer(said);
  }

  /// What the node that leads says next, if it does within a moment.
  std::optional<runtime::Peers::Message> next() {
    if (auto early = early_.next(leader_)) return early;
    auto message = exchange_.receive(kLookEvery);
    if (message && succession_ != nullptr && succession_->hears(message->text)) return std::nullopt;
    if (!message || message->node == leader_) return message;
    if (succession_ != nullptr) early_.keep(std::move(*message));
    return std::nullopt;
  }

  /// Once the run has begun for it; before, whoever is lost ends it, unless it joins.
  bool looks_who_leads() {
    if (succession_ == nullptr || !(looker_ || invited_ != nullptr)) return false;
    if (looker_) {
      succession_->look();
    } else if (const auto why = succession_->look_from_outside(); !why.empty()) {
      exchange_.abandon(why);
    }
    if (succession_->central() != kNoNode) leader_ = succession_->central();
    return looker_.has_value();
  }

  /// Others have its shards first, if they can; whoever leads sees to that, once somebody does.
  void part() {
    const auto now = exchange_.now();
    if (!parting_since_) parting_since_ = now;
    if (!looker_ || succession_ == nullptr || now - *parting_since_ > kPartMax) return leave();
    if (has_asked_ || succession_->central() == kNoNode) return;
    has_asked_ = succession_->part();
    if (!has_asked_) leave();
  }

  /// Where others take over, they find all in the journal that was promised.
  void leave() {
    if (succession_ != nullptr && looker_ && journal_.recording) {
      (void)host_->engine().freeze(kStandstillMax);
      (void)journal_.recording->flush(kFlushMax);
    }
    if (succession_ == nullptr) return exchange_.call_off("stopped by a signal");
    exchange_.abandon("stopped by a signal");  // the others go on
  }

  [[nodiscard]] std::unique_ptr<Host> built() {
    network::Route joins;
    if (invited_ != nullptr) joins = route_of(invited_->what.where);
    return std::make_unique<Host>(scenario_, journal_, nullptr, &exchange_, nullptr,
                                  invited_ == nullptr ? nullptr : &joins);
  }

  void start(SimTime at) {
    host_->engine().start_clock(at);
    host_->network().start();
    looker_.emplace(*host_);
    cpu_before_ = cpu_seconds();
    if (succession_ != nullptr) exchange_.outlive_losses();
  }

  /// Whether it leads if etcd says so: whoever leads now leaves.
  bool is_named(std::string_view rest) {
    auto said = handed_on_from(rest, exchange_.nodes());
    if (succession_ == nullptr || parting_since_ || !looker_ || !said) return false;
    if (said->token < succession_->token()) return false;
    handed_on_ = std::move(said);
    return true;
  }

  void is_not_named() {
    handed_on_.reset();
    for (const auto& text : early_.take_for_the_lead()) exchange_.tell(leader_, text);
  }

  /// It is one of the others now. Another leader, who does not know that, may say so again.
  bool enter(std::string_view rest) {
    if (invited_ == nullptr) return false;
    const auto entry = entry_from(rest, exchange_.nodes(), host_->topology().shards.size());
    if (!entry || entry->where.token < succession_->token()) return false;
    succession_->enter(entry->where);
    heir_.route(entry->where);
    if (!looker_) start(entry->now);
    return true;
  }

  std::string answer(const Said& said) {
    switch (said.word) {
      case Word::start:
        return start(SimTime{}), std::string{};
      case Word::invite:
        if (succession_ == nullptr) return {};
        return answer_to_arrival(said, exchange_.nodes(), *succession_);
      case Word::enter:
        return enter(said.rest) ? std::string(1, '\1') : std::string{};
      case Word::hold:
      case Word::give:
      case Word::heard:
      case Word::take:
        if (succession_ == nullptr) return {};
        return answer_to_move(said, host_->hand_over(), exchange_, *succession_);
      case Word::lead:
        return is_named(said.rest) ? std::string(1, '\1') : std::string{};
      case Word::part:
        return to_bytes(look());
      case Word::look:
        if (auto says = leader_says_from(said.rest)) last_ = std::move(*says);
        is_not_named();  // whoever leads has not left, or somebody else leads
        return to_bytes(look());
      case Word::adopt:
      case Word::route:
        return succession_ == nullptr ? std::string{} : change_hands(said);
      case Word::hurry:
        return hurry(journal_.recording.get()), std::string{};
      case Word::halt:
        return host_->network().halt(), std::string{};
      case Word::freeze:
        return bytes_of(standstill_of(*host_, exchange_, succession_));
      case Word::count:
        return to_bytes(count(said.rest));
      case Word::write:
        if (is_virtual_) (void)await_standstill();
        return bytes_of(write_down(journal_.recording.get(), patience_in(said.rest)));
      case Word::close:
        if (is_virtual_) (void)await_standstill();
        if (journal_.recording) host_->network().close_recording(time_in(said.rest));
        return {};
      case Word::entities:
        return to_bytes(host_->network().entity_digests());
      case Word::finish:
        exchange_.expect_leaving();
        exchange_.forget();
        return {};
      case Word::ready:
      case Word::silence:
      case Word::join:
      case Word::copy:
      case Word::order:
      case Word::past:
      case Word::journal:
      case Word::resume:
        break;
    }
    return {};
  }

  /// What this node is, at a meeting: whoever returns in its place goes on from there.
  Result<std::vector<std::byte>> save() {
    auto network = host_->network().save();
    if (!network) return network;
    Recording::Mark mark;
    if (journal_.recording) {
      const auto written = journal_.recording->mark(kFlushMax);
      if (!written) return tl::unexpected<Error>(written.error());
      mark = *written;
    }
    runtime::saved::Writer v;
    v(last_obeyed_, looker_.has_value(), mark, *network);
    return v.take();
  }
  [[nodiscard]] bool load(const std::string& state) {
    runtime::saved::Reader v{reinterpret_cast<const std::byte*>(state.data()), state.size()};
    bool has_started = false;
    Recording::Mark mark;
    std::vector<std::byte> network;
    v(last_obeyed_, has_started, mark, network);
    if (!v.is_exhausted() || !host_->network().load(network.data(), network.size())) return false;
    if (journal_.recording && !journal_.recording->repeat_from(mark)) return false;
    if (!has_started) return true;
    host_->engine().start_clock();
    looker_.emplace(*host_);
    cpu_before_ = cpu_seconds();
    return true;
  }

  std::string change_hands(const Said& said) {
    const auto order = take_over_from(said.rest, exchange_.nodes(), succession_->shards());
    // One that this node would know better, or that is about itself, is of a central no more.
    if (!order || order->has_lost(exchange_.self()) || order->token < succession_->token())
      return {};
    if (handed_on_ && order->token > handed_on_->token) is_not_named();  // but another one
    if (said.word == Word::adopt) return to_bytes(heir_.adopt(*order));
    heir_.route(*order);
    succession_->done(*order);
    return {};
  }

  /// For those outside who ask the node that leads.
  void serve(const Said& said) {
    const auto answer = [&exchange = exchange_, to = leader_, word = said.word,
                         number = said.number](const std::string& text) {
      // This node may lead before it is called. A leader that is busy may hear that there is none.
      exchange.tell_bulk(to, message_of(word, number, text), kHeadBytes);
    };
    if (said.word == Word::past) return answer_of(*history_, said.rest, answer);
    const bool is_order = said.word == Word::order;
    if (is_order && is_obeyed(said, host_->desk())) return;
    // Of a point that has moved: whoever leads knows where to, or soon will; who has left does not.
    std::string back = is_order ? message_of(said.word, said.number, said.rest) : std::string{};
    if (is_order && !handed_on_) return exchange_.tell(leader_, back);
    if (is_order) return early_.keep_for_the_lead(std::move(back));
    const auto wanted = plain_from<network::CopyWanted>(said.rest).value_or(network::CopyWanted{});
    if (!is_virtual_) return host_->desk().copy_here(wanted, answer);
    (void)await_standstill();
    answer(host_->desk().copy_here(wanted));
  }

  NodeReport look() {
    NodeReport report = look_of(*host_, looker_ ? &*looker_ : nullptr, journal_);
    report.incarnation = static_cast<std::uint32_t>(exchange_.incarnation());
    report.cpu_s = cpu_seconds() - cpu_before_;
    return report;
  }

  /// Virtual time: the node that leads has ended it, and the workers here are about to hear so.
  bool await_standstill() {
    // Who has returned may have to wait for another one that does.
    const auto deadline = exchange_.now() + (exchange_.may_return() ? kReturnsMax : kStandstillMax);
    while (!host_->engine().await_pause(kLookEvery)) {
      if (!exchange_.failure().empty() || exchange_.now() > deadline) return false;
    }
    return true;
  }

  /// Requires that time stands still, by freeze() or because the node that leads has stopped it.
  NodeReport count(std::string_view at) {
    std::vector<double> busy;
    if (looker_) busy = looker_->busy();
    const bool is_quiet = is_virtual_ ? await_standstill() : host_->engine().freeze(kStandstillMax);
    NodeReport report = count_of(*host_, looker_ ? &*looker_ : nullptr, journal_, time_in(at));
    report.worker_busy = std::move(busy);
    report.is_quiet = is_quiet;
    if (is_virtual_) report.digest = network::sum_of(host_->network().entity_digests());
    report.cpu_s = cpu_seconds() - cpu_before_;
    report.network_bytes = resident_memory().anonymous - held_before_;
    return report;
  }

  runtime::Peers& exchange_;
  Succession* const succession_;  // null: who is lost ends the run
  const Invited* const invited_;  // null: it begins with the others
  unsigned leader_;
  EarlyWords early_;
  const network::Scenario scenario_;
  RunJournal journal_;
  const JournalEnd journal_end_{journal_, exchange_};  // once host_ has gone
  const bool is_virtual_;
  const std::int64_t held_before_;
  std::unique_ptr<Host> host_;
  std::unique_ptr<HistoryDesk> history_;  // its thread ends first
  Heir heir_;
  LeaderSays last_;
  std::optional<HandedOn> handed_on_;  // to this node; none: it has not been named
  std::optional<Looker> looker_;
  std::optional<std::chrono::steady_clock::time_point> parting_since_;  // none: it stays
  bool has_asked_ = false;  // for others to have its shards
  double cpu_before_ = 0.0;
  std::uint32_t last_obeyed_ = 0;  // the number of the last word that moves actors
};

}  // namespace

FollowEnd follow(const network::Scenario& scenario, runtime::Peers& exchange,
                 const StopRequest* stop, RunJournal journal, Succession* succession,
                 Successor* leads, const Invited* invited) {
  Follower follower{scenario, exchange, std::move(journal), succession, invited};
  const FollowEnd end = follower.run(stop);
  if (end == FollowEnd::leads) *leads = follower.hand_on();
  return end;
}

}  // namespace chargemill::app
