#include "runtime/agreement/question.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "runtime/agreement/gateway_json.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::runtime::agreement {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kServerErrors = 500;

/// Asked twice it does no more than asked once.
bool is_repeatable(const Request& request) {
  return std::holds_alternative<KeepAlive>(request) || std::holds_alternative<Range>(request);
}

}  // namespace

std::string name_of_etcd(const Endpoint& member) { return "etcd at " + to_text(member); }

Question::Question(IoThread& io, const EtcdAccess& access, Request request, OnFailure on_failure,
                   OnEnd on_end)
    : io_(io),
      access_(access),
      request_(std::move(request)),
      may_repeat_(is_repeatable(request_)),
      on_failure_(std::move(on_failure)),
      on_end_(std::move(on_end)),
      hedge_(io.context()) {}

void Question::begin(std::size_t member) {
  CHARGEMILL_ASSERT(member < access_.members.size());
  CHARGEMILL_ASSERT(asked_ == 0);
  began_ = Clock::now();
  first_ = member;
  ask_next();
}

void Question::cancel() {
  on_end_ = {};
  hedge_.clear();
  for (const auto& call : calls_) call->cancel();
  calls_.clear();
}

Nanos Question::rest() const {
  return std::max(Nanos{0}, access_.patience - Nanos{Clock::now() - began_});
}

void Question::ask_next() {
  CHARGEMILL_ASSERT(asked_ < access_.members.size());
  const std::size_t member = (first_ + asked_++) % access_.members.size();
  auto [target, body] = call_of(request_);
  HttpCall::Options options;
  options.to = access_.members[member];
  options.target = std::move(target);
  options.body = std::move(body);
  options.patience = rest();
  options.tls = access_.tls;
  const auto text = std::make_shared<std::string>();
  calls_.push_back(std::make_shared<HttpCall>(
      io_.context(), std::move(options), [text](std::string_view piece) { *text += piece; },
      [self = shared_from_this(), member, text](const HttpEnd& end) {
        self->take(member, end, *text);
      }));
  ++under_way_;
  calls_.back()->start();
  if (!may_repeat_ || asked_ == access_.members.size()) return hedge_.clear();
  // What was due before it was cleared may still come: hence the second look.
  hedge_.set(access_.hedge_after, [weak = weak_from_this(), asked = asked_] {
    const auto self = weak.lock();
    if (self && self->on_end_ && self->asked_ == asked) self->ask_next();
  });
}

void Question::take(std::size_t member, const HttpEnd& end, const std::string& text) {
  const auto self = shared_from_this();  // whoever is told may let go of it
  --under_way_;
  const bool is_answer = end.status != 0 && end.error.empty() && end.status < kServerErrors;
  auto answer = end.error.empty() ? answer_from(request_, end.status, text)
                                  : Result<Answer>{failure(ErrorKind::environment, end.error)};
  if (!answer)
    answer.error().text = name_of_etcd(access_.members[member]) + ": " + answer.error().text;
  if (is_answer) return settle(member, std::move(answer));
  on_failure_(member);
  if (may_ask_another(end.was_sent)) return ask_next();
  if (under_way_ == 0) settle(member, std::move(answer));
}

/// One that took its time to fail has left none for the others.
bool Question::may_ask_another(bool was_sent) const {
  return (may_repeat_ || !was_sent) && asked_ < access_.members.size() &&
         rest() > access_.patience / 2;
}

void Question::settle(std::size_t member, Result<Answer> answer) {
  const auto tell = std::exchange(on_end_, {});
  cancel();
  tell(member, std::move(answer));
}

}  // namespace chargemill::runtime::agreement
