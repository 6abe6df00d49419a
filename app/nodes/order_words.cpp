#include "app/nodes/order_words.hpp"

#include "actors/saved/choices.hpp"
#include "actors/texts.hpp"
#include "app/nodes/plain_words.hpp"

namespace chargemill::app {

std::string to_bytes(const network::Order& order) {
  network::Order said = order;
  if (auto* const report = std::get_if<FaultReport>(&said)) {
    if (is_foreign(report->reason)) report->reason = Reason::none;
  }
  return bytes_of(said);
}

std::optional<network::Order> order_from(std::string_view bytes) {
  return plain_from<network::Order>(bytes);
}

}  // namespace chargemill::app
