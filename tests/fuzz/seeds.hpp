// Inputs that a fuzz target begins with, and what becomes of them by chance.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace chargemill::test {

/// A line of a file of seeds: `\xHH`, `\n`, `\r`, `\t` and `\\` are bytes, as for printf %b.
/// Nothing: it has another `\`.
inline std::optional<std::string> seed_of(std::string_view line) {
  std::string bytes;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\') {
      bytes += line[i];
      continue;
    }
    constexpr std::string_view kLetters = "nrt\\";
    constexpr std::string_view kBytes = "\n\r\t\\";
    if (++i == line.size()) return std::nullopt;
    const auto letter = kLetters.find(line[i]);
    if (letter != std::string_view::npos) {
      bytes += kBytes[letter];
      continue;
    }
    const std::string digits{line.substr(i + 1, 2)};
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (line[i] != 'x' || digits.size() != 2 ||
        digits.find_first_not_of(kDigits) != std::string::npos)
      return std::nullopt;
    bytes += static_cast<char>(std::stoi(digits, nullptr, 16));
    i += 2;
  }
  return bytes;
}

/// Of tests/fuzz/seeds; a line that is none ends the list with an empty one.
inline std::vector<std::string> seeds_of(const std::string& path) {
  std::vector<std::string> seeds;
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);) {
    const auto seed = seed_of(line);
    seeds.push_back(seed.value_or(""));
    if (!seed) break;
  }
  return seeds;
}

/// Makes inputs out of others as a fuzzer does, without looking at what they lead to. The same
/// seed, the same inputs.
class Mutator {
 public:
  static constexpr std::size_t kBytesMax = 4'096;

  /// `seeds` outlive this and are not empty.
  Mutator(const std::vector<std::string>& seeds, std::uint32_t seed)
      : seeds_(seeds), random_(seed) {}

  std::string next() {
    std::string input = any_seed();
    for (auto changes = 1 + below(4); changes > 0; --changes) change(input);
    if (input.size() > kBytesMax) input.resize(kBytesMax);
    return input;
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  const std::string& any_seed() { return seeds_[below(seeds_.size())]; }
  char any_byte() {
    // What parsers turn on.
    static constexpr std::array<char, 20> kTelling{0,    1,    2,      3,   4,    5,     6,
                                                   0x15, 0x1B, '\x7f', '#', '"',  '{',   '}',
                                                   '%',  '-',  '0',    '9', '\n', '\xff'};
    return below(2) == 0 ? kTelling[below(kTelling.size())] : static_cast<char>(below(256));
  }
  /// A piece of another seed.
  std::string piece() {
    const std::string& from = any_seed();
    const std::size_t at = below(from.size() + 1);
    return from.substr(at, below(40));
  }

  void change(std::string& input) {
    const std::size_t at = below(input.size() + 1);
    switch (below(7)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        break;
      case 1:
        if (at < input.size()) input[at] = any_byte();
        break;
      case 2:
        input.insert(at, 1, any_byte());
        break;
      case 3:
        input.erase(at, 1 + below(8));
        break;
      case 4:
        input.insert(at, input.substr(at, 1 + below(30)));
        break;
      case 5:
        input.insert(at, piece());
        break;
      default:
        input = input.substr(0, at) + piece();
    }
  }

  const std::vector<std::string>& seeds_;
  std::mt19937 random_;
};

}  // namespace chargemill::test
