// Who is in which place among the nodes, for whoever hears first that one is gone. Pure.
#pragma once

#include <vector>

#include "runtime/agreement/member.hpp"

namespace chargemill::app {

class Places {
 public:
  /// From now on that one is there; blank: nobody.
  void put(unsigned node, const runtime::agreement::Owner& who);
  /// The places of those whom that view does not have any more, each once: they are nobody's then.
  /// One that is older than a life knows nothing of it.
  [[nodiscard]] std::vector<unsigned> take_gone(const runtime::agreement::View& view);
  /// All that are somebody's; they are nobody's then.
  [[nodiscard]] std::vector<unsigned> take_all();

 private:
  template <class Fits>
  [[nodiscard]] std::vector<unsigned> take(Fits fits);

  std::vector<runtime::agreement::Owner> owners_;  // by number; blank: nobody
};

}  // namespace chargemill::app
