#include "actors/network/hand_book.hpp"

#include <utility>

#include "runtime/base/assert.hpp"

namespace chargemill::network {

std::optional<std::uint64_t> HandBook::begin_errand(const std::optional<Trip>& trip, SimTime now,
                                                    Done done) {
  const std::lock_guard lock{mutex_};
  if (errands_.size() >= kErrandsMax) return std::nullopt;
  const std::uint64_t errand = ++errands_made_;
  errands_.emplace(errand, Errand{trip, now, std::move(done)});
  return errand;
}

void HandBook::on_answer(const driver::HandAnswer& answer) {
  Errand errand;
  std::optional<HandRequest> asked;
  {
    const std::lock_guard lock{mutex_};
    const auto found = errands_.find(answer.errand);
    CHARGEMILL_ASSERT(found != errands_.end());
    errand = std::move(found->second);
    errands_.erase(found);
    if (errand.trip && answer.verdict == driver::HandVerdict::taken) {
      asked = HandRequest{answer.request, answer.driver, *errand.trip, {}, errand.since, false};
      keep(*asked);
    }
  }
  errand.done(answer, asked);
}

void HandBook::keep(const HandRequest& request) {
  if (requests_.size() == kRequestsMax) {
    places_.erase(requests_.front().id);
    requests_.pop_front();
    ++forgotten_;
  }
  places_[request.id] = forgotten_ + requests_.size();
  requests_.push_back(request);
}

HandRequest* HandBook::known(RequestId request) {
  const auto place = places_.find(request);
  return place == places_.end() ? nullptr : &requests_[place->second - forgotten_];
}

void HandBook::on_update(const DriverUpdate& update, SimTime at) {
  const std::lock_guard lock{mutex_};
  HandRequest* const request = known(update.request);
  if (request == nullptr) return;
  request->last = update;
  request->at = at;
}

void HandBook::on_timed_out(RequestId id, SimTime at) {
  const std::lock_guard lock{mutex_};
  HandRequest* const request = known(id);
  if (request == nullptr) return;
  request->has_timed_out = true;
  request->at = at;
}

std::optional<HandRequest> HandBook::find(DriverId driver, RequestId request) const {
  const std::lock_guard lock{mutex_};
  const auto place = places_.find(request);
  if (place == places_.end()) return std::nullopt;
  const HandRequest& found = requests_[place->second - forgotten_];
  return found.driver == driver ? std::optional{found} : std::nullopt;
}

std::vector<HandRequest> HandBook::of(DriverId driver, std::size_t limit) const {
  const std::lock_guard lock{mutex_};
  std::vector<HandRequest> result;
  for (auto one = requests_.rbegin(); one != requests_.rend() && result.size() < limit; ++one) {
    if (one->driver == driver) result.push_back(*one);
  }
  return result;
}

}  // namespace chargemill::network
