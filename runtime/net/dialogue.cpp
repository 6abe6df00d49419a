#include "runtime/net/dialogue.hpp"

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {

Dialogue::Answer Dialogue::on_control(std::byte control) noexcept {
  if (control == kEnq) {
    if (state_ == State::confirming) return {kNack};  // the last answer is not confirmed yet
    if (state_ == State::off) state_ = State::ready;
    return {kAck};
  }
  if (state_ == State::off) return {{}, false, true};
  if (control == kEot) {
    state_ = State::off;
    return {};
  }
  if (state_ != State::confirming) return {{}, false, true};
  if (control == kAck) {
    state_ = State::ready;
    return {};
  }
  if (sends_ == kSendsMax) {
    state_ = State::off;
    return {kEot};
  }
  ++sends_;
  return {{}, true};
}

bool Dialogue::on_request() noexcept {
  if (state_ != State::ready) return false;
  state_ = State::answering;
  return true;
}

void Dialogue::on_answer(std::string_view text) {
  CHARGEMILL_ASSERT(state_ == State::answering);
  answer_ = text;
  sends_ = 1;
  state_ = State::confirming;
}

}  // namespace chargemill::runtime
