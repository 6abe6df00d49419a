// Who may connect: the allow-list of a node's keys, as ZeroMQ's authentication protocol asks for
// it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>
#include <zmq.hpp>

namespace chargemill::runtime {

/// Answers every handshake of one context (ZeroMQ RFC 27, ZAP). Only keys of the list pass, only in
/// its domain; the number of the node whose key it is becomes the User-Id of each message. A thread
/// of its own; begins before any socket is bound.
class ZapHandler {
 public:
  /// Every listening socket names it: without a domain libzmq asks nobody and lets anybody in.
  static constexpr const char* kDomain = "chargemill";

  /// `keys`: the public key, in Z85, and the number of each node. Requires valid keys.
  ZapHandler(zmq::context_t& context, const std::vector<std::string>& keys);
  ~ZapHandler();
  ZapHandler(const ZapHandler&) = delete;
  ZapHandler& operator=(const ZapHandler&) = delete;

  /// Handshakes that were turned away. Any thread.
  [[nodiscard]] std::uint64_t refused() const noexcept {
    return refused_.load(std::memory_order_relaxed);  // relaxed: a counter
  }

 private:
  void run();
  /// The node's number; empty: not on the list.
  [[nodiscard]] std::string node_of(const std::string& domain, const std::string& mechanism,
                                    const std::string& key) const;

  std::vector<std::pair<std::string, std::string>> nodes_;  // 32 bytes of key, number
  zmq::socket_t requests_;
  std::atomic<bool> is_stopping_{false};   // written by the destructor
  std::atomic<std::uint64_t> refused_{0};  // written by its thread
  std::thread thread_;
};

}  // namespace chargemill::runtime
