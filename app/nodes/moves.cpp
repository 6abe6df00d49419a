#include "app/nodes/moves.hpp"

#include <algorithm>

#include "app/nodes/byte_streams.hpp"

namespace chargemill::app {
namespace {

using network::Half;

/// What of a shard goes is said in the highest bits of its number; all of it: none of them is set.
constexpr unsigned kHalfShift = 30;

void walk_shards(ByteOutput& out, const Move& move) {
  auto marked = move.shards;
  for (auto& shard : marked) shard |= static_cast<std::uint32_t>(move.half) << kHalfShift;
  out.list(marked);
}
/// None: they are not all of one kind.
void walk_shards(ByteInput& in, Move& move) {
  in.list(move.shards);
  if (move.shards.empty()) return;
  const std::uint32_t mark = move.shards.front() >> kHalfShift;
  const bool are_marked =
      mark <= static_cast<std::uint32_t>(Half::fleet) &&
      std::all_of(move.shards.begin(), move.shards.end(),
                  [mark](std::uint32_t shard) { return shard >> kHalfShift == mark; });
  move.half = are_marked ? static_cast<Half>(mark) : Half::both;
  for (auto& shard : move.shards) shard &= (std::uint32_t{1} << kHalfShift) - 1;
  if (!are_marked) move.shards.clear();
}

// What travels, in its order, for both ways.
template <class Stream, class What>
void walk_move(Stream& stream, What& move) {
  stream.value(move.token);
  stream.value(move.epoch);
  stream.value(move.from);
  stream.value(move.to);
  stream.value(move.turns);
  walk_shards(stream, move);
}
template <class Stream, class What>
void walk_marks(Stream& stream, What& marks) {
  walk_move(stream, marks.move);
  stream.list(marks.sent);
}
template <class Stream, class What>
void walk_given(Stream& stream, What& given) {
  stream.list(given.sent);
  stream.value(given.at);
  stream.value(given.left);
  stream.value(given.moved);
  stream.value(given.still_s);
  stream.text(given.state);
  stream.text(given.trouble);
}
template <class Stream, class What>
void walk_luggage(Stream& stream, What& luggage) {
  walk_move(stream, luggage.move);
  stream.value(luggage.at);
  stream.text(luggage.state);
}

bool is_sound(const Move& move, unsigned nodes, std::size_t shards) {
  return move.token >= 0 && move.from < nodes && move.to < nodes && move.from != move.to &&
         !move.shards.empty() &&
         std::all_of(move.shards.begin(), move.shards.end(),
                     [shards](std::uint32_t s) { return s < shards; }) &&
         std::adjacent_find(move.shards.begin(), move.shards.end(),
                            [](auto a, auto b) { return a >= b; }) == move.shards.end();
}

}  // namespace

std::string to_bytes(const Move& move) {
  ByteOutput out;
  walk_move(out, move);
  return out.take();
}
std::string to_bytes(const Marks& marks) {
  ByteOutput out;
  walk_marks(out, marks);
  return out.take();
}
std::string to_bytes(const Given& given) {
  ByteOutput out;
  walk_given(out, given);
  return out.take();
}
std::string to_bytes(const Luggage& luggage) {
  ByteOutput out;
  walk_luggage(out, luggage);
  return out.take();
}

std::optional<Move> move_from(std::string_view bytes, unsigned nodes, std::size_t shards) {
  Move move;
  ByteInput in{bytes};
  walk_move(in, move);
  if (!in.is_exhausted() || !is_sound(move, nodes, shards)) return std::nullopt;
  return move;
}
std::optional<Marks> marks_from(std::string_view bytes, unsigned nodes, std::size_t shards) {
  Marks marks;
  ByteInput in{bytes};
  walk_marks(in, marks);
  if (!in.is_exhausted() || !is_sound(marks.move, nodes, shards)) return std::nullopt;
  if (marks.sent.size() != nodes) return std::nullopt;
  return marks;
}
std::optional<Given> given_from(std::string_view bytes, unsigned nodes) {
  Given given;
  ByteInput in{bytes};
  walk_given(in, given);
  if (!in.is_exhausted() || given.sent.size() != nodes) return std::nullopt;
  return given;
}
std::optional<Luggage> luggage_from(std::string_view bytes, unsigned nodes, std::size_t shards) {
  Luggage luggage;
  ByteInput in{bytes};
  walk_luggage(in, luggage);
  if (!in.is_exhausted() || !is_sound(luggage.move, nodes, shards)) return std::nullopt;
  return luggage;
}

}  // namespace chargemill::app
