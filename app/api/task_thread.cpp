#include "app/api/task_thread.hpp"

#include <pthread.h>
#include <signal.h>

#include <exception>
#include <utility>

namespace chargemill::app::api {

TaskThread::TaskThread(const char* name, std::size_t waiting_max, Clock clock)
    : queue_(std::make_shared<Queue>()), waiting_max_(waiting_max) {
  queue_->clock = std::move(clock);
  // Signals of the process are not taken here.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread{[name, queue = queue_] { run(name, *queue); }};
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TaskThread::~TaskThread() { close(); }

bool TaskThread::put(Queue& queue, std::deque<Task>& into, std::size_t most, Task task) {
  const std::lock_guard lock{queue.mutex};
  if (queue.is_closed || into.size() >= most) return false;
  into.push_back(std::move(task));
  queue.changed.notify_one();
  return true;
}

Post TaskThread::post_below(std::size_t most) const {
  return [queue = queue_, most](Task task) {
    return put(*queue, queue->tasks, most, std::move(task));
  };
}

Post TaskThread::post() const { return post_below(waiting_max_); }
Post TaskThread::post_of_stranger() const { return post_below(waiting_max_ / 2); }

Post TaskThread::post_begun() const {
  return
      [queue = queue_](Task task) { return put(*queue, queue->begun, kBegunMax, std::move(task)); };
}

Nanos TaskThread::busy_for() const {
  const std::lock_guard lock{queue_->mutex};
  return queue_->begun_at ? queue_->clock() - *queue_->begun_at : Nanos{0};
}

void TaskThread::close() {
  std::deque<Task> dropped;
  std::deque<Task> dropped_begun;
  {
    const std::lock_guard lock{queue_->mutex};
    queue_->is_closed = true;
    dropped.swap(queue_->tasks);
    dropped_begun.swap(queue_->begun);
    queue_->changed.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void TaskThread::run(const char* name, Queue& queue) {
  (void)pthread_setname_np(pthread_self(), name);
  for (;;) {
    Task task;
    {
      std::unique_lock lock{queue.mutex};
      queue.begun_at.reset();
      queue.changed.wait(lock, [&queue] {
        return queue.is_closed || !queue.begun.empty() || !queue.tasks.empty();
      });
      auto& next = queue.begun.empty() ? queue.tasks : queue.begun;
      if (next.empty()) return;
      task = std::move(next.front());
      next.pop_front();
      queue.begun_at = queue.clock();
    }
    try {
      task();
    } catch (const std::exception&) {
      // A library's: it ends its task. Whoever waits is told when their time is over.
    }
  }
}

}  // namespace chargemill::app::api
