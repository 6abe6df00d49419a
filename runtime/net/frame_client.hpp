// The other end of the framed door: one that asks and waits.
#pragma once

#include <string>
#include <string_view>

#include "runtime/base/result.hpp"
#include "runtime/base/units.hpp"
#include "runtime/net/client_stream.hpp"
#include "runtime/wire/frame_decoder.hpp"

namespace chargemill::runtime {

/// A blocking client with a time-out on all it does. All errors are of the environment. Threads:
/// one.
class FrameClient {
 public:
  /// Asks a name server if it has to; ClientStream::connect().
  [[nodiscard]] static Result<FrameClient> connect(const Endpoint& to, Millis timeout,
                                                   const ClientTls& tls = {});

  /// Sends one message and waits for one reply.
  [[nodiscard]] Result<std::string> ask(std::string_view text);

 private:
  explicit FrameClient(ClientStream stream);

  [[nodiscard]] Result<void> send(std::string_view text);
  [[nodiscard]] Result<std::string> receive();

  ClientStream stream_;
  ReceiveBuffer buffer_;
  FrameDecoder decoder_;
};

}  // namespace chargemill::runtime
