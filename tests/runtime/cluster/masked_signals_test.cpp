// A signal that comes at the wrong moment, to a thread that talks with other nodes.
#include "runtime/cluster/masked_signals.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/runtime/cluster/link_story.hpp"

namespace chargemill::runtime {
namespace {

std::atomic<int> handled{0};  // written by whoever gets a signal
static_assert(std::atomic<int>::is_always_lock_free);

/// SIGUSR1 has a handler that counts, and system calls that it interrupts fail with EINTR.
class CountedSignals {
 public:
  CountedSignals() {
    handled = 0;
    struct sigaction action {};
    action.sa_handler = [](int) { handled.fetch_add(1, std::memory_order_relaxed); };
    ::sigaction(SIGUSR1, &action, &before_);
  }
  ~CountedSignals() { ::sigaction(SIGUSR1, &before_, nullptr); }
  CountedSignals(const CountedSignals&) = delete;
  CountedSignals& operator=(const CountedSignals&) = delete;

 private:
  struct sigaction before_ {};
};

std::vector<long> threads_named(const std::string& name) {
  std::vector<long> found;
  for (const auto& thread : std::filesystem::directory_iterator{"/proc/self/task"}) {
    std::string its;
    std::getline(std::ifstream{thread.path() / "comm"}, its);
    if (its == name) found.push_back(std::stol(thread.path().filename().string()));
  }
  return found;
}

bool takes_signals() {
  sigset_t mask;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  return ::sigismember(&mask, SIGTERM) == 0 && ::sigismember(&mask, SIGUSR1) == 0;
}

TEST(MaskedSignals, AreThoseOfTheThreadsThatAreMadeMeanwhileToo) {
  ASSERT_TRUE(takes_signals());
  bool does_child = true;
  {
    const MaskedSignals masked;
    EXPECT_FALSE(takes_signals());
    std::thread{[&] { does_child = takes_signals(); }}.join();
  }
  EXPECT_FALSE(does_child);
  EXPECT_TRUE(takes_signals());
}

TEST(DespiteSignals, ACallIsMadeAgainUntilNoneComesInBetween) {
  int calls = 0;
  EXPECT_EQ(despite_signals([&] {
              if (++calls < 3) throw zmq::error_t{EINTR};
              return calls;
            }),
            3);
}

TEST(DespiteSignals, WhateverElseFailsIsTold) {
  EXPECT_THROW(despite_signals([] { throw zmq::error_t{ETERM}; }), zmq::error_t);
}

TEST(DespiteSignals, AMessageIsAwaitedThroughHandlersThatRun) {
  const CountedSignals signals;
  zmq::context_t context;
  zmq::socket_t in{context, zmq::socket_type::pull};
  zmq::socket_t out{context, zmq::socket_type::push};
  in.bind("inproc://here");
  out.connect("inproc://here");
  std::string heard;
  std::thread waiting{[&] {
    zmq::message_t message;
    (void)despite_signals([&] { return in.recv(message); });
    heard = message.to_string();
  }};
  while (handled < 3) {
    (void)::pthread_kill(waiting.native_handle(), SIGUSR1);
    std::this_thread::yield();
  }
  (void)out.send(zmq::buffer(std::string_view{"a word"}));
  waiting.join();
  EXPECT_EQ(heard, "a word");
}

// SIGTERM and SIGHUP at once, as when a terminal closes: the main thread has one of them, and the
// other goes to any thread that takes it.
TEST_F(LinksWithKeys, TalkOnWhileTheirThreadsGetSignals) {
  const CountedSignals signals;
  make_keys(2);
  open_with_key(0);
  open_with_key(1);
  ASSERT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  ASSERT_TRUE(nodes_[1].ear.await_state(0, PeerState::alive));
  auto threads = threads_named("links");
  const auto zap = threads_named("zap");
  ASSERT_EQ(threads.size(), 2U);
  ASSERT_EQ(zap.size(), 2U);
  threads.insert(threads.end(), zap.begin(), zap.end());
  std::atomic<bool> is_over{false};
  std::thread disturber{[&] {
    while (!is_over) {
      for (const long thread : threads) (void)::syscall(SYS_tgkill, ::getpid(), thread, SIGUSR1);
      std::this_thread::yield();
    }
  }};
  for (unsigned round = 1; round <= 10; ++round) {
    for (int i = 0; i < 50; ++i) nodes_[0].send(1, 500);
    nodes_[0].links->tell(1, "and a word");
    EXPECT_TRUE(nodes_[1].ear.await_messages(round));  // they have slept, and begin again
    const auto refused = nodes_[0].links->handshakes_refused();
    const Stranger knocks{options_.nodes[0], make_key_pair()};
    while (nodes_[0].links->handshakes_refused() == refused) std::this_thread::yield();
  }
  EXPECT_TRUE(nodes_[1].ear.await_number(0, nodes_[0].sent));
  is_over = true;
  disturber.join();
  EXPECT_EQ(nodes_[1].ear.wrong(), 0);
  EXPECT_EQ(nodes_[0].links->state_of(1), PeerState::alive);
  EXPECT_EQ(handled, 0) << "they take none";
}

}  // namespace
}  // namespace chargemill::runtime
