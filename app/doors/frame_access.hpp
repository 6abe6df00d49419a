// Which clients of the framed door may do what.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "runtime/net/access_tokens.hpp"
#include "runtime/net/frame_service.hpp"

namespace chargemill::app {

/// A client shows a token with `AUTH#TOKEN`, before all else, and is answered `ACK: AUTH#read` or
/// `ACK: AUTH#operate`: from then on this connection may do what the token allows (D-147). A door
/// without tokens lets everybody operate. Threads: the IoThread.
class FrameAccess {
 public:
  using Access = runtime::Access;
  /// Wrong tokens that a connection may show; beyond them it is not listened to.
  static constexpr unsigned kWrongMax = 3;

  explicit FrameAccess(std::shared_ptr<const runtime::AccessTokens> tokens)
      : tokens_(std::move(tokens)) {}

  [[nodiscard]] bool wants_tokens() const noexcept { return tokens_ != nullptr; }
  /// The answer, if `text` shows a token; nothing: it is about something else.
  [[nodiscard]] std::optional<std::string> greet(const runtime::FrameLink& from,
                                                 std::string_view text);
  /// How many wrong tokens have been shown to the door, once that is worth a word: at the first,
  /// the tenth, the hundredth. A scrape has no series left for them (app/metrics).
  [[nodiscard]] std::optional<std::uint64_t> take_wrong() noexcept;
  /// The NACK for a client that may not do what needs this much; nothing: it may.
  [[nodiscard]] std::optional<std::string> refusal(const runtime::FrameLink& from,
                                                   Access needed) const;
  /// Whether it has shown a token of the door.
  [[nodiscard]] bool knows(const runtime::FrameLink& link) const {
    const auto found = guests_.find(&link);
    return found != guests_.end() && found->second.access != Access::none;
  }
  void forget(const runtime::FrameLink& link) { guests_.erase(&link); }

 private:
  struct Guest {
    Access access = Access::none;
    unsigned wrong = 0;
  };

  const std::shared_ptr<const runtime::AccessTokens> tokens_;
  std::unordered_map<const runtime::FrameLink*, Guest> guests_;  ///< those that showed something
  std::uint64_t wrong_ = 0;
  std::uint64_t next_told_ = 1;
};

}  // namespace chargemill::app
