// The other end of the framed door: one that asks and waits.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "runtime/base/result.hpp"
#include "runtime/base/units.hpp"
#include "runtime/net/endpoint.hpp"
#include "runtime/wire/frame_decoder.hpp"

namespace chargemill::runtime {

/// A blocking client with a time-out on all it does. All errors are of the environment. Threads:
/// one.
class FrameClient {
 public:
  /// Asks a name server if it has to.
  [[nodiscard]] static Result<FrameClient> connect(const Endpoint& to, Millis timeout);
  ~FrameClient();
  FrameClient(FrameClient&& other) noexcept;
  FrameClient& operator=(FrameClient&&) = delete;

  /// Sends one message and waits for one reply.
  [[nodiscard]] Result<std::string> ask(std::string_view text);

 private:
  FrameClient(int socket, Millis timeout);

  [[nodiscard]] Result<void> send(std::string_view text) const;
  [[nodiscard]] Result<std::string> receive();

  int socket_;
  Millis timeout_;
  ReceiveBuffer buffer_;
  FrameDecoder decoder_;
};

}  // namespace chargemill::runtime
