// Who comes to a place among the nodes while the links are open.
#include <utility>

#include "runtime/cluster/links_thread.hpp"
#include "runtime/cluster/masked_signals.hpp"

namespace chargemill::runtime {

// Each life has a link of its own: nothing of a former one is left in it, and the User-Id under
// which that was let in is nobody's any more.
void Links::Thread::welcome(unsigned node, const NodeEndpoints& where, bool dials) {
  auto next = std::make_unique<PeerLink>(context_, options_.window_bytes, kPatience);
  configure(next->data.socket, kDataIo);
  configure(next->control.socket, kControlIo);
  for (auto* socket : {&next->data.socket, &next->control.socket}) {
    if (zap_) socket->set(zmq::sockopt::curve_serverkey, where.key);
  }
  next->undialled = where;
  if (dials) dial(*next);  // throws, before anything has changed
  if (PeerLink* const former = peer(node); former != nullptr) {
    next->former = former->former;
    if (former->incarnation) next->former.push_back(*former->incarnation);
    if (zap_) zap_->turn_away(former->user);
    for (LinkWay* way : {&former->data, &former->control}) {
      way->allowance.close();
      (void)way->out.start_over();
      way->socket.close();
    }
    former->batch = {};
    former->words.clear();
  }
  next->user = std::to_string(lives_.size());
  if (zap_) zap_->let_in(where.key, next->user);
  // release: all of it is there; pairs with acquire in peer().
  peers_[node].store(next.get(), std::memory_order_release);
  lives_.push_back(std::move(next));
}

void Links::Thread::dial(PeerLink& peer) {
  if (is_absent(peer.undialled)) return;
  despite_signals([&] { peer.data.socket.connect(peer.undialled.data); });
  despite_signals([&] { peer.control.socket.connect(peer.undialled.control); });
  peer.undialled = {};
}

bool Links::Thread::let_in(unsigned node, const NodeEndpoints& where) {
  Newcomer newcomer{node, where, false, false};
  std::unique_lock lock{newcomers_mutex_};
  newcomers_.push_back(&newcomer);
  has_newcomers_.store(true, std::memory_order_relaxed);  // relaxed: ordered by the mutex
  wake();
  let_in_.wait(lock, [&] { return newcomer.is_done; });
  return newcomer.is_in;
}

std::vector<Links::Thread::Newcomer*> Links::Thread::take_newcomers() {
  // relaxed: seen late it is seen at the next turn, which wake() has asked for.
  if (!has_newcomers_.load(std::memory_order_relaxed)) return {};
  const std::lock_guard lock{newcomers_mutex_};
  has_newcomers_.store(false, std::memory_order_relaxed);  // relaxed: ordered by the mutex
  return std::exchange(newcomers_, {});
}

void Links::Thread::answer(const std::vector<Newcomer*>& newcomers) {
  for (Newcomer* const one : newcomers) {
    bool is_in = true;
    try {
      welcome(one->node, one->where, true);
    } catch (const zmq::error_t&) {
      is_in = false;  // nothing of it has begun
    }
    const std::lock_guard lock{newcomers_mutex_};
    one->is_in = is_in;
    one->is_done = true;
    let_in_.notify_all();
  }
}

}  // namespace chargemill::runtime
