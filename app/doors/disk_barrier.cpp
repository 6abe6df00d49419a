#include "app/doors/disk_barrier.hpp"

#include <utility>

namespace chargemill::app {

using runtime::journal::JournalState;

namespace {

/// Queues come, and never go.
bool are_durable(const runtime::journal::JournalStatus& status,
                 const std::vector<std::uint64_t>& records) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i >= status.queues.size() || status.queues[i].durable < records[i]) return false;
  }
  return true;
}

}  // namespace

void DiskBarrier::after(Then then) {
  if (!status_) return then(true);
  const auto queued = status_();
  if (queued.depth == 0 || queued.state == JournalState::abandoned) return then(true);
  if (waiting_.size() >= kWaitingMax) return then(false);
  std::vector<std::uint64_t> records;
  for (const auto& queue : queued.queues) records.push_back(queue.appended);
  waiting_.push_back({std::move(records), now_() + kPatience, std::move(then)});
  if (waiting_.size() == 1) alarm_.set(kLookEvery, [this] { look(); });
}

void DiskBarrier::look() {
  const auto status = status_();
  const bool is_clear = status.depth == 0 || status.state == JournalState::abandoned;
  const auto now = now_();
  while (!waiting_.empty()) {
    const Waiting& first = waiting_.front();
    const bool is_kept = is_clear || are_durable(status, first.records);
    if (!is_kept && now < first.until) break;
    const Then then = std::move(waiting_.front().then);
    waiting_.pop_front();
    then(is_kept);
  }
  if (!waiting_.empty()) alarm_.set(kLookEvery, [this] { look(); });
}

}  // namespace chargemill::app
