#include "runtime/net/access_tokens.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <fstream>
#include <optional>
#include <system_error>

namespace chargemill::runtime {
namespace {

constexpr std::string_view kBlanks = " \t\r";

struct Line {
  std::string_view token;
  Access access;
};

bool may_be_in_token(char c) noexcept {
  constexpr std::string_view kOthers = "-._~+/=";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

/// The first word of `text`, which is left with the rest.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  const auto word = text.substr(0, text.find_first_of(kBlanks));
  text.remove_prefix(word.size());
  return word;
}

tl::unexpected<Error> wrong(std::size_t line, const std::string& why) {
  return failure(ErrorKind::environment, "line " + std::to_string(line) + ": " + why);
}

Result<Line> read_line(std::string_view text, std::size_t number) {
  Line line{take_word(text), Access::operate};
  const auto word = take_word(text);
  if (line.token.size() < AccessTokens::kTokenBytesMin)
    return wrong(number, "a token has 16 characters at least (openssl rand -hex 24 makes one)");
  if (line.token.size() > AccessTokens::kTokenBytesMax)
    return wrong(number, "a token has 256 characters at most");
  if (!std::all_of(line.token.begin(), line.token.end(), may_be_in_token))
    return wrong(number, "a token is of letters, digits and -._~+/=");
  if (word == "read") line.access = Access::read;
  if ((!word.empty() && word != "read" && word != "operate") || !take_word(text).empty())
    return wrong(number, "behind a token may stand read or operate, and nothing else");
  return line;
}

Result<std::vector<Line>> read_lines(std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view one = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    one.remove_prefix(std::min(one.find_first_not_of(kBlanks), one.size()));
    if (one.empty() || one.front() == '#') continue;
    auto line = read_line(one, number);
    if (!line) return tl::unexpected<Error>(line.error());
    if (lines.size() == AccessTokens::kTokensMax) return wrong(number, "there are too many tokens");
    lines.push_back(*line);
  }
  if (lines.empty()) return failure(ErrorKind::environment, "there is no token in it (one a line)");
  return lines;
}

Result<std::string> text_of(const std::filesystem::path& file) {
  const auto unreadable = [&file](const std::string& why) {
    return failure(ErrorKind::environment, "cannot read " + file.string() + ": " + why);
  };
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) return unreadable("it is a directory");
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  if (!in) return unreadable(std::generic_category().message(errno));
  std::string text;
  text.resize(AccessTokens::kFileBytesMax + 1);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > AccessTokens::kFileBytesMax) return unreadable("it is too large for tokens");
  return text;
}

tl::unexpected<Error> in_file(const std::filesystem::path& file, const Error& error) {
  return failure(error.kind, file.string() + ": " + error.text);
}

/// What stands in a Basic header behind the first colon; nothing: it is none.
std::optional<std::string> password_of(std::string_view base64) {
  constexpr std::size_t kMost = 4 * AccessTokens::kTokenBytesMax;
  if (base64.empty() || base64.size() > kMost || base64.size() % 4 != 0) return std::nullopt;
  std::array<unsigned char, kMost> bytes{};
  const int size =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(base64.data()),
                      static_cast<int>(base64.size()));
  const auto padding = base64.size() - std::min(base64.find('='), base64.size());
  if (size < 0 || padding > 2) return std::nullopt;
  std::string text{bytes.begin(), bytes.begin() + size - static_cast<std::ptrdiff_t>(padding)};
  const auto colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  return text.substr(colon + 1);
}

bool is_word(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == b;
         });
}

}  // namespace

AccessTokens::Sum AccessTokens::sum_of(std::string_view token) noexcept {
  static_assert(kSumBytes == SHA256_DIGEST_LENGTH);
  Sum sum{};
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), sum.data());
  return sum;
}

Result<AccessTokens> AccessTokens::parse(std::string_view text) {
  const auto lines = read_lines(text);
  if (!lines) return tl::unexpected<Error>(lines.error());
  AccessTokens tokens;
  for (const auto& line : *lines) tokens.known_.push_back({sum_of(line.token), line.access});
  return tokens;
}

Result<AccessTokens> AccessTokens::read(const std::filesystem::path& file) {
  const auto text = text_of(file);
  if (!text) return tl::unexpected<Error>(text.error());
  auto tokens = parse(*text);
  if (!tokens) return in_file(file, tokens.error());
  return tokens;
}

Result<std::string> AccessTokens::first_of(const std::filesystem::path& file) {
  const auto text = text_of(file);
  if (!text) return tl::unexpected<Error>(text.error());
  const auto lines = read_lines(*text);
  if (!lines) return in_file(file, lines.error());
  return std::string{lines->front().token};
}

Access AccessTokens::access_of(std::string_view token) const noexcept {
  const Sum offered = sum_of(token);
  Access access = Access::none;
  for (const auto& known : known_) {
    if (CRYPTO_memcmp(offered.data(), known.sum.data(), kSumBytes) == 0)
      access = std::max(access, known.access);
  }
  return access;
}

Access AccessTokens::access_of_header(std::string_view authorization) const {
  const auto scheme = take_word(authorization);
  const auto rest = take_word(authorization);
  if (!take_word(authorization).empty()) return Access::none;
  if (is_word(scheme, "bearer")) return access_of(rest);
  if (!is_word(scheme, "basic")) return Access::none;
  const auto password = password_of(rest);
  return password ? access_of(*password) : Access::none;
}

}  // namespace chargemill::runtime
