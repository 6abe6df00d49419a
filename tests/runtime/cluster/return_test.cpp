// Nodes that are killed in virtual time and return: processes of their own, over real sockets.
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/cluster/exchange.hpp"
#include "runtime/engine/saved_engine.hpp"
#include "runtime/saved/state_file.hpp"
#include "tests/runtime/cluster/gossip.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kActors = 60;

/// Seeds to try; more in the long form (CHARGEMILL_RETURN_SEEDS, tests/README.md).
std::uint64_t seeds() {
  const char* const text =
      std::getenv("CHARGEMILL_RETURN_SEEDS");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text == nullptr ? 4 : std::strtoull(text, nullptr, 10);
}

/// What all nodes of a story share.
struct Plan {
  std::uint64_t seed = 0;
  unsigned nodes = 0;
  unsigned workers = 0;
  std::vector<NodeEndpoints> endpoints;
  std::string folder;
  std::uint64_t save_every = 0;

  [[nodiscard]] std::string log_of(unsigned node) const {
    return folder + "/node-" + std::to_string(node) + ".log";
  }
  [[nodiscard]] std::string state_of(unsigned node) const {
    return folder + "/node-" + std::to_string(node) + ".state";
  }
};

/// One node: every node names all actors in one order; actor i lives on node i mod nodes.
struct GossipNode {
  GossipNode(const Plan& plan, unsigned node, unsigned life) {
    Exchange::Options options;
    options.links.nodes = plan.endpoints;
    options.links.self = static_cast<std::uint16_t>(node);
    options.links.incarnation = Incarnation{1 + node + 100 * life};
    options.links.may_return = true;
    options.links.lost_after = kPatience;
    options.kinds = {letter_kind<Hop, write_hop, read_hop>()};
    options.workers = plan.workers;
    if (node != 0) options.log = plan.log_of(node);
    options.save_every = plan.save_every;
    exchange = std::move(*Exchange::open(std::move(options)));
  }
  ~GossipNode() {
    exchange->expect_leaving();
    exchange->save_by(nullptr);
    exchange->detach();
    engine.reset();
  }
  GossipNode(const GossipNode&) = delete;
  GossipNode& operator=(const GossipNode&) = delete;

  /// Meets the others and takes its part; false: it cannot.
  bool begin(const Plan& plan, unsigned node) {
    if (!exchange->await_all(kPatience) || !exchange->begin()) return false;
    EngineOptions options;
    options.pacing = Pacing::virtual_time;
    options.workers = plan.workers;
    options.latency = kLatency;
    options.nodes = plan.nodes;
    options.node = node;
    options.frontier = exchange.get();
    options.may_spin = false;
    options.hears_with_orders = true;
    engine = std::make_unique<Engine>(options);
    exchange->attach(engine->coordinator());
    for (std::size_t i = 0; i < kActors; ++i) {
      const auto at = static_cast<unsigned>(i % plan.nodes);
      gossips.push_back(
          at != node ? nullptr
                     : engine->coordinator().spawn<Gossip>(static_cast<unsigned>(i / 2), plan.seed,
                                                           static_cast<std::uint32_t>(i), all));
      all.push_back(at == node ? Address{gossips.back()} : engine->coordinator().reserve(at));
    }
    return true;
  }
  void start() {
    for (auto* actor : gossips) {
      if (actor != nullptr) LeanActor::post(actor, Hop{1});
    }
  }
  /// What each of its actors has mixed, by number. Requires that time stands still.
  [[nodiscard]] std::string mixed() const {
    std::string text(kActors * sizeof(std::uint64_t), '\0');
    for (std::size_t i = 0; i < kActors; ++i) {
      const std::uint64_t value = gossips[i] != nullptr ? gossips[i]->mixed : 0;
      std::memcpy(text.data() + i * sizeof value, &value, sizeof value);
    }
    return text;
  }

  /// All that this node is.
  template <class V>
  void fields(V& v) {
    static const std::vector<SavedLetter> kinds{SavedLetter::of<Hop>()};
    Coordinator::Saved saved{engine->coordinator(), kinds};
    if constexpr (V::kReads) {
      saved.read(v);
    } else {
      saved.write(v);
    }
    for (auto* actor : gossips) {
      if (actor != nullptr) actor->fields(v);
    }
    v(has_started);
  }

  bool has_started = false;
  std::unique_ptr<Exchange> exchange;
  std::unique_ptr<Engine> engine;
  std::vector<Address> all;
  std::vector<Gossip*> gossips;  // by number; null: elsewhere
};

/// What a process of a node that does not lead does: "start" and "mixed" are what it is asked.
int live(const Plan& plan, unsigned node, unsigned life) {
  GossipNode here{plan, node, life};
  if (!here.begin(plan, node)) return 1;
  here.exchange->save_by([&here]() -> Result<std::vector<std::byte>> {
    saved::Writer v;
    here.fields(v);
    if (!v.is_sound()) return failure(ErrorKind::environment, "something is under way");
    return v.take();
  });
  here.exchange->tell(0, "ready");
  for (;;) {
    const auto message = here.exchange->receive(kPatience);
    if (!message) {
      std::fprintf(stderr, "node %u: %s\n", node, here.exchange->failure().c_str());
      return 2;
    }
    if (message->is_state) {
      const ByteView state = bytes_of(message->text);
      saved::Reader v{state.data, state.size};
      here.fields(v);
      if (!v.is_exhausted()) return 4;
      here.exchange->obeyed();
    } else if (message->text == "start") {
      const auto saving = here.exchange->hold_saving();
      if (!message->is_recalled && !here.has_started) here.exchange->note(message->text);
      if (!std::exchange(here.has_started, true)) here.start();
      if (message->is_recalled) {
        here.exchange->obeyed();
      } else {
        here.exchange->tell(0, "started");
      }
    } else if (message->text == "mixed") {
      if (!here.engine->coordinator().await_pause(kPatience)) return 3;
      here.exchange->tell(0, here.mixed());
    } else if (message->text == "end") {
      here.exchange->expect_leaving();
      return 0;
    }
  }
}

/// A process that waits until it is told to live, so that it is forked before there are threads.
class Spare {
 public:
  Spare(const Plan& plan, unsigned node, unsigned life) {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::close(ends[1]);
      char go = 0;
      if (::read(ends[0], &go, 1) != 1) ::_exit(0);  // it was not needed
      ::_exit(live(plan, node, life));
    }
    ::close(ends[0]);
    go_ = ends[1];
  }
  ~Spare() {
    if (go_ >= 0) ::close(go_);
    if (pid_ > 0) kill();  // those forked later hold the pipe as well, so it does not end by that
  }
  Spare(const Spare&) = delete;
  Spare& operator=(const Spare&) = delete;

  void go() {
    if (::write(go_, "g", 1) != 1) ADD_FAILURE() << "a process is gone";
    ::close(std::exchange(go_, -1));
  }
  void kill() {
    ::kill(pid_, SIGKILL);
    (void)wait();
  }
  /// How it ended.
  int wait() {
    int status = 0;
    if (pid_ > 0) ::waitpid(std::exchange(pid_, 0), &status, 0);
    return status;
  }

 private:
  pid_t pid_ = 0;
  int go_ = -1;
};

/// When which node is killed: once its log has so many bytes, or it has saved that meeting.
struct Death {
  unsigned node;
  std::uintmax_t log_bytes;
  std::uint64_t meeting = 0;
};

class Returns : public testing::Test {
 protected:
  /// What all actors have mixed after two model seconds, although nodes died.
  std::vector<std::uint64_t> play(std::uint64_t seed, unsigned nodes, unsigned workers,
                                  const std::vector<Death>& deaths, std::uint64_t save_every = 0) {
    test::SocketFolder sockets;
    const test::Folder folder;
    plan_ = {seed, nodes, workers, sockets.endpoints(nodes), folder.path(), save_every};
    std::vector<std::vector<std::unique_ptr<Spare>>> lives(nodes);
    for (unsigned node = 1; node < nodes; ++node) {
      for (unsigned life = 0; life <= deaths.size(); ++life)
        lives[node].push_back(std::make_unique<Spare>(plan_, node, life));
    }
    std::vector<unsigned> life(nodes, 0);
    for (unsigned node = 1; node < nodes; ++node) lives[node][0]->go();
    auto first = std::make_unique<GossipNode>(plan_, 0, 0);
    GossipNode& leader = *first;
    EXPECT_TRUE(leader.begin(plan_, 0));
    std::thread reaper{[&] {
      for (const Death& death : deaths) {
        await(death);
        lives[death.node][life[death.node]]->kill();
        lives[death.node][++life[death.node]]->go();
      }
    }};
    (void)ask(leader, "", "ready");  // said without being asked
    (void)ask(leader, "start", "started");
    leader.start();
    // In steps, each of which cuts a window.
    for (Nanos until = 130ms; until < 2s; until += 310ms) run_until(leader, until);
    run_until(leader, 2s);
    reaper.join();
    std::vector<std::uint64_t> mixed(kActors, 0);
    for (const auto& text : ask(leader, "mixed", {})) {
      for (std::size_t i = 0; i < kActors && text.size() == kActors * 8; ++i) {
        std::uint64_t value = 0;
        std::memcpy(&value, text.data() + i * 8, 8);
        mixed[i] += value;
      }
    }
    for (std::size_t i = 0; i < kActors; ++i) {
      if (leader.gossips[i] != nullptr) mixed[i] = leader.gossips[i]->mixed;
    }
    EXPECT_EQ(leader.exchange->failure(), "");
    leader.exchange->expect_leaving();
    leader.exchange->tell_all("end");
    first.reset();  // stops all
    for (unsigned node = 1; node < nodes; ++node) EXPECT_EQ(lives[node][life[node]]->wait(), 0);
    return mixed;
  }

 private:
  [[nodiscard]] bool has_come(const Death& death) const {
    if (death.meeting > 0) {
      const auto state = saved::read_state(plan_.state_of(death.node));
      return state && state->head.round >= death.meeting;
    }
    std::error_code none;
    const auto bytes = std::filesystem::file_size(plan_.log_of(death.node), none);
    return !none && bytes >= death.log_bytes;
  }
  void await(const Death& death) const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
      if (has_come(death)) return;
      if (std::chrono::steady_clock::now() > deadline) break;
      std::this_thread::yield();
    }
    ADD_FAILURE() << "node " << death.node << " never had " << death.log_bytes
                  << " bytes, or saved meeting " << death.meeting;
  }
  static void run_until(GossipNode& leader, Nanos time) {
    if (HasFailure()) return;  // the rest is of no interest, and each would be waited for
    leader.engine->coordinator().go_until(SimTime{time});
    EXPECT_TRUE(leader.engine->coordinator().await_pause(kPatience)) << leader.exchange->failure();
  }
  /// Every node's answer; who returns is asked again. An empty `answer`: any that is not another
  /// one's.
  static std::vector<std::string> ask(GossipNode& leader, const std::string& question,
                                      const std::string& answer) {
    std::vector<std::string> answers(leader.exchange->nodes());
    std::size_t missing = answers.size() - 1;
    if (!question.empty()) leader.exchange->tell_all(question);
    while (missing > 0) {
      const auto message = leader.exchange->receive(kPatience);
      if (!message) {
        ADD_FAILURE() << "no answer to '" << question << "': " << leader.exchange->failure();
        break;
      }
      if (message->has_returned && !question.empty())
        leader.exchange->tell(message->node, question);
      const bool is_it = answer.empty() ? message->text.size() > 8 : message->text == answer;
      if (!is_it || !answers[message->node].empty()) continue;
      answers[message->node] = message->text;
      --missing;
    }
    return answers;
  }

  Plan plan_;
};

// VT-20, goal R15.
TEST_F(Returns, OfAKilledNodeChangeNothingThatAnyActorHears) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    const auto one = alone(seed);
    RandomStream random{seed, 0, Purpose::choice};
    for (const unsigned nodes : {2U, 3U, 4U}) {
      for (const unsigned workers : {1U, 2U}) {
        const auto node = static_cast<unsigned>(1 + random.below(nodes - 1));
        const std::uintmax_t bytes = random.below(4'000);
        SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << nodes << " x " << workers
                                        << ", node " << node << " at " << bytes << " bytes");
        ASSERT_EQ(play(seed, nodes, workers, {{node, bytes}}), one);
      }
    }
  }
}

// From what it has saved, and what its log has since; whenever it dies between the two.
TEST_F(Returns, FromASavedStateChangeNothingEither) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    const auto one = alone(seed);
    RandomStream random{seed, 2, Purpose::choice};
    for (const unsigned nodes : {2U, 3U, 4U}) {
      for (const unsigned workers : {1U, 2U}) {
        const auto node = static_cast<unsigned>(1 + random.below(nodes - 1));
        const std::uint64_t every = 1 + random.below(6);
        const std::uint64_t meeting = 2 + random.below(18);
        SCOPED_TRACE(testing::Message()
                     << "seed " << seed << ", " << nodes << " x " << workers << ", node " << node
                     << " at meeting " << meeting << ", saved every " << every);
        ASSERT_EQ(play(seed, nodes, workers, {{node, 0, meeting}}, every), one);
      }
    }
  }
}

TEST_F(Returns, FromOneStateAndFromTheNext) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const auto one = alone(seed);
    RandomStream random{seed, 3, Purpose::choice};
    const std::uint64_t first = 2 + random.below(8);
    ASSERT_EQ(play(seed, 3, 1, {{1, 200}, {1, 0, first}, {1, 0, first + 5}}, 3), one);
    ASSERT_EQ(play(seed, 3, 2, {{1, 0, first}, {2, 0, first + 2}}, 2), one);
  }
}

TEST_F(Returns, OfTwoNodesAndOfOneTwice) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const auto one = alone(seed);
    RandomStream random{seed, 1, Purpose::choice};
    const std::uintmax_t first = random.below(2'000);
    ASSERT_EQ(play(seed, 3, 1, {{1, first}, {2, random.below(3'000)}}), one);
    ASSERT_EQ(play(seed, 3, 2, {{2, first}, {2, first + random.below(1'500)}}), one);
  }
}

}  // namespace
}  // namespace chargemill::runtime
