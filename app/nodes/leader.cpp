#include "app/nodes/leader.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "app/nodes/order_words.hpp"

namespace chargemill::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kLookEvery{100};
// Longer than any answer takes; a node that is lost is known long before.
constexpr seconds kPatience{120};
// And longer than a node that has returned takes to live through its windows again.
constexpr seconds kPatienceWithReturns{24 * 3'600};

}  // namespace

Leader::Leader(runtime::Peers& exchange, std::function<std::string()> dead)
    : exchange_(exchange), dead_(std::move(dead)) {}

std::string Leader::failure() {
  const std::string dead = dead_ ? dead_() : std::string{};
  if (!dead.empty()) exchange_.abandon(dead);
  return exchange_.failure();
}

Result<std::optional<Continuation>> Leader::agree_on_beginning(
    const std::optional<LeftBehind>& here, bool remembers) {
  std::vector<std::optional<LeftBehind>> left(exchange_.nodes());
  left[exchange_.self()] = here;
  const auto refuse = [this](unsigned node, const std::string& why) {
    const std::string text = exchange_.name_of(node) + ": " + why;
    exchange_.call_off(text);
    has_refused_ = true;
    return chargemill::failure(ErrorKind::environment, text);
  };
  const auto said = ask(Word::journal);
  for (unsigned node = 0; said && node < left.size(); ++node) {
    if (node == exchange_.self() || !is_present(node)) continue;
    const auto answer = journal_answer_from((*said)[node]);
    if (!answer) return refuse(node, "cannot say what its journal holds");
    if (!answer->trouble.empty()) return refuse(node, answer->trouble);
    left[node] = answer->left;
  }
  const auto from = continuation_of(left);
  const Beginning beginning{from.value_or(Continuation{}), from.has_value(), remembers};
  const auto done = ask(Word::resume, bytes_of(beginning));
  if (!said || !done) return tl::unexpected(Error{ErrorKind::environment, exchange_.failure()});
  for (unsigned node = 0; node < done->size(); ++node) {
    if (!(*done)[node].empty()) return refuse(node, (*done)[node]);
  }
  return from;
}

bool Leader::await_ready(Nanos patience) {
  const auto deadline = exchange_.now() + patience;
  are_ready_.resize(exchange_.nodes());
  are_ready_[exchange_.self()] = true;
  const auto are_all = [this] {
    for (unsigned node = 0; node < are_ready_.size(); ++node) {
      if (is_present(node) && !are_ready_[node]) return false;
    }
    return true;
  };
  while (!are_all() && failure().empty() && exchange_.now() < deadline) {
    if (const auto message = exchange_.receive(kLookEvery)) hear(*message);
  }
  return are_all();
}

std::uint32_t Leader::next_number() noexcept {
  return asked_.fetch_add(1, std::memory_order_relaxed) + 1;  // relaxed: only that none comes twice
}

std::optional<Leader::Answers> Leader::ask(Word word, std::string_view rest,
                                           const std::function<void()>& meanwhile) {
  const std::string question = message_of(word, next_number(), rest);
  if (failure().empty()) tell_others(question);
  if (meanwhile) meanwhile();
  return answers_to(question, others());
}

void Leader::tell_others(std::string_view text) {
  for (unsigned node = 0; node < exchange_.nodes(); ++node) {
    if (node != exchange_.self() && is_present(node)) exchange_.tell(node, text);
  }
}

std::optional<unsigned> Leader::first_of(const std::vector<bool>& awaited, Whom whom) const {
  for (unsigned node = 0; node < awaited.size(); ++node) {
    if (!awaited[node] || exchange_.is_given_up(node)) continue;
    if (whom == Whom::all || !is_silent(node)) return node;
  }
  return std::nullopt;
}

std::vector<bool> Leader::others() const {
  std::vector<bool> all(exchange_.nodes());
  for (unsigned node = 0; node < all.size(); ++node)
    all[node] = node != exchange_.self() && is_present(node);
  return all;
}

std::vector<bool> Leader::only(unsigned node) const {
  std::vector<bool> one(exchange_.nodes());
  one[node] = true;
  return one;
}

std::optional<Leader::Answers> Leader::answers_to(const std::string& question,
                                                  std::vector<bool> awaited, Deadline until,
                                                  Whom whom) {
  Answers answers(exchange_.nodes());
  const auto posed = said_in(question);
  const auto deadline =
      exchange_.now() + (exchange_.may_return() ? kPatienceWithReturns : kPatience);
  while (const auto silent = first_of(awaited, whom)) {
    if (succession_ != nullptr) succession_->look();
    if (!failure().empty() || (until && exchange_.now() > *until)) return std::nullopt;
    const auto message = exchange_.receive(kLookEvery);
    if (exchange_.now() > deadline)
      exchange_.abandon(exchange_.name_of(*silent) + " does not answer");
    if (!message) continue;
    if (message->has_returned && awaited[message->node]) exchange_.tell(message->node, question);
    const auto said = said_in(message->text);
    if (!said || said->word != posed->word || said->number != posed->number) {
      hear(*message);
      continue;
    }
    answers[message->node] = said->rest;
    awaited[message->node] = false;
  }
  return answers;
}

void Leader::hear(const runtime::Peers::Message& message) {
  if (succession_ != nullptr && succession_->hears(message.text)) return;
  if (message.has_returned) pose_again(message.node);
  const auto said = said_in(message.text);
  if (!said) return;
  if (said->word == Word::ready) {
    are_ready_.resize(exchange_.nodes());
    are_ready_[message.node] = true;
  }
  if (said->word == Word::join && guest_ && said->number == guest_->invited)
    guest_->trouble = std::string{said->rest};
  if (said->word == Word::look) hear_late_look(message.node, said->rest);
  hear(*said);
}

/// What it was asked by those outside, it was asked in a former life.
void Leader::pose_again(unsigned node) {
  std::vector<std::string> questions;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [number, waiting] : waiting_) {
      if (waiting.node == node) questions.push_back(waiting.question);
    }
  }
  for (const auto& question : questions) exchange_.tell(node, question);
}

// What nobody here has asked just now: that a node is ready, which may be before others have said
// how they begin; an answer that somebody outside waits for; or one that came too late.
void Leader::hear(const Said& said) {
  const auto order = said.word == Word::order ? order_from(said.rest) : std::nullopt;
  if (order) returned_.push_back(*order);  // as many as somebody has sent
  if (said.word != Word::copy && said.word != Word::past) return;
  Done done;
  {
    const std::lock_guard lock{mutex_};
    const auto found = waiting_.find(said.number);
    if (found == waiting_.end()) return;
    done = std::move(found->second.done);
    waiting_.erase(found);
  }
  done(std::string{said.rest});
}

void Leader::listen(Nanos time) {
  const auto deadline = exchange_.now() + time;
  for (auto left = time; left > Nanos{0} && failure().empty(); left = deadline - exchange_.now()) {
    if (succession_ != nullptr) succession_->look();
    if (const auto message = exchange_.receive(std::min<Nanos>(left, kLookEvery))) hear(*message);
  }
}

void Leader::serve() {
  while (const auto message = exchange_.receive(Nanos{0})) hear(*message);
  if (!failure().empty()) answer_nobody();
}

void Leader::pose(unsigned node, Word word, std::string_view rest, Done done) {
  const std::uint32_t number = next_number();
  const std::string question = message_of(word, number, rest);
  {
    const std::lock_guard lock{mutex_};
    waiting_.emplace(number, Waiting{node, question, std::move(done)});
  }
  if (is_present(node)) exchange_.tell(node, question);
  if (!is_present(node)) take_leave_of(node);
}

/// Whoever waits for an answer of a lost node hears nothing instead.
void Leader::take_leave_of(unsigned node) {
  std::vector<Done> waiting;
  {
    const std::lock_guard lock{mutex_};
    for (auto one = waiting_.begin(); one != waiting_.end();) {
      if (one->second.node != node) {
        ++one;
        continue;
      }
      waiting.push_back(std::move(one->second.done));
      one = waiting_.erase(one);
    }
  }
  for (const auto& done : waiting) done({});
}

/// Nodes are lost for good, and the run with them; or this one has left them.
void Leader::answer_nobody() {
  for (unsigned node = 0; node < exchange_.nodes(); ++node) take_leave_of(node);
}

void Leader::copy(unsigned node, const network::CopyWanted& wanted, Done done) {
  pose(node, Word::copy, bytes_of(wanted), std::move(done));
}

void Leader::ask_past(unsigned node, const std::string& question, Done done) {
  pose(node, Word::past, question, std::move(done));
}

std::string Leader::copy_now(unsigned node, const network::CopyWanted& wanted) {
  const std::string question = message_of(Word::copy, next_number(), bytes_of(wanted));
  exchange_.tell(node, question);
  auto answers = answers_to(question, only(node));
  return answers ? std::move((*answers)[node]) : std::string{};
}

void Leader::order(unsigned node, const network::Order& order) {
  exchange_.tell(node, message_of(Word::order, next_number(), to_bytes(order)));
}

void Leader::start(const std::function<void()>& here) { (void)ask(Word::start, {}, here); }
void Leader::hurry() { (void)ask(Word::hurry); }
void Leader::halt() { (void)ask(Word::halt); }

Written Leader::write_down(Nanos patience, const std::function<Written()>& here) {
  Written all;
  const auto answers = ask(Word::write, bytes_of(patience), [&] { all = here(); });
  if (!answers) return all;
  for (const auto& answer : *answers) {
    const auto one = plain_from<Written>(answer);
    if (!one) continue;
    all.appended += one->appended;
    all.is_on_disk = all.is_on_disk && one->is_on_disk;
  }
  return all;
}

void Leader::close_recordings(std::optional<SimTime> at) {
  (void)ask(Word::close, at ? bytes_of(*at) : std::string{});
}

// Once all stand still, a message under way shows as a difference of the sums; and two equal looks
// one after the other say that none was between the two.
bool Leader::stand_still(const std::function<bool()>& here, Nanos patience) {
  const auto deadline = exchange_.now() + patience;
  Standstill before;
  while (exchange_.now() < deadline) {
    Standstill all{0, 0, here(), 0};
    all.lost = succession_ == nullptr ? 0 : succession_->lost();
    const auto answers = ask(Word::freeze);
    if (!answers) return false;
    all.sent = exchange_.sent();
    all.received = exchange_.received();
    for (const auto& answer : *answers) {
      const auto one = plain_from<Standstill>(answer);
      if (!one) continue;
      all.sent += one->sent;
      all.received += one->received;
      // Whom one does not count any more, and another one does: soon both will not.
      all.is_still = all.is_still && one->is_still && one->lost == all.lost;
    }
    const bool is_same = all.sent == before.sent && all.received == before.received;
    if (all.is_still && all.sent == all.received && is_same && before.is_still) return true;
    before = all;
  }
  return false;
}

std::vector<NodeReport> Leader::count(std::optional<SimTime> at) {
  std::vector<NodeReport> reports(exchange_.nodes());
  const auto answers = ask(Word::count, at ? bytes_of(*at) : std::string{});
  for (unsigned node = 0; answers && node < reports.size(); ++node) {
    if (node == exchange_.self() || !is_present(node)) continue;
    auto report = report_from((*answers)[node]);
    if (!report) exchange_.abandon(exchange_.name_of(node) + " cannot say how it ended");
    if (report) reports[node] = std::move(*report);
  }
  return reports;
}

void Leader::add_entities(std::vector<network::EntityDigest>& entities) {
  const auto answers = ask(Word::entities);
  if (!answers) return;
  for (const auto& answer : *answers) {
    const auto more = entities_from(answer);
    if (more) entities.insert(entities.end(), more->begin(), more->end());
  }
  std::sort(entities.begin(), entities.end(), [](const auto& a, const auto& b) {
    return std::tie(a.kind, a.index) < std::tie(b.kind, b.index);
  });
}

void Leader::finish() {
  exchange_.expect_leaving();
  succession_ = nullptr;  // whoever is done leaves, and is not lost
  // Who was about to join has come too late.
  for (unsigned node = 0; node < exchange_.nodes(); ++node) {
    if (node != exchange_.self() && !exchange_.is_given_up(node) && !is_present(node))
      exchange_.tell(node, message_of(Word::finish, next_number()));
  }
  (void)ask(Word::finish);
}

}  // namespace chargemill::app
