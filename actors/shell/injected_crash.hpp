// The one exception that a handler is meant to throw.
#pragma once

#include <exception>
#include <string_view>

namespace chargemill {

/// A scenario harms an actor: its handler fails as if it had thrown by itself (D-119).
class InjectedCrash : public std::exception {
 public:
  static constexpr const char* kText = "injected crash";
  [[nodiscard]] const char* what() const noexcept override { return kText; }
};

/// Whether a failure was meant; any other is a defect of ours and has to be told.
[[nodiscard]] inline bool is_injected(std::string_view what) noexcept {
  return what == InjectedCrash::kText;
}

}  // namespace chargemill
