#include "app/doors/frame_access.hpp"

namespace chargemill::app {
namespace {

constexpr std::string_view kVerb = "AUTH";

std::string welcome(runtime::Access access) {
  return access == runtime::Access::read ? "ACK: AUTH#read" : "ACK: AUTH#operate";
}

}  // namespace

std::optional<std::string> FrameAccess::greet(const runtime::FrameLink& from,
                                              std::string_view text) {
  if (text.substr(0, kVerb.size()) != kVerb) return std::nullopt;
  if (text.size() > kVerb.size() && text[kVerb.size()] != '#') return std::nullopt;
  if (text.size() <= kVerb.size() + 1) return "NACK: a token is missing, use AUTH#TOKEN";
  if (!wants_tokens()) return welcome(Access::operate);
  Guest& guest = guests_[&from];
  if (guest.wrong == kWrongMax) return "NACK: too many wrong tokens";
  const Access access = tokens_->access_of(text.substr(kVerb.size() + 1));
  if (access == Access::none) {
    ++guest.wrong;
    ++wrong_;
    return "NACK: wrong token";
  }
  guest.access = access;
  return welcome(access);
}

std::optional<std::uint64_t> FrameAccess::take_wrong() noexcept {
  constexpr std::uint64_t kTimes = 10;
  if (wrong_ < next_told_) return std::nullopt;
  next_told_ *= kTimes;
  return wrong_;
}

std::optional<std::string> FrameAccess::refusal(const runtime::FrameLink& from,
                                                Access needed) const {
  if (!wants_tokens() || needed == Access::none) return std::nullopt;
  const auto found = guests_.find(&from);
  const Access access = found == guests_.end() ? Access::none : found->second.access;
  if (access >= needed) return std::nullopt;
  return access == Access::none ? "NACK: a token is needed, AUTH#TOKEN comes first"
                                : "NACK: this token reads and changes nothing";
}

}  // namespace chargemill::app
