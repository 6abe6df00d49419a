#include "app/simulation/move_words.hpp"

#include <string>
#include <utility>

#include "app/nodes/order_words.hpp"

namespace chargemill::app {
namespace {

std::string yes_if(bool is_so) { return is_so ? std::string{1, '\1'} : std::string{}; }

}  // namespace

std::string answer_to_move(const Said& said, HandOver& here, runtime::Peers& exchange,
                           Succession& succession) {
  const unsigned nodes = exchange.nodes();
  const std::size_t shards = succession.shards();
  const auto is_over = [&] {
    succession.look();
    return !exchange.failure().empty();
  };
  const auto is_heard = [&](const Move& move) { return move.token >= succession.token(); };
  if (said.word == Word::hold) {
    const auto move = move_from(said.rest, nodes, shards);
    if (!move || !is_heard(*move)) return {};
    const auto sent = here.hold(*move);
    if (sent) succession.expect(*move);
    return sent ? bytes_of(*sent) : std::string{};
  }
  if (said.word == Word::take) {
    auto luggage = luggage_from(said.rest, nodes, shards);
    if (!luggage || !is_heard(luggage->move)) return {};
    return yes_if(here.take(std::move(*luggage), is_over));
  }
  const auto marks = marks_from(said.rest, nodes, shards);
  if (!marks || !is_heard(marks->move)) return {};
  if (said.word == Word::give) return to_bytes(here.give(*marks, is_over));
  return yes_if(here.hear(*marks, is_over));
}

bool is_obeyed(const Said& said, network::Desk& desk) {
  const auto order = order_from(said.rest);
  return !order || desk.obey(*order);
}

std::string answer_to_arrival(const Said& said, unsigned nodes, Succession& succession) {
  const auto arrival = arrival_from(said.rest, nodes);
  if (!arrival || arrival->token < succession.token()) return {};
  return yes_if(succession.let_in(*arrival));
}

}  // namespace chargemill::app
