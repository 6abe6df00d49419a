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
  listener.on_tenure = [this](runtime::agreement::MachineTime end) { act_until(end); };
  listener.on_view = [this](const runtime::agreement::View& view) { look(view); };
  agreement_ = std::make_unique<Agreement>(std::move(options), std::move(listener));
}

EtcdBond::~EtcdBond() { agreement_.reset(); }

void EtcdBond::bind(runtime::Exchange* exchange) {
  const std::lock_guard lock{mutex_};
  exchange_ = exchange;
  if (exchange_ != nullptr) exchange_->tenure().last_until(until_.time_since_epoch());
  if (exchange_ != nullptr && !lost_.empty()) exchange_->abandon(lost_);
  wait_for_nobody_who_is_gone();
}

void EtcdBond::expect(unsigned node, const runtime::agreement::Owner& who) {
  const std::lock_guard lock{mutex_};
  places_.put(node, who);
  wait_for_nobody_who_is_gone();
}

// Here, on the agreement's thread: whoever runs the node looks at etcd between other things, and
// one of these is to wait for room on the way to another node, which may be the one that is gone.
void EtcdBond::look(const runtime::agreement::View& view) {
  const std::lock_guard lock{mutex_};
  view_ = view;
  wait_for_nobody_who_is_gone();
}

void EtcdBond::wait_for_nobody_who_is_gone() {
  if (exchange_ == nullptr) return;
  // A node that has lost its own place acts for nobody, and nobody of it may wait for anybody.
  const auto gone = lost_.empty() ? places_.take_gone(view_) : places_.take_all();
  for (const unsigned node : gone) exchange_->let_nobody_wait(node);
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

void EtcdBond::act_until(runtime::agreement::MachineTime end) {
  const std::lock_guard lock{mutex_};
  until_ = end;
  if (exchange_ != nullptr) exchange_->tenure().last_until(until_.time_since_epoch());
}

// First its workers stand: whoever reads what is said here may keep this thread waiting.
void EtcdBond::lose(const std::string& why) {
  act_until(runtime::agreement::MachineTime::min());
  say({true, "stops: " + why});
  const std::lock_guard lock{mutex_};
  lost_ = "node " + name_ + " has lost its place: " + why;
  if (exchange_ != nullptr) exchange_->abandon(lost_);
  wait_for_nobody_who_is_gone();
}

}  // namespace chargemill::app
