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

Post TaskThread::post() const {
  return [queue = queue_, most = waiting_max_](Task task) {
    const std::lock_guard lock{queue->mutex};
    if (queue->is_closed || queue->tasks.size() >= most) return false;
    queue->tasks.push_back(std::move(task));
    queue->changed.notify_one();
    return true;
  };
}

Nanos TaskThread::busy_for() const {
  const std::lock_guard lock{queue_->mutex};
  return queue_->begun_at ? queue_->clock() - *queue_->begun_at : Nanos{0};
}

void TaskThread::close() {
  std::deque<Task> dropped;
  {
    const std::lock_guard lock{queue_->mutex};
    queue_->is_closed = true;
    dropped.swap(queue_->tasks);
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
      queue.changed.wait(lock, [&queue] { return queue.is_closed || !queue.tasks.empty(); });
      if (queue.tasks.empty()) return;
      task = std::move(queue.tasks.front());
      queue.tasks.pop_front();
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
