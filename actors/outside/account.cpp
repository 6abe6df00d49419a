#include "actors/outside/account.hpp"

namespace chargemill::outside {

Account& Accounts::open(SessionId session, DriverId driver) noexcept {
  Account& place = kept_[next_++ % kKept];
  settled_.mj += place.told.mj;
  unreported_.mj += place.told.mj - place.booked.mj;
  place = Account{};
  place.session = session;
  place.driver = driver;
  return place;
}

Account* Accounts::find(SessionId session) noexcept {
  if (session == SessionId::none) return nullptr;
  for (Account& one : kept_) {
    if (one.session == session) return &one;
  }
  return nullptr;
}

Account* Accounts::current() noexcept {
  if (next_ == 0) return nullptr;
  Account& latest = kept_[(next_ - 1) % kKept];
  return latest.is_over ? nullptr : &latest;
}

Energy Accounts::told() const noexcept {
  Energy sum = settled_;
  for (const Account& one : kept_) sum.mj += one.told.mj;
  return sum;
}

Energy Accounts::unreported() const noexcept {
  Energy sum = unreported_;
  for (const Account& one : kept_) sum.mj += one.told.mj - one.booked.mj;
  return sum;
}

}  // namespace chargemill::outside
