// Whatever a tab says, and whatever a reader is sent: nothing breaks, and states are as they were
// or as the frame says.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "app/dashboard/outbox.hpp"
#include "runtime/base/assert.hpp"

namespace {

using namespace chargemill::app::dashboard;

/// The input as what one tab says, five bytes at a time, while samples go on; whatever it is sent
/// follows what it holds.
void play_tab(std::string_view input) {
  constexpr std::uint32_t kPoints = 33;
  FrameLog log;
  Outbox box;
  PackedStates truth{kPoints};
  PackedStates shown{kPoints};
  std::uint32_t held = 0;
  std::uint32_t sent = 0;
  for (; input.size() > kSaidBytes; input.remove_prefix(kSaidBytes + 1)) {
    const auto first = static_cast<unsigned char>(input.front());
    truth.set(first % kPoints, static_cast<StateCode>(first / kPoints % kStateCodes));
    if (first % 3 != 0) log.add(truth, first);
    const auto said = parse_said(input.substr(1, kSaidBytes));
    if (!said) continue;
    // Every other one tells the truth about what it took.
    const bool is_honest = said->kind == Said::Kind::taken && said->number % 2 == 0 && sent != 0;
    if (said->kind == Said::Kind::lost) held = 0;
    if (!box.hear(is_honest ? Said{said->kind, sent} : *said)) return;
    const auto message = box.next(log);
    if (!message || message->bytes == nullptr) continue;
    const auto head = apply_frame(*message->bytes, held, shown);
    CHARGEMILL_ASSERT(head && head->number == log.newest());
    CHARGEMILL_ASSERT(shown.bytes() == truth.bytes() || first % 3 == 0);
    held = sent = head->number;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT: libFuzzer's name
                                      std::size_t size) {
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  if (const auto said = parse_said(input)) CHARGEMILL_ASSERT(to_bytes(*said) == input);
  PackedStates states{65};
  const auto before = states.bytes();
  if (!apply_frame(input, 7, states)) CHARGEMILL_ASSERT(states.bytes() == before);
  play_tab(input);
  return 0;
}
