// What a peer, a disk or a user got wrong, as a value.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace chargemill {

/// The class of an operating error; the command line maps each to an exit code (contract, section
/// 2).
enum class ErrorKind { internal, usage, invalid_input, environment };

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string text;  ///< for people; errors of this kind happen at the edges, never on a hot path
};

/// Either a T or the reason why there is none. Mark functions that return it [[nodiscard]].
template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> failure(ErrorKind kind, std::string text) {
  return tl::unexpected<Error>(Error{kind, std::move(text)});
}

}  // namespace chargemill
