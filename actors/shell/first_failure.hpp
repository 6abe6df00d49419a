// The first failure of an actor that nobody can do without.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>

namespace chargemill {

/// Any thread may report; whoever drives the run looks.
class FirstFailure {
 public:
  void report(std::string_view who, std::string_view what) {
    const std::lock_guard<std::mutex> lock(mutex_);  // once in a run that ends by it
    if (!text_.empty()) return;
    text_ = std::string{who} + ": " + std::string{what};
    // release: the text is written; pairs with acquire in happened().
    happened_.store(true, std::memory_order_release);
  }
  [[nodiscard]] bool happened() const noexcept {
    return happened_.load(std::memory_order_acquire);  // acquire: see report()
  }
  /// Empty: none so far.
  [[nodiscard]] std::string text() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;                   // guarded by mutex_
  std::atomic<bool> happened_{false};  // written by report(), once
};

}  // namespace chargemill
