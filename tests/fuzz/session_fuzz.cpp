// Whatever a client of the framed door sends, control bytes and garbage between frames included:
// the same replies however the bytes are cut into reads, one for each message, and limits that
// hold.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/runtime/net/session_story.hpp"

namespace {

using namespace chargemill::runtime;

void demand(bool fact, const char* what) {
  if (fact) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

struct Heard {
  std::vector<std::string> by_service, by_client;
  FrameCounters counters;
  std::uint64_t messages;
  bool is_foreign;
};

/// `step` bytes a read; a reply to each message from within.
Heard told(const Bytes& bytes, std::size_t step, bool wants_welcome) {
  FrameSession::Limits limits;
  limits.payload_bytes_max = 2'000;
  limits.wants_welcome = wants_welcome;
  Client client{limits};
  client.answer_all_with("ACK: ");
  client.send(bytes, step);
  Heard heard;
  heard.by_client = client.got();
  // What waited for its output to be taken goes on.
  for (int round = 0; round < 10'000 && !client.session.wants_bytes(); ++round) {
    if (client.session.is_foreign()) break;
    client.go_on();
    for (auto& said : client.got()) heard.by_client.push_back(std::move(said));
  }
  demand(client.session.held_bytes() <= limits.payload_bytes_max + bytes.size(),
         "keeps more than it was sent");
  heard.by_service = std::move(client.heard);
  heard.counters = client.session.counters();
  heard.messages = client.session.heard();
  heard.is_foreign = client.session.is_foreign();
  return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT: libFuzzer's name
                                      std::size_t size) {
  constexpr std::size_t kBytesMax = 20'000;
  if (size < 2 || size > kBytesMax) return 0;
  const auto* const begin = reinterpret_cast<const std::byte*>(data);
  const Bytes bytes{begin + 2, begin + size};
  const bool wants_welcome = (data[0] & 1U) != 0;
  const Heard whole = told(bytes, kBytesMax, wants_welcome);
  const Heard cut = told(bytes, 1 + std::size_t{data[1]}, wants_welcome);
  demand(whole.by_service == cut.by_service, "the service hears something else");
  demand(whole.by_client == cut.by_client, "the client is told something else");
  demand(whole.messages == cut.messages, "other messages are counted");
  demand(whole.is_foreign == cut.is_foreign, "it is taken for another protocol");
  // One that is not listened to any more is not read from either: what is left of it is not
  // counted.
  demand(whole.is_foreign || whole.counters == cut.counters, "other bytes are counted");
  return 0;
}
