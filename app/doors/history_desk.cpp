#include "app/doors/history_desk.hpp"

#include "runtime/base/assert.hpp"

namespace chargemill::app {

HistoryDesk::HistoryDesk(std::filesystem::path directory) : directory_(std::move(directory)) {
  if (has_journal()) thread_ = std::thread{[this] { run(); }};
}

HistoryDesk::~HistoryDesk() {
  {
    const std::lock_guard lock{mutex_};
    is_over_ = true;
  }
  arrived_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool HistoryDesk::ask(Question question) {
  CHARGEMILL_ASSERT(has_journal());
  {
    const std::lock_guard lock{mutex_};
    if (waiting_.size() >= kWaitingMax) return false;
    waiting_.push_back(std::move(question));
  }
  arrived_.notify_one();
  return true;
}

std::optional<HistoryDesk::Question> HistoryDesk::next() {
  std::unique_lock lock{mutex_};
  arrived_.wait(lock, [this] { return is_over_ || !waiting_.empty(); });
  if (is_over_) return std::nullopt;
  auto question = std::move(waiting_.front());
  waiting_.pop_front();
  return question;
}

void HistoryDesk::run() {
  while (const auto question = next()) answer(*question);
}

// A journal that has just been begun may not be there yet: it is tried anew with each question.
void HistoryDesk::answer(const Question& question) {
  if (!history_) {
    auto opened = archive::History::open(directory_.string());
    if (!opened) return question(tl::unexpected<Error>(opened.error()));
    history_.emplace(std::move(*opened));
  }
  question(&*history_);
}

}  // namespace chargemill::app
