// Bodies from JSON, strictly (D-017 to D-022).
#pragma once

#include <memory>
#include <optional>

#include "actors/codec/decode_error.hpp"
#include "actors/codec/frames.hpp"

namespace chargemill::codec {

/// Reads one body after the other, whatever the bytes are: a body or an error, never a crash.
///
/// Texts of a body belong to the reader and are valid until it reads again. Its memory grows with
/// the longest body, up to the limit. Threads: one at a time.
class BodyReader {
 public:
  static constexpr std::size_t kBytesMax = 65'536;  ///< the longest payload of a frame (D-140)
  static constexpr int kDepthMax = 64;              ///< of arrays and objects in each other

  explicit BodyReader(std::size_t bytes_max = kBytesMax);
  BodyReader(BodyReader&&) noexcept;
  BodyReader& operator=(BodyReader&&) noexcept;
  ~BodyReader();

  /// `now` is what an absent time becomes (D-021). Unknown fields are ignored, but must be JSON; a
  /// field of the body that comes twice is an error, so that nobody can read another value than we.
  template <class Body>
  [[nodiscard]] Decoded<Body> read(std::string_view json, UtcTime now);

  /// A body whose field `type` names its channel. One pass if `type` comes first, as it should;
  /// otherwise the fields before it are passed over twice.
  [[nodiscard]] Decoded<Frame> read_frame(std::string_view json, UtcTime now);
  /// The channel that a body names, also of one that cannot be read otherwise; nothing: none.
  [[nodiscard]] std::optional<Channel> peek_channel(std::string_view json);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace chargemill::codec
