// States as bytes: what goes in comes out, and any bytes are read without harm.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <fstream>

#include "runtime/base/random_stream.hpp"
#include "runtime/saved/reader.hpp"
#include "runtime/saved/state_file.hpp"
#include "runtime/saved/writer.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::runtime::saved {

enum class Colour : std::uint8_t { red, green, blue };
template <>
inline constexpr Colour kLast<Colour> = Colour::blue;

namespace {

enum class Id : std::uint32_t {};

struct Small {
  Id id{};
  Colour colour{};
  bool is_on = false;
  bool operator==(const Small& o) const {
    return id == o.id && colour == o.colour && is_on == o.is_on;
  }
};

struct Large {
  std::vector<Small> list;
  std::map<Id, std::string> names;
  std::variant<std::monostate, Small, double> one;
  Rare<Small> rare;
  int of_the_plan = 0;
};

template <class V>
void fields(V& v, Large& value) {
  auto& [list, names, one, rare, of_the_plan] = value;
  v(list, names, one, rare);
  v.same(static_cast<std::uint64_t>(of_the_plan));
}

Large large() {
  Large value;
  value.list = {{Id{7}, Colour::blue, true}, {Id{8}, Colour::red, false}};
  value.names = {{Id{1}, "one"}, {Id{2}, "two"}};
  value.one = Small{Id{9}, Colour::green, true};
  value.rare = Small{Id{3}, Colour::blue, false};
  return value;
}
std::vector<std::byte> written(const Large& value) {
  Writer v;
  v(value);
  return v.take();
}

TEST(SavedBytes, WhatGoesInComesOut) {
  const auto bytes = written(large());
  Reader v{bytes.data(), bytes.size()};
  Large read;
  v(read);
  EXPECT_TRUE(v.is_exhausted());
  EXPECT_EQ(read.list, large().list);
  EXPECT_EQ(read.names, large().names);
  EXPECT_EQ(std::get<Small>(read.one), std::get<Small>(large().one));
  EXPECT_EQ(*read.rare, *large().rare);
  EXPECT_EQ(written(read), bytes);
}

TEST(SavedBytes, AnotherPlanIsRefused) {
  const auto bytes = written(large());
  Reader v{bytes.data(), bytes.size()};
  Large other;
  other.of_the_plan = 1;
  v(other);
  EXPECT_FALSE(v.is_sound());
}

TEST(SavedBytes, ChoicesAndFlagsAreOnesThatThereAre) {
  for (const std::size_t at : {4U, 5U}) {
    Writer w;
    w(Small{Id{1}, Colour::blue, true});
    auto bytes = w.take();
    bytes[at] = std::byte{3};
    Reader v{bytes.data(), bytes.size()};
    Small small;
    v(small);
    EXPECT_FALSE(v.is_sound());
  }
}

TEST(SavedBytes, AListIsNoLargerThanItsBytes) {
  Writer w;
  w(std::uint64_t{1} << 60U);
  const auto bytes = w.take();
  Reader v{bytes.data(), bytes.size()};
  std::vector<Small> list;
  v(list);
  EXPECT_FALSE(v.is_sound());
  EXPECT_TRUE(list.empty());
}

TEST(SavedBytes, AnyBytesAreReadWithoutHarm) {
  const auto bytes = written(large());
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    RandomStream random{seed, 0, Purpose::choice};
    auto damaged = bytes;
    damaged.resize(random.below(2) == 0 ? damaged.size() : random.below(damaged.size()));
    for (auto i = random.below(6); i > 0 && !damaged.empty(); --i)
      damaged[random.below(damaged.size())] = static_cast<std::byte>(random.below(256));
    Reader v{damaged.data(), damaged.size()};
    Large read;
    v(read);
    ASSERT_LE(read.list.size(), damaged.size());
  }
}

TEST(SavedFile, IsThereWholeOrNotAtAll) {
  const test::Folder folder;
  const std::string path = folder.path() + "/deep/state";
  const StateHead head{11, 22, 3, 4, 55};
  const auto bytes = written(large());
  EXPECT_FALSE(read_state(path));
  ASSERT_TRUE(write_state(path, head, bytes));
  ASSERT_TRUE(write_state(path, head, bytes)) << "in place of the former one";
  const auto file = read_state(path);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->bytes, bytes);
  EXPECT_EQ(file->head.plan, 11U);
  EXPECT_EQ(file->head.run, 22U);
  EXPECT_EQ(file->head.place, 3U);
  EXPECT_EQ(file->head.places, 4U);
  EXPECT_EQ(file->head.round, 55U);
  EXPECT_NE(::access((path + ".new").c_str(), F_OK), 0);

  std::string all;
  {
    std::ifstream in{path, std::ios::binary};
    all.assign(std::istreambuf_iterator<char>{in}, {});
  }
  for (std::size_t at = 0; at < all.size(); ++at) {
    std::string damaged = all;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    std::ofstream{path, std::ios::binary | std::ios::trunc} << damaged;
    EXPECT_FALSE(read_state(path)) << "byte " << at;
    std::ofstream{path, std::ios::binary | std::ios::trunc} << all.substr(0, at);
    EXPECT_FALSE(read_state(path)) << "cut at " << at;
  }
}

}  // namespace
}  // namespace chargemill::runtime::saved
