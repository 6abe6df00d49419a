#include "app/api/target.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace chargemill::app::api {
namespace {

constexpr std::size_t kQueryFieldsMax = 32;

enum class Part { path, query };

std::optional<std::string> decoded(std::string_view text, Part part) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i] == '+' && part == Part::query ? ' ' : text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    unsigned byte = 0;
    const char* const digits = text.data() + i + 1;
    const auto read = std::from_chars(digits, digits + 2, byte, 16);
    if (read.ec != std::errc{} || read.ptr != digits + 2) return std::nullopt;
    result += static_cast<char>(byte);
    i += 2;
  }
  return result;
}

/// Calls `f` with each piece between separators; false: it has had enough.
template <class F>
bool split(std::string_view text, char separator, F&& f) {
  for (;;) {
    const auto end = text.find(separator);
    if (!f(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

tl::expected<Target, std::string> parse_target(std::string_view text) {
  const auto flaw = [](const char* why) { return tl::unexpected<std::string>(why); };
  Target target;
  if (text.empty() || text.front() != '/') return flaw("the path must begin with /");
  const auto mark = text.find('?');
  const bool is_path = split(text.substr(1, mark - 1), '/', [&](std::string_view piece) {
    auto name = decoded(piece, Part::path);
    if (name) target.path.push_back(std::move(*name));
    return name.has_value();
  });
  if (!is_path) return flaw("the path has a % that two hexadecimal digits do not follow");
  if (mark == std::string_view::npos) return target;
  const bool is_query = split(text.substr(mark + 1), '&', [&](std::string_view piece) {
    if (piece.empty()) return true;
    const auto equals = piece.find('=');
    auto name = decoded(piece.substr(0, equals), Part::query);
    auto value =
        decoded(equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1),
                Part::query);
    if (!name || !value || target.query.size() == kQueryFieldsMax) return false;
    target.query.push_back({std::move(*name), std::move(*value)});
    return true;
  });
  if (!is_query)
    return flaw("the query has a % that two hexadecimal digits do not follow, or too many fields");
  return target;
}

std::string percent_encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
    result += is_plain ? std::string{c} : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

}  // namespace chargemill::app::api
