#include "app/nodes/etcd_bond.hpp"

#include <cstdio>
#include <utility>

namespace chargemill::app {
namespace {

constexpr std::size_t kNotesMax = 1'000;  // of which nobody takes any

}  // namespace

EtcdBond::EtcdBond(Agreement::Options options) : name_(options.member.name) {
  Agreement::Listener listener;
  listener.on_note = [this](const Note& note) { say(note); };
  listener.on_drain = [](runtime::agreement::Revision) {};  // whoever leads says when it is done
  listener.on_stop = [this](const std::string& why) { lose(why); };
  agreement_ = std::make_unique<Agreement>(std::move(options), std::move(listener));
}

EtcdBond::~EtcdBond() { agreement_.reset(); }

void EtcdBond::bind(runtime::Exchange* exchange) {
  const std::lock_guard lock{mutex_};
  exchange_ = exchange;
  if (exchange_ != nullptr && !lost_.empty()) exchange_->abandon(lost_);
}

std::string EtcdBond::lost_node(const std::vector<runtime::agreement::Owner>& owners) const {
  const auto view = agreement_->status().view;
  for (const auto& owner : owners) {
    if (!view.has(owner)) return "node " + owner.name + " was lost before all had met";
  }
  return {};
}

std::vector<EtcdBond::Note> EtcdBond::take_notes() {
  const std::lock_guard lock{mutex_};
  return std::exchange(notes_, {});
}

void EtcdBond::say(const Note& note) {
  (void)std::fprintf(stderr, "node %s: %s\n", name_.c_str(), note.text.c_str());
  const std::lock_guard lock{mutex_};
  if (notes_.size() < kNotesMax) notes_.push_back(note);
}

void EtcdBond::lose(const std::string& why) {
  say({true, "stops: " + why});
  const std::lock_guard lock{mutex_};
  lost_ = "node " + name_ + " has lost its place: " + why;
  if (exchange_ != nullptr) exchange_->abandon(lost_);
}

}  // namespace chargemill::app
