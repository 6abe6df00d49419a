// Who may connect: the allow-list of a node's keys, as ZeroMQ's authentication protocol asks for
// it.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>
#include <zmq.hpp>

namespace chargemill::runtime {

/// Answers every handshake of one context (ZeroMQ RFC 27, ZAP). Only keys of the list pass, only in
/// its domain; the name under which a key was let in becomes the User-Id of each message. Whoever
/// is turned away is told nothing and may try again (status 300): a node that has just joined dials
/// before all others know its key, and libzmq never dials again after a 400. A thread of its own;
/// begins before any socket is bound.
class ZapHandler {
 public:
  /// Every listening socket names it: without a domain libzmq asks nobody and lets anybody in.
  static constexpr const char* kDomain = "chargemill";

  explicit ZapHandler(zmq::context_t& context);
  ~ZapHandler();
  ZapHandler(const ZapHandler&) = delete;
  ZapHandler& operator=(const ZapHandler&) = delete;

  /// From now on whoever has this public key, in Z85, passes as `user`. Requires a valid key. Any
  /// thread.
  void let_in(const std::string& key, const std::string& user);
  /// Nobody passes as `user` any more; connections that it has stay. Any thread.
  void turn_away(const std::string& user);
  /// Handshakes that were turned away. Any thread.
  [[nodiscard]] std::uint64_t refused() const noexcept {
    return refused_.load(std::memory_order_relaxed);  // relaxed: a counter
  }

 private:
  /// Of the thread, for who looks at the process.
  static constexpr const char* kName = "zap";

  void run();
  /// Its parts; empty: none has come within a look.
  [[nodiscard]] std::vector<zmq::message_t> await_request();
  /// As whom it passes; empty: not on the list.
  [[nodiscard]] std::string user_of(const std::string& domain, const std::string& mechanism,
                                    const std::string& key) const;

  mutable std::mutex mutex_;                  // once a handshake
  std::map<std::string, std::string> users_;  // guarded by mutex_; by 32 bytes of key
  zmq::socket_t requests_;
  std::atomic<bool> is_stopping_{false};   // written by the destructor
  std::atomic<std::uint64_t> refused_{0};  // written by its thread
  std::thread thread_;
};

}  // namespace chargemill::runtime
