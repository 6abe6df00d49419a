#include "app/doors/inspector.hpp"

#include <utility>

#include "runtime/base/assert.hpp"

namespace chargemill::app {

void Inspector::ask(Errand errand) {
  // In order: what came before goes before.
  if (waiting_.empty() && send(errand)) return;
  // Somebody must be under way whose end lets those go on who wait.
  if (open_ == 0 || waiting_.size() >= kWaitingMax) return errand.refuse();
  waiting_.push_back(std::move(errand));
}

bool Inspector::send(const Errand& errand) {
  if (open_ == kOpenMax) return false;
  const bool is_taken = inspect(errand);
  if (is_taken) ++open_;
  return is_taken;
}

bool Inspector::inspect(const Errand& errand) {
  if (!errand.point) return desk_.inspect(errand.what);
  if (errand.is_behind_point) return desk_.inspect_behind(*errand.point, errand.what);
  return desk_.inspect(*errand.point, errand.what);
}

void Inspector::done() {
  CHARGEMILL_ASSERT(open_ > 0);
  --open_;
  while (!waiting_.empty() && send(waiting_.front())) waiting_.pop_front();
  if (open_ > 0) return;
  // Other doors have filled the desk, and nobody of ours comes back to try again.
  for (const auto& errand : std::exchange(waiting_, {})) errand.refuse();
}

}  // namespace chargemill::app
