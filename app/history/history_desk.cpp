#include "app/history/history_desk.hpp"

#include <utility>

#include "actors/archive/history.hpp"
#include "actors/archive/past_set.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::app {

namespace {

using archive::Filter;
using archive::Position;

/// What a run without a journal remembers, always with what was handed over last.
class MemoryPast final : public archive::Past {
 public:
  explicit MemoryPast(Memory& memory) : memory_(memory) {}

  [[nodiscard]] Result<std::vector<archive::FaultRow>> faults(const Filter& filter) override {
    return memory_.look().faults(filter);
  }
  [[nodiscard]] Result<std::vector<archive::HealthRow>> health(const Filter& filter) override {
    return memory_.look().health(filter);
  }
  [[nodiscard]] Result<std::vector<archive::SessionRow>> sessions(const Filter& filter) override {
    return memory_.look().sessions(filter);
  }
  [[nodiscard]] Result<std::vector<archive::TicketRow>> tickets(const Filter& filter) override {
    return memory_.look().tickets(filter);
  }
  [[nodiscard]] Result<std::vector<archive::MeterRow>> meter(const Filter& filter) override {
    return memory_.look().meter(filter);
  }
  [[nodiscard]] Result<std::vector<archive::SessionTold>> told_of(
      const std::vector<SessionId>& sessions) override {
    return memory_.look().told_of(sessions);
  }
  [[nodiscard]] Result<std::vector<archive::MeterRow>> readings_of(
      const std::vector<SessionId>& sessions) override {
    return memory_.look().readings_of(sessions);
  }
  [[nodiscard]] Result<archive::FaultStatistics> statistics(const std::string& point,
                                                            archive::UtcMicros since) override {
    return memory_.look().statistics(point, since);
  }
  [[nodiscard]] Result<Position> follow(const Position& after, std::uint64_t looked_max,
                                        const Visit& visit) override {
    return memory_.look().follow(after, looked_max, visit);
  }
  [[nodiscard]] Result<Position> newest() override { return memory_.look().newest(); }

 private:
  Memory& memory_;
};

/// Notes whether a question of it failed.
class NotedPast final : public archive::Past {
 public:
  NotedPast(std::unique_ptr<archive::Past> past, bool& has_failed)
      : past_(std::move(past)), has_failed_(has_failed) {}

  [[nodiscard]] Result<std::vector<archive::FaultRow>> faults(const Filter& filter) override {
    return noted(past_->faults(filter));
  }
  [[nodiscard]] Result<std::vector<archive::HealthRow>> health(const Filter& filter) override {
    return noted(past_->health(filter));
  }
  [[nodiscard]] Result<std::vector<archive::SessionRow>> sessions(const Filter& filter) override {
    return noted(past_->sessions(filter));
  }
  [[nodiscard]] Result<std::vector<archive::TicketRow>> tickets(const Filter& filter) override {
    return noted(past_->tickets(filter));
  }
  [[nodiscard]] std::optional<archive::UtcMicros> looked_back_to() const override {
    return past_->looked_back_to();
  }
  [[nodiscard]] Result<std::vector<archive::MeterRow>> meter(const Filter& filter) override {
    return noted(past_->meter(filter));
  }
  [[nodiscard]] Result<std::vector<archive::SessionTold>> told_of(
      const std::vector<SessionId>& sessions) override {
    return noted(past_->told_of(sessions));
  }
  [[nodiscard]] Result<std::vector<archive::MeterRow>> readings_of(
      const std::vector<SessionId>& sessions) override {
    return noted(past_->readings_of(sessions));
  }
  [[nodiscard]] Result<archive::FaultStatistics> statistics(const std::string& point,
                                                            archive::UtcMicros since) override {
    return noted(past_->statistics(point, since));
  }
  [[nodiscard]] Result<Position> follow(const Position& after, std::uint64_t looked_max,
                                        const Visit& visit) override {
    return noted(past_->follow(after, looked_max, visit));
  }
  [[nodiscard]] Result<Position> newest() override { return noted(past_->newest()); }

 private:
  template <class T>
  [[nodiscard]] Result<T> noted(Result<T> outcome) {
    has_failed_ = has_failed_ || !outcome;
    return outcome;
  }

  std::unique_ptr<archive::Past> past_;
  bool& has_failed_;
};

}  // namespace

HistoryDesk::HistoryDesk(std::filesystem::path directory, Memory* memory, Others others,
                         Shards shards)
    : directory_(std::move(directory)),
      memory_(directory_.empty() ? memory : nullptr),
      others_(std::move(others)),
      shards_(shards) {
  if (has_past()) thread_ = std::thread{[this] { run(); }};
}

HistoryDesk::~HistoryDesk() {
  begin_to_close();
  if (thread_.joinable()) thread_.join();
}

void HistoryDesk::begin_to_close() {
  {
    const std::lock_guard lock{mutex_};
    is_over_ = true;
  }
  arrived_.notify_all();
}

bool HistoryDesk::is_closed() const noexcept {
  // relaxed: whoever joins the thread sees the rest.
  return !has_past() || has_ended_.load(std::memory_order_relaxed);
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
  has_ended_.store(true, std::memory_order_relaxed);  // relaxed: see is_closed()
}

Result<std::unique_ptr<archive::Past>> HistoryDesk::open() {
  std::unique_ptr<archive::Past> own;
  if (memory_ != nullptr) {
    own = std::make_unique<MemoryPast>(*memory_);
  } else {
    auto history = archive::History::open(directory_.string());
    if (!history) return tl::unexpected<Error>(history.error());
    // It is in this process.
    if (shards_ == Shards::stay) history->count_on_its_writer();
    own = std::make_unique<archive::History>(std::move(*history));
  }
  auto all = others_ ? others_() : std::vector<std::unique_ptr<archive::Past>>{};
  if (all.empty()) return own;
  all.insert(all.begin(), std::move(own));
  return std::make_unique<archive::PastSet>(std::move(all));
}

// A journal that has just been begun may not be there yet: it is tried anew with each question. So
// is one that could not be read. Above all the segment that this process failed to write: LMDB lets
// nobody read it any more as long as anybody here has it open, though what is in it is sound.
void HistoryDesk::answer(const Question& question) {
  if (!past_) {
    auto opened = open();
    if (!opened) return question(tl::unexpected<Error>(opened.error()));
    past_ = std::make_unique<NotedPast>(std::move(*opened), has_failed_);
  }
  question(past_.get());
  if (std::exchange(has_failed_, false)) past_.reset();
}

}  // namespace chargemill::app
