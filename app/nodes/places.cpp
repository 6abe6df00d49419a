#include "app/nodes/places.hpp"

namespace chargemill::app {

namespace agreement = runtime::agreement;

void Places::put(unsigned node, const agreement::Owner& who) {
  if (owners_.size() <= node) owners_.resize(node + 1);
  owners_[node] = who;
}

template <class Fits>
std::vector<unsigned> Places::take(Fits fits) {
  std::vector<unsigned> taken;
  for (unsigned node = 0; node < owners_.size(); ++node) {
    auto& owner = owners_[node];
    if (owner.incarnation == agreement::Revision{} || !fits(owner)) continue;
    owner = {};
    taken.push_back(node);
  }
  return taken;
}

std::vector<unsigned> Places::take_gone(const agreement::View& view) {
  return take([&view](const agreement::Owner& owner) {
    return view.revision >= owner.incarnation && !view.has(owner);
  });
}

std::vector<unsigned> Places::take_all() {
  return take([](const agreement::Owner&) { return true; });
}

}  // namespace chargemill::app
