// Streams for properties: what a line might bring, and worse.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/base/random_stream.hpp"
#include "tests/runtime/wire/frame_story.hpp"

namespace chargemill::runtime {

/// `size` bytes of which about one in `rarity` is special, and the same for the same seed.
inline Bytes some_bytes(std::uint64_t seed, std::size_t size, std::uint64_t rarity) {
  constexpr std::byte kSpicy[] = {
      kStx, kEtx, kEsc, kEsc, std::byte{0x22}, std::byte{0x23}, std::byte{0x3b}};
  RandomStream random{seed, 0, Purpose::choice};
  Bytes bytes(size);
  for (std::byte& b : bytes) {
    b = random.below(rarity) == 0 ? kSpicy[random.below(std::size(kSpicy))]
                                  : static_cast<std::byte>(random.below(256));
  }
  return bytes;
}

/// Frames of any length, good and broken ones, noise, and pieces of ASCII.
inline rc::Gen<Bytes> any_stream() {
  using Part = std::pair<unsigned, std::uint64_t>;
  const auto parts = rc::gen::container<std::vector<Part>>(
      rc::gen::pair(rc::gen::inRange(0U, 8U), rc::gen::inRange<std::uint64_t>(0, 100'000)));
  return rc::gen::map(parts, [](const std::vector<Part>& chosen) {
    Bytes stream;
    for (const auto& [kind, seed] : chosen) {
      const std::size_t size = seed % (seed % 7 == 0 ? 700 : 50);
      const Bytes payload = kind % 2 == 0 ? some_bytes(seed, size, 1 + seed % 90)
                                          : raw(std::string(size, static_cast<char>('a' + kind)));
      Bytes part = kind < 6 ? plain_frame(view(payload)) : payload;
      if (kind == 4 || kind == 5) part.resize(seed % (part.size() + 1));  // cut off
      if (kind == 2) part[seed % part.size()] ^= std::byte{0x01};         // hurt
      stream = std::move(stream) + part;
    }
    return stream;
  });
}

/// Rising places within `size` bytes.
inline rc::Gen<std::vector<std::size_t>> any_cuts(std::size_t size) {
  return rc::gen::map(
      rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, size + 1)),
      [](std::vector<std::size_t> cuts) {
        std::sort(cuts.begin(), cuts.end());
        return cuts;
      });
}

}  // namespace chargemill::runtime
