#include "app/nodes/refused_move.hpp"

#include <algorithm>

namespace chargemill::app {

bool RefusedMove::is_last(const Move& move) const {
  return last_ && last_->move.from == move.from && last_->move.to == move.to &&
         last_->move.half == move.half && last_->move.shards == move.shards;
}

bool RefusedMove::is_due(const Move& move, Clock::time_point now) const {
  return !is_last(move) || now >= last_->until;
}

bool RefusedMove::note(const Move& move, const std::string& trouble, Clock::time_point now) {
  const bool is_again = is_last(move);
  const bool is_news = !is_again || last_->trouble != trouble;
  const auto wait = is_again ? std::min(2 * last_->wait, kAgainMax) : kAgainMin;
  last_ = Refused{move, trouble, wait, now + wait};
  return is_news;
}

}  // namespace chargemill::app
