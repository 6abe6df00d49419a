// A WebSocket as plain values: whoever talks over it knows no library and no socket.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/net/http_message.hpp"

namespace chargemill::runtime {

/// Immutable, so that one that is meant for many is there once.
struct WebSocketMessage {
  std::shared_ptr<const std::string> bytes = nullptr;  ///< null: that was all
  bool is_text = false;                                ///< UTF-8, else binary
};

/// What is said over one connection, which lets go of this when it has ended.
class WebSocketSession {
 public:
  using Take = std::function<void(WebSocketMessage)>;

  WebSocketSession() = default;
  WebSocketSession(const WebSocketSession&) = delete;
  WebSocketSession& operator=(const WebSocketSession&) = delete;
  virtual ~WebSocketSession() = default;

  /// Calls `take` once there is something to say, on any thread. Asked again only when that has
  /// been handed to the kernel, so nothing piles up for one who is slow.
  virtual void next(Take take) = 0;
  /// What the peer has said; on the server's thread. False: it makes no sense, and that is the end.
  [[nodiscard]] virtual bool hear(std::string_view message, bool is_text) = 0;
  /// The server closes: what is left to be said, and then that this was all. On its thread.
  virtual void close() = 0;
};

/// What becomes of a request for a WebSocket.
struct WebSocketReply {
  std::shared_ptr<WebSocketSession> session =
      nullptr;                               ///< null: refused, or, without that, not ours
  std::string protocol = {};                 ///< of those offered, the one spoken
  std::optional<HttpResponse> refusal = {};  ///< in place of a session
};
/// Called on the server's thread; must not block.
using WebSocketOpener = std::function<WebSocketReply(const HttpRequest&)>;

/// Whether `offered`, a Sec-WebSocket-Protocol header, has `protocol` among its words.
[[nodiscard]] bool offers_protocol(std::string_view offered, std::string_view protocol) noexcept;

}  // namespace chargemill::runtime
