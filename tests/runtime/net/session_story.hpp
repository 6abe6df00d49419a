// A small language for tests of one connection: what a client sends, what it gets.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "runtime/net/frame_session.hpp"
#include "tests/runtime/wire/frame_story.hpp"

namespace chargemill::runtime {

/// A session whose messages wait until the test answers them.
class Client final : public FrameListener {
 public:
  explicit Client(const FrameSession::Limits& limits = {}) : session(limits, *this) {}

  /// Sends bytes, `step` at a time. What the session does not want yet waits here, as it would in
  /// the socket.
  void send(const Bytes& bytes, std::size_t step = 1'000) {
    waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
    step_ = step;
    go_on();
  }
  void send(std::string_view text) { send(f(text)); }
  void answer(std::uint64_t number, std::string_view text) {
    session.reply(MessageNumber{number}, text);
    go_on();
  }
  /// As on_message will answer from now on, from within.
  void answer_all_with(std::string prefix) { prefix_ = std::move(prefix); }
  void go_on() {
    for (;;) {
      session.work(now);
      if (!session.wants_bytes() || waiting_.empty()) return;
      const ByteRoom room = session.room();
      const std::size_t size = std::min({room.size, step_, waiting_.size()});
      std::copy_n(waiting_.begin(), size, room.data);
      waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(size));
      session.received(size);
    }
  }
  /// What the client gets: the frames as texts, other bytes as [06].
  std::vector<std::string> got() {
    std::vector<std::byte> bytes;
    std::vector<std::string> said;
    for (session.take_output(bytes); !bytes.empty(); session.take_output(bytes)) read(bytes, said);
    return said;
  }

  FrameSession session;
  std::vector<std::string> heard;  ///< by the service
  Nanos now{0};

 private:
  void on_message(std::string_view text, MessageNumber number) override {
    heard.emplace_back(text);
    if (prefix_) session.reply(number, *prefix_ + std::string{text});
  }
  static void read(const std::vector<std::byte>& bytes, std::vector<std::string>& said) {
    PlainFrameDecoder decoder{FrameDecoder::Options{}};
    bool is_inside = false;
    for (const std::byte byte : bytes) {
      is_inside = is_inside || byte == kStx;
      if (!is_inside) {
        char text[8];
        std::snprintf(text, sizeof text, "[%02x]", static_cast<unsigned>(byte));
        said.emplace_back(text);
        continue;
      }
      if (decoder.take(byte) != Decoded::Kind::frame) continue;
      said.emplace_back(decoder.payload().text());
      is_inside = false;
    }
  }

  std::vector<std::byte> waiting_;
  std::size_t step_ = 1;
  std::optional<std::string> prefix_;
};

using Said = std::vector<std::string>;

}  // namespace chargemill::runtime
