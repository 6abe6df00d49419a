// The dialogue of the assignment (D-148), on the server's side. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace chargemill::runtime {

inline constexpr std::byte kEot{0x04};
inline constexpr std::byte kEnq{0x05};
inline constexpr std::byte kAck{0x06};
inline constexpr std::byte kNack{0x15};

/// One request at a time, each side confirming what it got:
///
///     client:  ENQ       REQUEST            ACK       ...  EOT
///     server:       ACK           ACK ANSWER     ACK
///
///     off --ENQ--> ready --frame--> answering --the answer--> confirming --ACK--> ready
///     ready --damaged frame--> ready, NACK        confirming --NACK--> the answer again
///     any --EOT--> off
///
/// An answer is sent kSendsMax times at most; then the server ends the dialogue with EOT.
class Dialogue {
 public:
  static constexpr unsigned kSendsMax = 4;

  /// What the server does: a control byte (0: none), the answer once more, or both.
  struct Answer {
    std::byte control{};
    bool resend = false;
    bool is_garbage = false;  ///< the byte means nothing here
  };

  [[nodiscard]] bool is_on() const noexcept { return state_ != State::off; }
  /// A frame may come now. In `answering` it waits until the answer is there.
  [[nodiscard]] bool is_answering() const noexcept { return state_ == State::answering; }

  /// The client has not said yet whether it has got the answer.
  [[nodiscard]] bool is_confirming() const noexcept { return state_ == State::confirming; }

  /// A control byte between frames.
  [[nodiscard]] Answer on_control(std::byte control) noexcept;
  /// A frame: true, it is the next request and was confirmed; false: it came out of turn.
  [[nodiscard]] bool on_request() noexcept;
  /// The answer to it is being sent.
  void on_answer(std::string_view text);
  [[nodiscard]] const std::string& answer() const noexcept { return answer_; }

 private:
  enum class State : std::uint8_t { off, ready, answering, confirming };

  State state_ = State::off;
  unsigned sends_ = 0;
  std::string answer_;  ///< while it may be asked for again
};

}  // namespace chargemill::runtime
