// What has gone wrong inside actors that nobody meant to fail.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace chargemill {

/// Any thread may report; whoever drives the run looks.
class Failures {
 public:
  /// An actor that nobody can do without has failed: the run ends by it.
  void report(std::string_view who, std::string_view what) {
    const std::lock_guard<std::mutex> lock(mutex_);  // once in a run that ends by it
    if (!fatal_.empty()) return;
    fatal_ = text_of(who, what);
    // release: the text is written; pairs with acquire in happened().
    happened_.store(true, std::memory_order_release);
  }
  /// An actor has failed that its supervisor restarts. It is a defect all the same.
  void survive(std::string_view who, std::string_view what) {
    const std::lock_guard<std::mutex> lock(mutex_);  // rare: each is a defect of ours
    if (survived_.first.empty()) survived_.first = text_of(who, what);
    ++survived_.count;
  }

  [[nodiscard]] bool happened() const noexcept {
    return happened_.load(std::memory_order_acquire);  // acquire: see report()
  }
  /// Of the one that ends the run; empty: none so far.
  [[nodiscard]] std::string text() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return fatal_;
  }
  struct Survived {
    std::uint64_t count = 0;
    std::string first;  ///< who, and why
  };
  /// What is kept of them (runtime/saved): those that were survived.
  template <class V>
  void fields(V& v) {
    const std::lock_guard<std::mutex> lock(mutex_);
    v.check(fatal_.empty());
    v(survived_);
  }
  [[nodiscard]] Survived survived() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return survived_;
  }

 private:
  static std::string text_of(std::string_view who, std::string_view what) {
    return std::string{who} + ": " + std::string{what};
  }

  mutable std::mutex mutex_;
  std::string fatal_;                  // guarded by mutex_
  Survived survived_;                  // guarded by mutex_
  std::atomic<bool> happened_{false};  // written by report(), once
};

}  // namespace chargemill
