#include "actors/codec/json_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "runtime/base/assert.hpp"

namespace chargemill::codec {
namespace {

constexpr std::size_t kWord = sizeof(std::uint64_t);
constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighs = kOnes * 0x80;

/// The highest bit of each byte that is to be escaped: below 0x20, `"`, `\`, above 0x7f. The lowest
/// such byte is told exactly; above it a borrow may mark others too.
constexpr std::uint64_t special_bytes(std::uint64_t word) noexcept {
  const auto below = [word](std::uint64_t n) { return word - kOnes * n; };
  const std::uint64_t quote = word ^ (kOnes * '"');
  const std::uint64_t backslash = word ^ (kOnes * '\\');
  return ((below(0x20) | (quote - kOnes) | (backslash - kOnes)) & ~word & kHighs) | (word & kHighs);
}

constexpr std::uint32_t kReplacement = 0xFFFD;

struct Character {
  std::uint32_t code;
  std::size_t bytes;
};
/// The character that `text` begins with, which is not ASCII; one byte of U+FFFD if it is none.
Character decode_utf8(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  std::size_t bytes = 0;
  std::uint32_t code = 0;
  std::uint32_t least = 0;
  if (lead >= 0xC2 && lead < 0xE0) {
    bytes = 2, code = lead & 0x1FU, least = 0x80;
  } else if (lead >= 0xE0 && lead < 0xF0) {
    bytes = 3, code = lead & 0x0FU, least = 0x800;
  } else if (lead >= 0xF0 && lead < 0xF5) {
    bytes = 4, code = lead & 0x07U, least = 0x10000;
  }
  if (bytes == 0 || bytes > text.size()) return {kReplacement, 1};
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {kReplacement, 1};
    code = code << 6U | (byte(i) & 0x3FU);
  }
  const bool is_surrogate = code >= 0xD800 && code < 0xE000;
  if (code < least || code > 0x10FFFF || is_surrogate) return {kReplacement, 1};
  return {code, bytes};
}

char* put_unit(char* to, std::uint32_t unit) noexcept {
  constexpr std::string_view kHex = "0123456789abcdef";
  *to++ = '\\';
  *to++ = 'u';
  for (const unsigned shift : {12U, 8U, 4U, 0U}) *to++ = kHex[unit >> shift & 0xFU];
  return to;
}
char* put_code(char* to, std::uint32_t code) noexcept {
  if (code < 0x10000) return put_unit(to, code);
  code -= 0x10000;
  to = put_unit(to, 0xD800 + (code >> 10U));
  return put_unit(to, 0xDC00 + (code & 0x3FFU));
}
/// The letter after the backslash, or 0.
constexpr char short_escape(char c) noexcept {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

/// Escapes the first character of `text` and removes it.
char* put_escaped(char* to, std::string_view& text) noexcept {
  const char c = text.front();
  std::size_t taken = 1;
  if (const char letter = short_escape(c); letter != 0) {
    *to++ = '\\';
    *to++ = letter;
  } else if (static_cast<std::uint8_t>(c) < 0x20) {
    to = put_unit(to, static_cast<std::uint8_t>(c));
  } else {
    const Character character = decode_utf8(text);
    taken = character.bytes;
    to = put_code(to, character.code);
  }
  text.remove_prefix(taken);
  return to;
}
bool is_special(char c) noexcept {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte < 0x20 || byte > 0x7F || c == '"' || c == '\\';
}

}  // namespace

void JsonText::grow(std::size_t bytes_max) {
  constexpr std::size_t kFirstBytes = 512;
  std::size_t capacity = capacity_ < kFirstBytes ? kFirstBytes : capacity_;
  while (capacity - size_ < bytes_max) capacity *= 2;
  std::unique_ptr<char[]> bytes{new char[capacity]};
  if (size_ > 0) std::memcpy(bytes.get(), bytes_.get(), size_);
  bytes_ = std::move(bytes);
  capacity_ = capacity;
}
void JsonText::append_string(std::string_view text) {
  finish(put_string(begin(string_bytes_max(text)), text));
}
void JsonText::append_float(double value) { finish(put_float(begin(kFloatBytesMax), value)); }

char* put_string(char* to, std::string_view text) noexcept {
  *to++ = '"';
  while (text.size() >= kWord) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), kWord);
    std::memcpy(to, &word, kWord);
    const std::uint64_t special = special_bytes(word);
    const auto plain =
        special == 0 ? kWord : static_cast<std::size_t>(__builtin_ctzll(special)) / 8;
    to += plain;
    text.remove_prefix(plain);
    if (special != 0) to = put_escaped(to, text);
  }
  while (!text.empty()) {
    if (is_special(text.front())) {
      to = put_escaped(to, text);
    } else {
      *to++ = text.front();
      text.remove_prefix(1);
    }
  }
  *to++ = '"';
  return to;
}

char* put_float(char* to, double value) noexcept {
  CHARGEMILL_ASSERT(std::isfinite(value));
  constexpr double kFixedFrom = 1e-4;
  constexpr double kFixedBelow = 1e16;
  const double size = std::fabs(value);
  if (size < kFixedBelow) {
    // Whole numbers are frequent, and quick; only they have no point by themselves.
    const auto whole = static_cast<std::int64_t>(size);
    if (static_cast<double>(whole) == size) {
      if (std::signbit(value)) *to++ = '-';
      return put(put_int(to, whole), ".0");
    }
  }
  const bool is_fixed = size >= kFixedFrom && size < kFixedBelow;
  const auto format = is_fixed ? std::chars_format::fixed : std::chars_format::scientific;
  return std::to_chars(to, to + kFloatBytesMax, value, format).ptr;
}

char* put_int(char* to, std::int64_t value) noexcept {
  return std::to_chars(to, to + kIntBytesMax, value).ptr;
}

}  // namespace chargemill::codec
