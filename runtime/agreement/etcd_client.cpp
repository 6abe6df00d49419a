#include "runtime/agreement/etcd_client.hpp"

#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/net/http_call.hpp"

namespace chargemill::runtime::agreement {
namespace {

constexpr std::size_t kLineBytesMax = std::size_t{8} << 20U;

}  // namespace

/// Cuts what comes into lines, and holds their revisions against what is known.
class EtcdClient::Watch {
 public:
  Watch(Revision from, OnChanges on_changes, OnEnd on_end)
      : next_(from), on_changes_(std::move(on_changes)), on_end_(std::move(on_end)) {}

  void take(std::string_view piece) {
    rest_ += piece;
    std::size_t begin = 0;
    for (;;) {
      const std::size_t end = rest_.find('\n', begin);
      if (end == std::string::npos) break;
      const std::string line = rest_.substr(begin, end - begin);
      begin = end + 1;
      if (!line.empty()) take_line(line);
      if (is_over()) return;
    }
    rest_.erase(0, begin);
    if (rest_.size() > kLineBytesMax) finish({"a change has no end", {}});
  }
  void finish(const WatchEnd& end) {
    if (is_over()) return;
    const auto tell = std::exchange(on_end_, {});
    if (call != nullptr) call->cancel();
    tell(end);
  }
  void cancel() {
    on_end_ = {};
    if (call != nullptr) call->cancel();
  }
  [[nodiscard]] bool is_over() const noexcept { return !on_end_; }

  std::shared_ptr<HttpCall> call;

 private:
  void take_line(const std::string& line) {
    const auto news = changes_from(line);
    if (const auto* end = std::get_if<WatchEnd>(&news)) return finish(*end);
    const auto& changes = std::get<Changes>(news);
    for (const auto& change : changes.changes) {
      // Several keys of one transaction share a revision.
      if (change.now.modified < next_) return finish({"changes came out of order", {}});
      next_ = change.now.modified;
    }
    if (!changes.changes.empty() && changes.revision < next_)
      return finish({"a change is newer than the store", {}});
    on_changes_(changes);
  }

  Revision next_;  // a change of an older one is none
  OnChanges on_changes_;
  OnEnd on_end_;  // empty: it is over
  std::string rest_;
};

EtcdClient::EtcdClient(IoThread& io, Options options) : io_(io), options_(std::move(options)) {
  CHARGEMILL_ASSERT(!options_.members.empty());
}

EtcdClient::~EtcdClient() { stop(); }

void EtcdClient::stop() {
  for (const auto& [number, question] : questions_) question->cancel();
  questions_.clear();
  stop_watching();
}

/// Only from the member that failed: others may have left it already.
void EtcdClient::leave(std::size_t member) {
  if (member_ == member) member_ = (member + 1) % options_.members.size();
}

void EtcdClient::call(Request request, const Done& done) {
  const auto number = ++last_question_;
  auto question = std::make_shared<Question>(
      io_, options_, std::move(request), [this](std::size_t member) { leave(member); },
      [this, done, number](std::size_t member, Result<Answer> answer) {
        const auto self = shared_from_this();  // `done` may let go of it
        questions_.erase(number);
        if (answer) member_ = member;
        done(std::move(answer));
      });
  questions_.emplace(number, question);
  question->begin(member_);
}

void EtcdClient::watch(const std::string& prefix, Revision from, OnChanges on_changes,
                       OnEnd on_end) {
  stop_watching();
  auto [target, body] = watch_of(prefix, from);
  HttpCall::Options options;
  options.to = member();
  options.target = std::move(target);
  options.body = std::move(body);
  options.patience = options_.patience;
  options.is_stream = true;
  options.tls = options_.tls;
  const auto watch = std::make_shared<Watch>(from, std::move(on_changes), std::move(on_end));
  watch_ = watch;
  watch->call = std::make_shared<HttpCall>(
      io_.context(), std::move(options),
      // Weak: the call is the watch's own.
      [weak = std::weak_ptr<Watch>{watch}](std::string_view piece) {
        if (const auto one = weak.lock()) one->take(piece);
      },
      [this, weak = std::weak_ptr<Watch>{watch}, member = member_](const HttpEnd& end) {
        const auto one = weak.lock();
        if (!one) return;
        leave(member);
        one->finish({name_of_etcd(options_.members[member]) + ": " +
                         (end.error.empty() ? "the watch has ended" : end.error),
                     {}});
      });
  watch->call->start();
}

void EtcdClient::stop_watching() {
  if (watch_ != nullptr) watch_->cancel();
  watch_.reset();
}

}  // namespace chargemill::runtime::agreement
