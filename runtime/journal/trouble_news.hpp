// What an operator is told of a journal that fails, and how often.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace chargemill::runtime::journal {

/// Two kinds of trouble, each told once a second at most: records that cannot be written, which has
/// an end, and what goes wrong beside the writing (a seal, a removal), which has none. Neither
/// hides the other; of the second kind the latest waits for its turn.
/// Threads: one.
class TroubleNews {
 public:
  using Time = std::chrono::steady_clock::time_point;  // of the disk, not of the model
  static constexpr std::chrono::seconds kTellEvery{1};

  /// A batch has failed; `is_new`: that has changed the journal's state. Whether to tell it.
  [[nodiscard]] bool failed(bool is_new, Time now) noexcept {
    if (!is_new && told_ && now - *told_ < kTellEvery) return false;
    told_ = now;
    is_known_ = true;
    return true;
  }
  /// Records are written again. Whether to tell it: a failure was told, and its end has not been.
  [[nodiscard]] bool ended() noexcept { return std::exchange(is_known_, false); }

  /// Something went wrong beside the writing.
  void mention(std::string why) { unsaid_ = std::move(why); }
  /// What to tell of that now, if anything waits.
  [[nodiscard]] std::optional<std::string> next_mention(Time now) {
    if (!unsaid_ || (mentioned_ && now - *mentioned_ < kTellEvery)) return std::nullopt;
    mentioned_ = now;
    return std::exchange(unsaid_, std::nullopt);
  }
  /// At the end there is no later turn.
  [[nodiscard]] std::optional<std::string> last_mention() {
    return std::exchange(unsaid_, std::nullopt);
  }

 private:
  std::optional<Time> told_;
  std::optional<Time> mentioned_;
  std::optional<std::string> unsaid_;
  bool is_known_ = false;
};

}  // namespace chargemill::runtime::journal
