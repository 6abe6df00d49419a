// Which worker a thread is.
#pragma once

#include "runtime/engine/worker.hpp"

namespace chargemill::runtime {

/// Marks this thread as the worker's for as long as it lives.
class Worker::Entered {
 public:
  explicit Entered(Worker* worker) noexcept : before_(running) { running = worker; }
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;
  ~Entered() { running = before_; }

 private:
  Worker* const before_;
};

}  // namespace chargemill::runtime
