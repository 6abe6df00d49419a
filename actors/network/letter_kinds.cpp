#include "actors/network/letter_kinds.hpp"

#include "actors/transit/transit_codec.hpp"

namespace chargemill::network {
namespace {

template <class Event>
std::size_t write(const Event& event, std::byte* to) {
  return transit::write(event, to);
}
template <class Event>
bool read(runtime::ByteView bytes, Event& event) {
  return transit::read(bytes, event);
}
template <class Event>
runtime::LetterKind kind() {
  return runtime::letter_kind<Event, write<Event>, read<Event>>();
}
static_assert(transit::kMessageBytesMax <= runtime::kContentBytesMax);

}  // namespace

std::vector<runtime::LetterKind> letter_kinds() {
  return {kind<central::ShardEvent>(), kind<central::CentralEvent>(), kind<driver::Event>(),
          kind<central::Fenced>(),     kind<supervisor::Event>(),     kind<Restart>()};
}

}  // namespace chargemill::network
