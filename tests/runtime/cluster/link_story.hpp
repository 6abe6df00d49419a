// A small language for tests of links: nodes of one process that talk over real sockets.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>
#include <zmq.hpp>

#include "runtime/cluster/links.hpp"
#include "tests/support/socket_folder.hpp"

namespace chargemill::runtime {

using namespace std::chrono_literals;

/// What one node hears. Data are numbers of eight bytes, which rise from 1 by sender.
class Ear final : public LinkEvents {
 public:
  void on_data(unsigned node, ByteView parcels) override {
    const std::lock_guard lock{mutex_};
    for (std::size_t at = 0; at + 8 <= parcels.size; at += 8) {
      if (load_at<std::uint64_t>(parcels.data + at) != ++last_[node]) ++wrong_;
    }
    changed_.notify_all();
  }
  void on_control(unsigned node, std::string_view message) override {
    const std::lock_guard lock{mutex_};
    messages_.emplace_back(message);
    data_before_.push_back(last_[node]);
    changed_.notify_all();
  }
  void on_peer(unsigned node, PeerState state) override {
    const std::lock_guard lock{mutex_};
    states_[node].push_back(state);
    changed_.notify_all();
  }
  std::string on_life(unsigned node) override {
    const std::lock_guard lock{mutex_};
    ++lives_[node];
    return "life " + std::to_string(lives_[node]);
  }

  [[nodiscard]] bool await_number(unsigned node, std::uint64_t number) {
    return await([&] { return last_[node] >= number; });
  }
  /// Until it was once seen in that state.
  [[nodiscard]] bool await_state(unsigned node, PeerState state) {
    return await([&] {
      for (const PeerState seen : states_[node]) {
        if (seen == state) return true;
      }
      return false;
    });
  }
  [[nodiscard]] bool await_messages(std::size_t count) {
    return await([&] { return messages_.size() >= count; });
  }
  [[nodiscard]] std::string message(std::size_t i) {
    const std::lock_guard lock{mutex_};
    return messages_[i];
  }
  [[nodiscard]] std::uint64_t data_before(std::size_t i) {
    const std::lock_guard lock{mutex_};
    return data_before_[i];
  }
  [[nodiscard]] std::uint64_t number(unsigned node) {
    const std::lock_guard lock{mutex_};
    return last_[node];
  }
  /// Where nodes may return: how many processes have been in that place.
  [[nodiscard]] unsigned lives(unsigned node) {
    const std::lock_guard lock{mutex_};
    return lives_[node];
  }
  /// Numbers that came out of turn.
  [[nodiscard]] int wrong() {
    const std::lock_guard lock{mutex_};
    return wrong_;
  }

 private:
  static constexpr auto kDeadline = 60s;

  template <class Condition>
  bool await(Condition condition) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, kDeadline, condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<std::uint64_t, 4> last_{};
  std::array<std::vector<PeerState>, 4> states_;
  std::array<unsigned, 4> lives_{};
  std::vector<std::string> messages_;
  std::vector<std::uint64_t> data_before_;
  int wrong_ = 0;
};

struct Node {
  Ear ear;
  std::unique_ptr<Links> links;
  std::uint64_t sent = 0;

  void open(LinksOptions options) {
    auto opened = Links::open(std::move(options), ear);
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    links = std::move(*opened);
  }
  /// So many numbers in one parcel.
  void send(unsigned to, std::size_t numbers) {
    SlabPtr parcel = links->parcel();
    for (std::size_t i = 0; i < numbers; ++i) {
      store_at(parcel->end(), ++sent);
      parcel->grow(8);
    }
    links->send(to, std::move(parcel));
  }
};

/// Up to three nodes, numbered from 0, that simulate the same.
class LinksOnThisMachine : public testing::Test {
 protected:
  void open(unsigned node) {
    options_.self = static_cast<std::uint16_t>(node);
    options_.incarnation = Incarnation{100 + node};
    nodes_[node].open(options_);
  }
  void open_all(unsigned nodes) {
    options_.nodes = folder_.endpoints(nodes);
    for (unsigned n = 0; n < nodes; ++n) open(n);
    for (unsigned a = 0; a < nodes; ++a) {
      for (unsigned b = 0; b < nodes; ++b) {
        if (a == b) continue;
        ASSERT_TRUE(nodes_[a].ear.await_state(b, PeerState::alive));
      }
    }
  }

  test::SocketFolder folder_;
  LinksOptions options_;
  std::array<Node, 3> nodes_;
};

/// Likewise, encrypted.
class LinksWithKeys : public LinksOnThisMachine {
 protected:
  void make_keys(unsigned nodes) {
    options_.nodes = folder_.endpoints(nodes);
    for (unsigned n = 0; n < nodes; ++n) {
      keys_.push_back(make_key_pair());
      options_.nodes[n].key = keys_[n].public_key;
    }
  }
  void open_with_key(unsigned node) {
    options_.secret_key = keys_[node].secret_key;
    open(node);
  }

  std::vector<KeyPair> keys_;
};

/// Whoever connects to node 0 and says what it likes.
class Stranger {
 public:
  explicit Stranger(const NodeEndpoints& to, const KeyPair& keys = {}) {
    for (auto* socket : {&data_, &control_}) {
      socket->set(zmq::sockopt::linger, 0);
      socket->set(zmq::sockopt::immediate, 1);
      if (keys.public_key.empty()) continue;
      socket->set(zmq::sockopt::curve_serverkey, to.key);
      socket->set(zmq::sockopt::curve_publickey, keys.public_key);
      socket->set(zmq::sockopt::curve_secretkey, keys.secret_key);
    }
    data_.connect(to.data);
    control_.connect(to.control);
  }

  void say_anything(std::string_view bytes) {
    (void)data_.send(zmq::buffer(bytes));
    (void)control_.send(zmq::buffer(bytes));
  }
  void say_frame(const FrameHead& head, std::string_view body) {
    std::string frame(FrameLayout::kHeaderBytes, '\0');
    frame += body;
    seal_frame(reinterpret_cast<std::byte*>(frame.data()), head, body.size());
    (void)(head.type == FrameType::data ? data_ : control_).send(zmq::buffer(frame));
  }
  void say_beat(unsigned node, Incarnation incarnation, const Beat& beat) {
    std::string body(BeatLayout::kBytes, '\0');
    write_beat(beat, reinterpret_cast<std::byte*>(body.data()));
    say_frame({FrameType::beat, static_cast<std::uint16_t>(node), incarnation, 0, 0}, body);
  }
  /// Where nodes may return: `number` in a frame that is meant for one life of the receiver.
  void say_to(Incarnation receiver, Incarnation sender, std::uint64_t sequence,
              std::uint64_t number) {
    std::string body(8, '\0');
    store_at(reinterpret_cast<std::byte*>(body.data()), number);
    say_frame({FrameType::data, 1, sender, static_cast<std::uint32_t>(receiver), sequence}, body);
  }
  /// A frame of data with the number of its own sequence.
  void say_number(unsigned node, Incarnation incarnation, std::uint64_t sequence) {
    std::string body(8, '\0');
    store_at(reinterpret_cast<std::byte*>(body.data()), sequence);
    say_frame({FrameType::data, static_cast<std::uint16_t>(node), incarnation, 0, sequence}, body);
  }

 private:
  zmq::context_t context_;
  zmq::socket_t data_{context_, zmq::socket_type::push};
  zmq::socket_t control_{context_, zmq::socket_type::push};
};

}  // namespace chargemill::runtime
