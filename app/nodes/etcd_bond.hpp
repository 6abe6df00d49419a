// What binds a running node to the others through etcd.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/nodes/bond.hpp"
#include "app/nodes/places.hpp"
#include "runtime/agreement/agreement.hpp"
#include "runtime/cluster/exchange.hpp"

namespace chargemill::app {

/// Keeps this node's place while it runs. What there is to say of etcd goes to stderr at once. A
/// node that loses its place gives up its part of the network: nobody may act for two. Threads:
/// any.
class EtcdBond final : public Bond {
 public:
  using Agreement = runtime::agreement::Agreement;
  using Note = runtime::agreement::Note;

  explicit EtcdBond(Agreement::Options options);
  ~EtcdBond() override;

  /// The node ends, by `exchange`, when it loses its place; null: nothing of it runs any more.
  void bind(runtime::Exchange* exchange);
  /// As soon as etcd has no place for it any more nobody here waits for it
  /// (Exchange::let_nobody_wait), whatever the runner of this node is busy with.
  void expect(unsigned node, const Owner& who) override;
  [[nodiscard]] Agreement& agreement() noexcept { return *agreement_; }
  /// Why etcd seems not to answer; empty: it does.
  [[nodiscard]] std::string trouble() const { return agreement_->status().trouble; }
  /// One of `owners` that has no place any more, and what to say of it; empty: none.
  [[nodiscard]] std::string lost_node(const std::vector<runtime::agreement::Owner>& owners) const;
  /// What was said since the last time.
  [[nodiscard]] std::vector<Note> take_notes();
  /// Says it on stderr, and to whoever takes notes.
  void say(const Note& note) override;

  [[nodiscard]] View view() const override { return agreement_->status().view; }
  [[nodiscard]] bool await(const std::function<bool(const View&)>& fits,
                           Nanos patience) const override {
    return agreement_->await([&fits](const auto& status) { return fits(status.view); }, patience);
  }
  void let_go(const runtime::agreement::LetGo& heard) override { agreement_->let_go(heard); }
  void part_with() override { agreement_->part_with(); }
  void hand_on(const Owner& to) override { agreement_->hand_on(to); }
  void lead_on() override { agreement_->lead_on(); }
  void leave() override { agreement_->leave(); }
  void welcome(const Owner& who) override { agreement_->welcome(who); }

 private:
  void lose(const std::string& why);
  /// The workers of this node act until then, whatever its runner is busy with (Tenure).
  void act_until(runtime::agreement::MachineTime end);
  void look(const runtime::agreement::View& view);
  /// Requires mutex_.
  void wait_for_nobody_who_is_gone();

  const std::string name_;
  std::mutex mutex_;
  std::vector<Note> notes_;                // guarded by mutex_
  runtime::Exchange* exchange_ = nullptr;  // guarded by mutex_
  std::string lost_;                       // guarded by mutex_; empty: it has its place
  runtime::agreement::MachineTime until_ = runtime::agreement::MachineTime::min();  // likewise
  Places places_;                         // guarded by mutex_; of the other nodes
  runtime::agreement::View view_;         // guarded by mutex_; as the agreement's thread has it
  std::unique_ptr<Agreement> agreement_;  // last: its thread calls the rest
};

/// Binds for as long as it lives; null: there is no etcd.
class Bound {
 public:
  Bound(EtcdBond* bond, runtime::Exchange& exchange) : bond_(bond) {
    if (bond_ != nullptr) bond_->bind(&exchange);
  }
  ~Bound() {
    if (bond_ != nullptr) bond_->bind(nullptr);
  }
  Bound(const Bound&) = delete;
  Bound& operator=(const Bound&) = delete;

 private:
  EtcdBond* const bond_;
};

}  // namespace chargemill::app
