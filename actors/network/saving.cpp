// A network in virtual time as bytes: the cut that time makes through all of its actors.
#include <algorithm>

#include "actors/network/here.hpp"
#include "actors/network/network.hpp"
#include "actors/saved/central_fields.hpp"
#include "actors/saved/director_fields.hpp"
#include "actors/saved/driver_fields.hpp"
#include "actors/saved/point_fields.hpp"
#include "runtime/engine/saved_engine.hpp"

namespace chargemill::network {
namespace {

using runtime::SavedLetter;
using runtime::saved::Reader;
using runtime::saved::Writer;

/// All that actors of one network say to each other in virtual time. An inspection is somebody's
/// outside: while one is under way nothing can be kept.
const std::vector<SavedLetter>& kinds_of_letters() {
  static const std::vector<SavedLetter> kinds{SavedLetter::of<charge_point::Event>(),
                                              SavedLetter::of<monitor::Event>(),
                                              SavedLetter::of<driver::Event>(),
                                              SavedLetter::of<central::ShardEvent>(),
                                              SavedLetter::of<central::CentralEvent>(),
                                              SavedLetter::of<fleet::Event>(),
                                              SavedLetter::of<director::Event>(),
                                              SavedLetter::of<supervisor::Event>(),
                                              SavedLetter::of<Crash>(),
                                              SavedLetter::of<Restart>()};
  return kinds;
}

}  // namespace

template <class V>
void Network::pass(V& v) {
  const auto pass_all = [&v](const auto& actors) {
    v.same(actors.size());
    each_here(actors, [&v](auto* actor) {
      if (v.is_sound()) actor->fields(v);
    });
  };
  v.check(stand_ins_.empty() && outside_points_.empty() && latecomers() == 0);
  pass_all(points_);
  pass_all(monitors_);
  pass_all(drivers_);
  pass_all(shards_);
  pass_all(fleets_);
  pass_all(directors_);
  pass_all(supervisors_);
  if (has_central()) central_->fields(v);
  v.same(instruments_.size());
  for (const auto& instruments : instruments_) instruments->fields(v);
  failures_.fields(v);
  v.same(recording_ != nullptr ? 1 : 0);
  if (recording_ == nullptr) return;
  const auto recorders = std::min<std::size_t>(instruments_.size(), shards_.size());
  for (unsigned w = 0; w < recorders; ++w) recording_->recorder(w).fields(v);
}

Result<std::vector<std::byte>> Network::save() {
  Writer v;
  runtime::Coordinator::Saved{engine_, kinds_of_letters()}.write(v);
  if (v.is_sound()) pass(v);
  if (!v.is_sound())
    return chargemill::failure(ErrorKind::environment,
                               "something is under way that cannot be kept");
  return v.take();
}

bool Network::load(const std::byte* data, std::size_t size) {
  Reader v{data, size};
  runtime::Coordinator::Saved{engine_, kinds_of_letters()}.read(v);
  if (v.is_sound()) pass(v);
  return v.is_exhausted();
}

}  // namespace chargemill::network
