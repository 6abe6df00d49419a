// What kind of file a name tells. Pure; the build uses it too.
#pragma once

#include <string_view>

namespace chargemill::app::dashboard {

[[nodiscard]] constexpr std::string_view media_of(std::string_view path) noexcept {
  const std::string_view suffix = path.substr(path.rfind('.') + 1);
  if (suffix == "html") return "text/html; charset=utf-8";
  if (suffix == "js") return "text/javascript; charset=utf-8";
  if (suffix == "css") return "text/css; charset=utf-8";
  if (suffix == "svg") return "image/svg+xml";
  return "text/plain; charset=utf-8";
}

}  // namespace chargemill::app::dashboard
