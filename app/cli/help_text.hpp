// What --help shows of an option: the same in every command, in words of our own.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "app/cli/option_values.hpp"

namespace chargemill::app {

/// `--what charge_points|request_rate`, and behind what it is about the default: `[charge_points]`.
class HelpText : public CLI::Formatter {
 public:
  [[nodiscard]] std::string make_option_opts(const CLI::Option* option) const override {
    std::string text;
    const std::string name = value_name(*option);
    if (!name.empty()) text += " " + name;
    if (!name.empty() && option->get_items_expected_max() > 1) text += " ...";
    for (const CLI::Option* const other : option->get_needs())
      text += " (with " + other->get_name() + ")";
    return text;
  }
  [[nodiscard]] std::string make_option_desc(const CLI::Option* option) const override {
    const std::string& about = option->get_description();
    const bool is_said = option->get_default_str().empty() || about.find('[') != std::string::npos;
    return is_said ? about : about + " [" + option->get_default_str() + "]";
  }
};

}  // namespace chargemill::app
