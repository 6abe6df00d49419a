// Bags of letters by value: by script on one thread, then between workers.
#include "runtime/engine/mail_bag.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <caf/actor_system.hpp>
#include <thread>
#include <vector>

#include "runtime/base/random_stream.hpp"
#include "runtime/engine/coordinator.hpp"
#include "tests/support/stress.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

struct Empty {};
struct Byte {
  std::uint8_t value;
};
/// A number in each word, so that one which is torn or cut is seen.
template <std::size_t Words>
struct Numbers {
  std::array<std::uint64_t, Words> words{};

  explicit Numbers(std::uint64_t first) {
    for (auto& word : words) word = first++;
  }
  [[nodiscard]] bool is_whole() const {
    for (std::size_t i = 1; i < Words; ++i) {
      if (words[i] != words[0] + i) return false;
    }
    return true;
  }
};

// Of bags alone receivers are never read: what would be a pointer is a number, as for other nodes.
LeanActor* receiver(std::uintptr_t number) {
  return reinterpret_cast<LeanActor*>(number);  // NOLINT(performance-no-int-to-ptr)
}
template <class T>
bool try_add(MailBag& bag, std::uintptr_t to, const T& content) {
  return bag.try_add(receiver(to), Packet<T>::kKind, &content);
}
template <class T>
const T* content_of(const MailBag::Item& item) {
  if (item.letter.tag != Packet<T>::tag()) return nullptr;
  return static_cast<const T*>(item.letter.content());
}

TEST(MailBag, GivesLettersOfAllSizesInTheOrderInWhichTheyWereAdded) {
  MailBag bag;
  EXPECT_TRUE(bag.is_empty());
  EXPECT_EQ(bag.begin(), bag.end());
  ASSERT_TRUE(try_add(bag, 1, Byte{200}));
  ASSERT_TRUE(try_add(bag, 2, Numbers<5>{70}));
  ASSERT_TRUE(try_add(bag, 3, Empty{}));
  ASSERT_TRUE(try_add(bag, 4, Numbers<1>{9}));
  EXPECT_FALSE(bag.is_empty());
  auto item = bag.begin();
  EXPECT_EQ(item->entity(), 1U);
  ASSERT_NE(content_of<Byte>(*item), nullptr);
  EXPECT_EQ(content_of<Byte>(*item)->value, 200);
  ++item;
  EXPECT_EQ(item->entity(), 2U);
  ASSERT_NE(content_of<Numbers<5>>(*item), nullptr);
  EXPECT_EQ(content_of<Numbers<5>>(*item)->words[0], 70U);
  EXPECT_TRUE(content_of<Numbers<5>>(*item)->is_whole());
  ++item;
  EXPECT_EQ(item->entity(), 3U);
  EXPECT_NE(content_of<Empty>(*item), nullptr);
  ++item;
  EXPECT_EQ(item->entity(), 4U);
  ASSERT_NE(content_of<Numbers<1>>(*item), nullptr);
  EXPECT_EQ(content_of<Numbers<1>>(*item)->words[0], 9U);
  ++item;
  EXPECT_EQ(item, bag.end());
  bag.clear();
  EXPECT_EQ(bag.begin(), bag.end());
}

// A limit on everything (style guide, habit 12).
TEST(MailBag, RefusesWhatItHasNoRoomForAndTakesWhatStillFits) {
  using Large = Numbers<8>;
  MailBag bag;
  std::uint64_t added = 0;
  while (try_add(bag, added, Large{added * 100})) ++added;
  EXPECT_EQ(added, MailBag::kRoom / MailBag::bytes_of(sizeof(Large)));
  EXPECT_LE(bag.used, MailBag::kRoom);
  EXPECT_TRUE(try_add(bag, added, Byte{1})) << "the rest is large enough";
  while (try_add(bag, 0, Byte{1})) continue;
  EXPECT_LE(bag.used, MailBag::kRoom);
  auto item = bag.begin();
  for (std::uint64_t n = 0; n < added; ++n, ++item) {
    ASSERT_NE(content_of<Large>(*item), nullptr);
    EXPECT_EQ(item->entity(), n);
    EXPECT_EQ(content_of<Large>(*item)->words[0], n * 100);
    EXPECT_TRUE(content_of<Large>(*item)->is_whole()) << "what was refused has written into " << n;
  }
}

TEST(MailBag, ALetterIsUnpackedIntoAPacketOfItsOwn) {
  MailBag bag;
  ASSERT_TRUE(try_add(bag, 1, Numbers<3>{5}));
  const Letter& letter = bag.begin()->letter;
  auto* const element = kind_of(letter.tag).unpack(letter.content());
  bag.clear();
  ASSERT_TRUE(try_add(bag, 1, Numbers<3>{1'000})) << "over the former one";
  ASSERT_TRUE(is_packet(*element));
  EXPECT_EQ(element->mid.integer_value(), Packet<Numbers<3>>::tag());
  const auto& value = static_cast<const Packet<Numbers<3>>*>(element)->value();
  EXPECT_EQ(value.words[0], 5U);
  EXPECT_TRUE(value.is_whole());
  element->request_deletion(false);
}

/// What the speakers say: a number in sequence, in forms of different sizes.
template <std::size_t Words>
struct Said {
  std::uint32_t speaker;
  std::uint32_t number;
  Numbers<Words> numbers;
};

/// Written by the listener, read by the test.
struct Heard {
  std::atomic<std::uint64_t> all{0};
  std::atomic<std::uint64_t> wrong{0};
};

class Listener final : public LeanActor {
 public:
  Listener(caf::actor_config& cfg, std::size_t speakers, Heard* heard)
      : LeanActor(cfg), next_(speakers, 0), heard_(heard) {}

 private:
  void on_message(const Message& m) override {
    if (!hear<1>(m) && !hear<2>(m) && !hear<7>(m) && !hear<20>(m) && !hear<60>(m)) drop(m);
  }
  template <std::size_t Words>
  bool hear(const Message& m) {
    const auto* const said = m.get_if<Said<Words>>();
    if (said == nullptr) return false;
    const bool is_right = said->number == next_[said->speaker]++ && said->numbers.is_whole() &&
                          said->numbers.words[0] == said->number;
    // relaxed (both): counters; order nothing.
    if (!is_right) heard_->wrong.fetch_add(1, std::memory_order_relaxed);
    heard_->all.fetch_add(1, std::memory_order_relaxed);
    return true;
  }

  std::vector<std::uint32_t> next_;  // by speaker
  Heard* const heard_;
};

struct Speak {};
/// Says so many things to one listener, a few at a time: as a message of this engine or, now and
/// then, as a CAF actor would.
class Speaker final : public LeanActor {
 public:
  Speaker(caf::actor_config& cfg, std::uint32_t id, LeanActor* listener, std::uint64_t words)
      : LeanActor(cfg),
        id_(id),
        random_(1, id, Purpose::choice),
        listener_(listener),
        left_(words) {}

 private:
  void on_message(const Message& m) override {
    if (m.get_if<Speak>() == nullptr) return drop(m);
    for (std::uint64_t n = random_.below(100) + 1; n > 0 && left_ > 0; --n, --left_) say();
    if (left_ > 0) send(this, Speak{});
  }
  void say() {
    switch (random_.below(6)) {
      case 0:
        return send(listener_, content<1>());
      case 1:
        return send(listener_, content<2>());
      case 2:
        return send(listener_, content<7>());
      case 3:
        return send(listener_, content<20>());
      case 4:
        return send(listener_, content<60>());
      default:
        return post(listener_, content<2>());  // as an element that is there already
    }
  }
  template <std::size_t Words>
  Said<Words> content() {
    const std::uint32_t number = number_++;
    return {id_, number, Numbers<Words>{number}};
  }

  const std::uint32_t id_;
  RandomStream random_;
  LeanActor* const listener_;
  std::uint64_t left_;
  std::uint32_t number_ = 0;
};

// What lies in bags that are full, nearly full and hardly begun, from one worker and from several.
TEST(CoordinatorStress, CarriesMessagesOfAllSizesWholeAndInTheOrderOfSendingOfEachSender) {
  constexpr unsigned kWorkers = 3;
  constexpr std::uint32_t kSpeakers = 12;
  const std::uint64_t words = test::stress_count(30'000);
  Heard heard;
  EngineOptions options;
  options.workers = kWorkers;
  options.sleep_max = 1h;  // a lost wake-up is never made good
  EngineConfig config{options};
  caf::actor_system system{config};
  auto& engine = Coordinator::of(system);
  std::vector<Listener*> listeners;
  for (unsigned w = 0; w < kWorkers; ++w)
    listeners.push_back(engine.spawn<Listener>(w, std::size_t{kSpeakers}, &heard));
  for (std::uint32_t s = 0; s < kSpeakers; ++s) {
    // Each has the same way to go as another one, and all ways occur.
    LeanActor* const listener = listeners[s / kWorkers % kWorkers];
    LeanActor::post(engine.spawn<Speaker>(s % kWorkers, s, listener, words), Speak{});
  }
  const auto deadline = std::chrono::steady_clock::now() + 120s;
  // relaxed (here and below): looks at counters.
  while (heard.all.load(std::memory_order_relaxed) < kSpeakers * words) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "a message or a wake-up was lost";
    std::this_thread::yield();
  }
  ASSERT_TRUE(engine.freeze(60s));
  EXPECT_EQ(heard.all.load(std::memory_order_relaxed), kSpeakers * words);
  EXPECT_EQ(heard.wrong.load(std::memory_order_relaxed), 0U);
}

}  // namespace
}  // namespace chargemill::runtime
