#include "runtime/net/frame_client.hpp"

#include <utility>
#include <vector>

#include "runtime/wire/frame_encoder.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kReadBytes = 4'096;

tl::unexpected<Error> broken(const std::string& text) {
  return failure(ErrorKind::environment, text);
}

}  // namespace

FrameClient::FrameClient(ClientStream stream)
    : stream_(std::move(stream)), buffer_(kPayloadBytesMax + kReadBytes), decoder_({}) {}

Result<FrameClient> FrameClient::connect(const Endpoint& to, Millis timeout, const ClientTls& tls) {
  auto stream = ClientStream::connect(to, timeout, tls);
  if (!stream) return tl::unexpected<Error>(stream.error());
  return FrameClient{std::move(*stream)};
}

Result<std::string> FrameClient::ask(std::string_view text) {
  if (text.size() > kPayloadBytesMax) return broken("a message has 65536 bytes at most");
  if (auto sent = send(text); !sent) return tl::unexpected<Error>(sent.error());
  return receive();
}

Result<void> FrameClient::send(std::string_view text) {
  std::vector<std::byte> frame(frame_bytes_max(text.size()));
  const auto size = try_encode_frame({bytes_of(text)}, {frame.data(), frame.size()});
  return stream_.send({frame.data(), size.value_or(0)});
}

Result<std::string> FrameClient::receive() {
  for (;;) {
    const Decoded found = decoder_.next(buffer_);
    if (found.kind == Decoded::Kind::frame) return std::string{found.payload.text()};
    if (found.kind != Decoded::Kind::nothing) return broken("a damaged reply");
    const auto bytes = stream_.receive(buffer_.prepare(kReadBytes));
    if (!bytes) return tl::unexpected<Error>(bytes.error());
    if (*bytes == 0) return broken("the connection was closed");
    buffer_.commit(*bytes);
  }
}

}  // namespace chargemill::runtime
