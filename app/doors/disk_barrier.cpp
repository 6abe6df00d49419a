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
  if (!status_) return then(Kept::on_disk);
  const auto queued = status_();
  if (queued.state == JournalState::abandoned) return then(Kept::never);
  std::vector<std::uint64_t> records;
  for (const auto& queue : queued.queues) records.push_back(queue.appended);
  // Not whether queues are empty: what is thrown away leaves them as well.
  if (are_durable(queued, records)) return then(Kept::on_disk);
  if (waiting_.size() >= kWaitingMax) return then(Kept::not_yet);
  waiting_.push_back({std::move(records), now_() + kPatience, std::move(then)});
  if (waiting_.size() == 1) alarm_.set(kLookEvery, [this] { look(); });
}

void DiskBarrier::look() {
  const auto status = status_();
  const auto unkept = status.state == JournalState::abandoned ? Kept::never : Kept::not_yet;
  const auto now = now_();
  while (!waiting_.empty()) {
    const Waiting& first = waiting_.front();
    const bool is_on_disk = are_durable(status, first.records);
    if (!is_on_disk && unkept == Kept::not_yet && now < first.until) break;
    const Then then = std::move(waiting_.front().then);
    waiting_.pop_front();
    then(is_on_disk ? Kept::on_disk : unkept);
  }
  if (!waiting_.empty()) alarm_.set(kLookEvery, [this] { look(); });
}

}  // namespace chargemill::app
