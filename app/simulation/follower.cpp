#include "app/simulation/follower.hpp"

#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "app/history/history_desk.hpp"
#include "app/nodes/node_report.hpp"
#include "app/nodes/past_words.hpp"
#include "app/nodes/words.hpp"
#include "app/simulation/host.hpp"
#include "app/simulation/journal_news.hpp"
#include "app/simulation/resident_memory.hpp"

namespace chargemill::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr unsigned kLeader = 0;
constexpr seconds kStandstillMax{5};
constexpr seconds kReturnsMax{24 * 3'600};
constexpr seconds kFreezeMax{30};
constexpr milliseconds kLookEvery{100};

template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

class Follower {
 public:
  Follower(const network::Scenario& scenario, runtime::Exchange& exchange, RunJournal journal)
      : exchange_(exchange),
        journal_(std::move(journal)),
        is_virtual_(scenario.run.speed.max),
        rss_before_(resident_bytes_of_nothing()),
        host_(scenario, journal_, nullptr, &exchange),
        history_(journal_.recording ? journal_.recording->directory() : std::string{},
                 journal_.memory.get()) {
    if (is_virtual_) return;  // the node that leads lets all workers meet
    (void)host_.engine().freeze(kFreezeMax);
    host_.engine().thaw();
    host_.engine().set_horizon(SimTime{scenario.run.duration});
  }

  bool run(const StopRequest* stop) {
    exchange_.tell(kLeader, message_of(Word::ready, 0));
    for (;;) {
      const auto message = exchange_.receive(kLookEvery);
      if (stop != nullptr && stop->signal() != 0) exchange_.abandon("stopped by a signal");
      if (!exchange_.failure().empty()) return false;
      if (!message || message->node != kLeader) continue;
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
      if (moves_actors(said->word) && !is_known(*said)) exchange_.note(message->text);
      exchange_.tell(kLeader, message_of(said->word, said->number, obey(*said)));
      if (said->word == Word::finish) return true;
    }
  }

 private:
  static bool moves_actors(Word word) {
    return word == Word::start || word == Word::halt || word == Word::close;
  }
  /// It has been obeyed, perhaps in a former life, and the answer was lost.
  [[nodiscard]] bool is_known(const Said& said) const { return said.number <= last_obeyed_; }
  std::string obey(const Said& said) {
    if (!moves_actors(said.word)) return answer(said);
    if (is_known(said)) return {};
    last_obeyed_ = said.number;
    return answer(said);
  }

  std::string answer(const Said& said) {
    switch (said.word) {
      case Word::start:
        host_.engine().start_clock();
        host_.network().start();
        looker_.emplace(host_);
        cpu_before_ = cpu_seconds();
        return {};
      case Word::look:
        return to_bytes(look());
      case Word::halt:
        host_.network().halt();
        return {};
      case Word::freeze:
        return std::string{bytes_of(freeze())};
      case Word::count:
        return to_bytes(count(said.rest));
      case Word::write:
        return std::string{bytes_of(write(said.rest))};
      case Word::close:
        if (is_virtual_) (void)await_standstill();
        if (journal_.recording) host_.network().close_recording();
        return {};
      case Word::entities:
        return to_bytes(host_.network().entity_digests());
      case Word::finish:
        exchange_.expect_leaving();
        exchange_.forget();
        return {};
      case Word::ready:
      case Word::copy:
      case Word::order:
      case Word::past:
      case Word::journal:
      case Word::resume:
        break;
    }
    return {};
  }

  /// For those outside who ask the node that leads.
  void serve(const Said& said) {
    if (said.word == Word::past) return tell_past(said);
    network::CopyWanted wanted;
    network::Order order;
    if (said.word == Word::order && said.rest.size() == sizeof order) {
      std::memcpy(static_cast<void*>(&order), said.rest.data(), sizeof order);
      return host_.desk().obey(order);
    }
    if (said.rest.size() == sizeof wanted)
      std::memcpy(static_cast<void*>(&wanted), said.rest.data(), sizeof wanted);
    const auto answer = [this, number = said.number](const std::string& copies) {
      exchange_.tell(kLeader, message_of(Word::copy, number, copies));
    };
    if (!is_virtual_) return host_.desk().copy_here(wanted, answer);
    (void)await_standstill();
    answer(host_.desk().copy_here(wanted));
  }

  /// A disk holds up nobody but those who ask.
  void tell_past(const Said& said) {
    const auto tell = [this, number = said.number](const std::string& answer) {
      exchange_.tell(kLeader, message_of(Word::past, number, answer));
    };
    const auto question = past_question_from(said.rest);
    const bool is_asked =
        question && history_.has_past() &&
        history_.ask([tell, question = *question](const Result<archive::Past*>& past) {
          tell(past ? answer_of(**past, question) : answer_of(past.error()));
        });
    if (!is_asked)
      tell(answer_of(Error{ErrorKind::environment, "a node keeps nothing, or too many ask it"}));
  }

  NodeReport look() {
    NodeReport report;
    report.snapshot = looker_ ? looker_->look() : host_.network().look();
    report.failure = host_.network().failure();
    report.detail = host_.network().detail();
    report.incarnation = static_cast<std::uint32_t>(exchange_.incarnation());
    report.cpu_s = cpu_seconds() - cpu_before_;
    report.rss_bytes = resident_bytes();
    report.journal = outcome_of(journal_.recording.get());
    if (!journal_.recording) return report;
    for (const auto& news : journal_.recording->take_news())
      report.journal_news += news_text(news) + "\n";
    return report;
  }

  /// Virtual time: the node that leads has ended it, and the workers here are about to hear so.
  bool await_standstill() {
    // Who has returned may have to wait for another one that does.
    const auto deadline =
        std::chrono::steady_clock::now() + (exchange_.may_return() ? kReturnsMax : kStandstillMax);
    while (!host_.engine().await_pause(kLookEvery)) {
      if (!exchange_.failure().empty() || std::chrono::steady_clock::now() > deadline) return false;
    }
    return true;
  }

  Written write(std::string_view patience) {
    Nanos wait{0};
    if (patience.size() == sizeof wait)
      std::memcpy(static_cast<void*>(&wait), patience.data(), sizeof wait);
    if (is_virtual_) (void)await_standstill();
    return write_down(journal_.recording.get(), wait);
  }

  Standstill freeze() {
    Standstill standstill;
    standstill.is_still = host_.engine().freeze(kStandstillMax);
    standstill.sent = exchange_.sent();
    standstill.received = exchange_.received();
    return standstill;
  }

  /// Requires that time stands still, by freeze() or because the node that leads has stopped it.
  NodeReport count(std::string_view at) {
    NodeReport report;
    if (looker_) report.worker_busy = looker_->busy();
    report.is_quiet = is_virtual_ ? await_standstill() : host_.engine().freeze(kStandstillMax);
    SimTime time{};
    if (at.size() == sizeof time) {
      std::memcpy(&time, at.data(), sizeof time);
      report.snapshot = host_.network().count(time);
    } else {
      report.snapshot = host_.network().count();
    }
    if (looker_) looker_->add_load(report.snapshot);
    report.failure = host_.network().failure();
    const auto survived = host_.network().survived_failures();
    report.survived_failures = survived.count;
    report.first_survived = survived.first;
    if (is_virtual_) report.digest = network::sum_of(host_.network().entity_digests());
    report.display = shown_here(host_.network());
    report.journal = outcome_of(journal_.recording.get());
    report.cpu_s = cpu_seconds() - cpu_before_;
    report.rss_bytes = resident_bytes();
    report.network_bytes = report.rss_bytes - rss_before_;
    return report;
  }

  runtime::Exchange& exchange_;
  const RunJournal journal_;
  const bool is_virtual_;
  const std::int64_t rss_before_;
  Host host_;
  HistoryDesk history_;  // its thread ends first
  std::optional<Looker> looker_;
  double cpu_before_ = 0.0;
  std::uint32_t last_obeyed_ = 0;  // the number of the last word that moves actors
};

}  // namespace

bool follow(const network::Scenario& scenario, runtime::Exchange& exchange, const StopRequest* stop,
            RunJournal journal) {
  return Follower{scenario, exchange, std::move(journal)}.run(stop);
}

}  // namespace chargemill::app
