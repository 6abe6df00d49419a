// Who may use a door: the tokens of a file, and what each of them allows. Pure, but for read().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"

namespace chargemill::runtime {

/// What a client may do; each includes those before it.
enum class Access : std::uint8_t {
  none,    ///< ask whether anybody is there
  read,    ///< see everything
  operate  ///< change everything
};

/// The tokens of a door, one a line of a file, with what it allows if that is not all:
///
///     # openssl rand -hex 24
///     9f2c61d04be7a8...
///     30ab77e1905cf2...  read
///
/// A token is 16 to 256 characters out of those that a header may carry (RFC 6750: letters, digits
/// and -._~+/=). Only their SHA-256 sums are kept; one that is offered is compared with all of them
/// and always to the end, so that how long it takes says nothing of what they are.
///
/// Threads: any; it never changes.
class AccessTokens {
 public:
  static constexpr std::size_t kTokenBytesMin = 16;
  static constexpr std::size_t kTokenBytesMax = 256;
  static constexpr std::size_t kTokensMax = 1'000;
  static constexpr std::uintmax_t kFileBytesMax = 1U << 20U;

  /// The error names the line and never says what stands there.
  [[nodiscard]] static Result<AccessTokens> parse(std::string_view text);
  /// Errors are of the environment, and name the file.
  [[nodiscard]] static Result<AccessTokens> read(const std::filesystem::path& file);
  /// The first token of such a file: what a client shows that was given the file.
  [[nodiscard]] static Result<std::string> first_of(const std::filesystem::path& file);

  /// What `token` allows; none: it is not one of them.
  [[nodiscard]] Access access_of(std::string_view token) const noexcept;
  /// The same of an Authorization header: `Bearer TOKEN`, or for browsers, which ask their user for
  /// it, `Basic base64(ANYBODY:TOKEN)`. An empty one, or any other: none.
  [[nodiscard]] Access access_of_header(std::string_view authorization) const;

 private:
  static constexpr std::size_t kSumBytes = 32;
  using Sum = std::array<unsigned char, kSumBytes>;
  struct Known {
    Sum sum;
    Access access;
  };

  [[nodiscard]] static Sum sum_of(std::string_view token) noexcept;

  std::vector<Known> known_;
};

}  // namespace chargemill::runtime
