#include "app/doors/history_desk.hpp"

#include "app/history/journal_set.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::app {

HistoryDesk::HistoryDesk(std::vector<std::filesystem::path> journals, Memory* memory)
    : journals_(std::move(journals)), memory_(journals_.empty() ? memory : nullptr) {
  if (has_past()) thread_ = std::thread{[this] { run(); }};
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
  CHARGEMILL_ASSERT(has_past());
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
  while (!await(lock)) {
    lock.unlock();
    (void)memory_->look();
    lock.lock();
  }
  if (is_over_) return std::nullopt;
  auto question = std::move(waiting_.front());
  waiting_.pop_front();
  return question;
}

/// False: nobody asks, but a memory's queues are to be emptied.
bool HistoryDesk::await(std::unique_lock<std::mutex>& lock) {
  const auto is_due = [this] { return is_over_ || !waiting_.empty(); };
  if (memory_ != nullptr) return arrived_.wait_for(lock, kTakeOverEvery, is_due);
  arrived_.wait(lock, is_due);
  return true;
}

void HistoryDesk::run() {
  while (const auto question = next()) answer(*question);
}

// A journal that has just been begun may not be there yet: it is tried anew with each question.
void HistoryDesk::answer(const Question& question) {
  if (memory_ != nullptr) return question(&memory_->look());
  if (!history_) {
    auto opened = read_journals(journals_);
    if (!opened) return question(tl::unexpected<Error>(opened.error()));
    history_ = std::move(*opened);
  }
  question(history_.get());
}

}  // namespace chargemill::app
