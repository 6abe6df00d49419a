#include "app/cli/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "app/scenario/diagnostics.hpp"

namespace chargemill::app {
namespace {

template <class Number>
std::optional<Number> read(const std::string& text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto done = std::from_chars(text.data(), end, number);
  return done.ec == std::errc{} && done.ptr == end ? std::optional{number} : std::nullopt;
}

CLI::Validator number_where(bool (*is_right)(double, double, double), double least, double most,
                            const std::string& must) {
  return CLI::Validator{
      [=](const std::string& text) {
        const auto number = read<double>(text);
        const bool is_fine = number && std::isfinite(*number) && is_right(*number, least, most);
        return is_fine ? std::string{} : fmt::format("must be {}, not '{}'", must, text);
      },
      {}};
}

}  // namespace

CLI::Validator one_of(std::vector<std::string> words) {
  const auto list = fmt::format("{}", fmt::join(words, ", "));
  const auto in_help = fmt::format("{{{}}}", fmt::join(words, ","));
  return CLI::Validator{[words = std::move(words), list](const std::string& text) -> std::string {
                          if (std::count(words.begin(), words.end(), text) > 0) return {};
                          const auto hint = did_you_mean(text, words);
                          return fmt::format("must be one of {}, not '{}'{}{}", list, text,
                                             hint.empty() ? "" : "; ", hint);
                        },
                        in_help};
}

CLI::Validator above_zero(double most) {
  return number_where([](double n, double lo, double hi) { return lo < n && n <= hi; }, 0, most,
                      fmt::format("a number above 0, at most {:g}", most));
}

CLI::Validator number_in(double least, double most) {
  return number_where([](double n, double lo, double hi) { return lo <= n && n <= hi; }, least,
                      most, fmt::format("a number from {} to {}", least, most));
}

CLI::Validator whole_in(std::uint64_t least, std::uint64_t most) {
  return CLI::Validator{[=](const std::string& text) {
                          const auto number = read<std::uint64_t>(text);
                          return number && least <= *number && *number <= most
                                     ? std::string{}
                                     : fmt::format("must be a whole number from {} to {}, not '{}'",
                                                   least, most, text);
                        },
                        {}};
}

CLI::Validator not_empty() {
  return CLI::Validator{[](const std::string& text) {
                          return text.empty() ? std::string{"must not be empty"} : std::string{};
                        },
                        {}};
}

}  // namespace chargemill::app
