// Question: how many messages of actors can one node send another, encrypted?
// Budget:   1 M records of 64 bytes a second with CURVE on loopback, and at least three times what
//           one ZeroMQ message for each record makes: a message costs ZeroMQ some hundred
//           nanoseconds whatever its size, and a frame of 64 KiB has a thousand records.
//           At half of that load p99 below 5 ms: a frame waits for a millisecond at most.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>
#include <zmq.hpp>

#include "bench/support/figures.hpp"
#include "runtime/cluster/links.hpp"
#include "runtime/observe/histogram_recorder.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kRecordBytes = 64;
constexpr std::size_t kRecordsAParcel = 256;  // 16 KiB: what a busy worker hands over
constexpr std::size_t kParcels = 400;         // in one iteration

using Clock = std::chrono::steady_clock;

/// Of a record that was due then: its first bytes.
std::int64_t now_ns() { return Clock::now().time_since_epoch().count(); }

/// Counts what arrives.
class Sink final : public LinkEvents {
 public:
  void on_data(unsigned, ByteView parcels) override {
    // release: pairs with acquire in bytes(); the next round's records come after.
    bytes_.fetch_add(parcels.size, std::memory_order_release);
  }
  void on_control(unsigned, std::string_view) override {}
  void on_peer(unsigned, PeerState) override {}
  [[nodiscard]] std::uint64_t bytes() const {
    return bytes_.load(std::memory_order_acquire);  // acquire: pairs with release in on_data()
  }

 private:
  std::atomic<std::uint64_t> bytes_{0};
};

/// Records how old each record is that arrives.
class AgingSink final : public LinkEvents {
 public:
  void on_data(unsigned, ByteView parcels) override {
    const std::int64_t now = now_ns();
    for (std::size_t at = 0; at + kRecordBytes <= parcels.size; at += kRecordBytes) {
      std::int64_t due = 0;
      std::memcpy(&due, parcels.data + at, sizeof due);
      ages_.record(Nanos{now - due});
    }
    // release: whoever has seen all records sees all ages; pairs with acquire in arrived().
    arrived_.fetch_add(parcels.size / kRecordBytes, std::memory_order_release);
  }
  void on_control(unsigned, std::string_view) override {}
  void on_peer(unsigned, PeerState) override {}
  [[nodiscard]] std::uint64_t arrived() const {
    return arrived_.load(std::memory_order_acquire);  // acquire: as above
  }
  [[nodiscard]] LatencyHistogram ages() const { return ages_.snapshot(); }

 private:
  HistogramRecorder ages_;  // written by the links' thread
  std::atomic<std::uint64_t> arrived_{0};
};

/// An endpoint that is free at the moment.
std::string free_endpoint() {
  zmq::context_t context;
  zmq::socket_t socket{context, zmq::socket_type::pull};
  socket.bind("tcp://127.0.0.1:*");
  return socket.get(zmq::sockopt::last_endpoint);
}

template <class S>
struct Pair {
  S sinks[2];                       // NOLINT(modernize-avoid-c-arrays): one for each node
  std::unique_ptr<Links> links[2];  // NOLINT(modernize-avoid-c-arrays): likewise

  explicit Pair(bool with_keys) {
    const KeyPair keys[2] = {make_key_pair(), make_key_pair()};
    LinksOptions options;
    for (unsigned n = 0; n < 2; ++n)
      options.nodes.push_back(
          {free_endpoint(), free_endpoint(), with_keys ? keys[n].public_key : std::string{}});
    for (unsigned n = 0; n < 2; ++n) {
      options.self = static_cast<std::uint16_t>(n);
      options.incarnation = Incarnation{n + 1};
      if (with_keys) options.secret_key = keys[n].secret_key;
      auto opened = Links::open(options, sinks[n]);
      if (opened) links[n] = std::move(*opened);
    }
  }
  [[nodiscard]] bool is_open() const { return links[0] && links[1]; }
  void await() const {
    while (links[0]->state_of(1) != PeerState::alive || links[1]->state_of(0) != PeerState::alive)
      std::this_thread::yield();
  }
};

void records(benchmark::State& state, bool with_keys) {
  Pair<Sink> pair{with_keys};
  if (!pair.is_open()) return state.SkipWithError("the nodes cannot bind");
  pair.await();
  std::uint64_t sent = 0;
  for (auto _ : state) {
    for (std::size_t p = 0; p < kParcels; ++p) {
      SlabPtr parcel = pair.links[0]->parcel();
      for (std::size_t r = 0; r < kRecordsAParcel; ++r) {
        std::memset(parcel->end(), static_cast<int>(r), kRecordBytes);
        parcel->grow(kRecordBytes);
      }
      sent += parcel->body_bytes();
      pair.links[0]->send(1, std::move(parcel));
    }
    while (pair.sinks[1].bytes() < sent) std::this_thread::yield();
  }
  if (pair.sinks[1].bytes() != sent) state.SkipWithError("something came twice");
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(kParcels * kRecordsAParcel));
}

/// An open loop: records are due at a steady rate, whatever the link does, and age from then on.
void at_a_rate(benchmark::State& state) {
  const auto per_second = static_cast<std::uint64_t>(state.range(0));
  constexpr auto kEvery = std::chrono::microseconds{200};  // a worker's turn
  const std::uint64_t turns = bench::is_quick() ? 1'000 : 25'000;
  const std::uint64_t a_turn = per_second / 5'000;
  Pair<AgingSink> pair{true};
  if (!pair.is_open()) return state.SkipWithError("the nodes cannot bind");
  pair.await();
  std::uint64_t sent = 0;
  for (auto _ : state) {
    const auto start = Clock::now();
    for (std::uint64_t turn = 0; turn < turns; ++turn) {
      const auto due = start + kEvery * static_cast<std::int64_t>(turn);
      std::this_thread::sleep_until(due);
      const std::int64_t due_ns = due.time_since_epoch().count();
      for (std::uint64_t left = a_turn; left > 0;) {
        const std::uint64_t records = std::min<std::uint64_t>(left, kRecordsAParcel);
        SlabPtr parcel = pair.links[0]->parcel();
        for (std::uint64_t r = 0; r < records; ++r) {
          std::memset(parcel->end(), 'x', kRecordBytes);
          std::memcpy(parcel->end(), &due_ns, sizeof due_ns);
          parcel->grow(kRecordBytes);
        }
        pair.links[0]->send(1, std::move(parcel));
        left -= records;
        sent += records;
      }
    }
    while (pair.sinks[1].arrived() < sent) std::this_thread::yield();
  }
  const LatencyHistogram ages = pair.sinks[1].ages();
  if (ages.count() != sent) state.SkipWithError("something came twice");
  state.SetItemsProcessed(static_cast<std::int64_t>(sent));
  state.counters["p50_ms"] = bench::milliseconds(ages.quantile(0.5));
  state.counters["p99_ms"] = bench::milliseconds(ages.quantile(0.99));
  state.counters["p999_ms"] = bench::milliseconds(ages.quantile(0.999));
  state.counters["max_ms"] = bench::milliseconds(ages.max());
}

/// The rival: ZeroMQ alone, a message for each record, encrypted as well.
void one_per_frame(benchmark::State& state) {
  const KeyPair server = make_key_pair();
  const KeyPair client = make_key_pair();
  zmq::context_t context;
  zmq::socket_t in{context, zmq::socket_type::pull};
  zmq::socket_t out{context, zmq::socket_type::push};
  in.set(zmq::sockopt::curve_server, 1);
  in.set(zmq::sockopt::curve_secretkey, server.secret_key);
  out.set(zmq::sockopt::curve_serverkey, server.public_key);
  out.set(zmq::sockopt::curve_publickey, client.public_key);
  out.set(zmq::sockopt::curve_secretkey, client.secret_key);
  in.bind("tcp://127.0.0.1:*");
  out.connect(in.get(zmq::sockopt::last_endpoint));
  const std::string frame(FrameLayout::kHeaderBytes + kRecordBytes, 'x');
  constexpr std::size_t kFrames = 20'000;
  for (auto _ : state) {
    std::thread sender{[&] {
      for (std::size_t i = 0; i < kFrames; ++i) (void)out.send(zmq::buffer(frame));
    }};
    zmq::message_t message;
    for (std::size_t i = 0; i < kFrames; ++i) (void)in.recv(message);
    sender.join();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kFrames));
}

BENCHMARK_CAPTURE(records, curve, true)->Name("link/records_64/curve")->UseRealTime();
BENCHMARK_CAPTURE(records, plain, false)->Name("link/records_64/plain")->UseRealTime();
BENCHMARK(at_a_rate)
    ->Name("link/at_a_rate/curve")
    ->Arg(500'000)  // half of what is asked for
    ->Arg(2'000'000)
    ->UseRealTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(one_per_frame)->Name("link/one_per_frame")->UseRealTime();

}  // namespace
}  // namespace chargemill::runtime
