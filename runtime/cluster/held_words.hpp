// What has come of control on a link, until it may be shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/cluster/frame.hpp"

namespace chargemill::runtime {

/// Puts messages together from their parts, which come in order, and keeps each until all data that
/// was sent before it is here (ControlPart::mark). What cannot become whole any more is never
/// shown. How much waits is for LinkReceiver::hold(). Pure. Threads: one.
class HeldWords {
 public:
  /// No message is larger than `message_bytes_max`.
  explicit HeldWords(std::size_t message_bytes_max) noexcept
      : message_bytes_max_(message_bytes_max) {}

  /// The next part, which came in a frame of so many bytes. False: its message is too large, or has
  /// lost a part; nothing of it is kept, nor of what still comes of it.
  [[nodiscard]] bool take(const ControlPart& part, std::uint64_t frame_bytes) {
    if (message_.size() + part.bytes.size > message_bytes_max_) lose_part();
    if (is_torn_) {
      is_torn_ = !part.is_last;
      return false;
    }
    message_.append(part.bytes.text());
    message_bytes_ += frame_bytes;
    if (!part.is_last) return true;
    const std::uint64_t bytes = std::exchange(message_bytes_, 0);
    whole_.push_back({part.mark, std::exchange(message_, {}), bytes});
    whole_bytes_ += bytes;
    return true;
  }
  /// What came in place of the next part was none. Nobody knows whether it was to be the last one,
  /// so all is lost up to the next one that is.
  void lose_part() {
    is_torn_ = true;
    drop_message();
  }
  /// Calls `show(text)`, in order, for each whole message before which nothing is missing: all data
  /// below `next` is here.
  template <class Show>
  void show(std::uint64_t next, Show show) {
    while (!whole_.empty() && whole_.front().mark < next) {
      const Whole first = std::move(whole_.front());
      whole_.pop_front();
      whole_bytes_ -= first.bytes;
      show(std::string_view{first.text});
    }
  }
  /// Of the frames of all that waits for data. The parts of one that is not whole are among them
  /// only behind another one: alone it may be larger than any window, and waits for nothing else.
  [[nodiscard]] std::uint64_t bytes() const noexcept {
    return whole_.empty() ? 0 : whole_bytes_ + message_bytes_;
  }
  /// All of it is of nobody any more.
  void clear() {
    whole_.clear();
    whole_bytes_ = 0;
    is_torn_ = false;
    drop_message();
  }

 private:
  struct Whole {
    std::uint64_t mark = 0;
    std::string text;
    std::uint64_t bytes = 0;  // of its frames
  };

  void drop_message() {
    message_bytes_ = 0;
    (void)std::exchange(message_, {});  // with its memory
  }

  const std::size_t message_bytes_max_;
  std::string message_;              // as much as has come
  std::uint64_t message_bytes_ = 0;  // of its frames
  bool is_torn_ = false;             // what comes is dropped, up to the next last part
  std::deque<Whole> whole_;
  std::uint64_t whole_bytes_ = 0;
};

}  // namespace chargemill::runtime
