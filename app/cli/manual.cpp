#include "app/cli/manual.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

#include "app/cli/option_values.hpp"

namespace chargemill::app {
namespace {

/// As roff shows it unchanged: a hyphen that can be copied, no line that begins with a request.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool begins_line = out.empty() || out.back() == '\n';
    if (begins_line && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '`') {
      out += "\\(ga";
    } else if (c == '^') {
      out += "\\(ha";
    } else if (c == '~') {
      out += "\\(ti";
    } else {
      out += c;
    }
  }
  return out;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

/// `-h, --help`, `--out DIR`.
std::string term(const CLI::Option& option) {
  std::string names;
  const auto add = [&](const std::string& name) {
    names += (names.empty() ? "\\fB" : ", \\fB") + roff(name) + "\\fR";
  };
  if (!option.nonpositional()) {
    names = "\\fI" + roff(name_of(option)) + "\\fR";
    if (!words_of(option).empty()) names += " " + roff(value_name(option));
    return names;
  }
  for (const auto& name : option.get_snames()) add("-" + name);
  for (const auto& name : option.get_lnames()) add("--" + name);
  const auto value = value_name(option);
  return value.empty() ? names : names + " \\fI" + roff(value) + "\\fR";
}

/// `chargemill run [OPTIONS] [scenario]`; of a command that has commands, what may stand there.
std::string usage(const CLI::App& app, const std::string& path) {
  std::string line = "\\fB" + roff(path) + "\\fR";
  const auto& options = app.get_options();
  if (std::any_of(options.begin(), options.end(), [](const auto* o) { return o->nonpositional(); }))
    line += " [\\fIOPTIONS\\fR]";
  if (!commands_of(app).empty()) return line + " \\fICOMMAND\\fR";
  for (const auto* const option : options) {
    if (option->nonpositional()) continue;
    const std::string name = "\\fI" + roff(name_of(*option)) + "\\fR" +
                             (option->get_items_expected_max() > 1 ? "..." : "");
    line += option->get_required() ? " " + name : " [" + name + "]";
  }
  return line;
}

std::string options_of(const CLI::App& app) {
  std::string text;
  for (const auto* const option : app.get_options()) {
    text += ".TP\n" + term(*option) + "\n" + roff(option->get_description());
    const auto by_default = option->get_default_str();
    if (!by_default.empty()) text += roff(" [" + by_default + "]");
    text += "\n";
  }
  return text;
}

/// Commands inherit the footer of those above them: it is said once.
std::string footer_of(const CLI::App& app, const std::string& above) {
  std::string footer = app.get_footer();
  if (footer == above) return {};
  while (!footer.empty() && footer.back() == '\n') footer.pop_back();
  return footer.empty() ? "" : ".PP\n.nf\n" + roff(footer) + "\n.fi\n";
}

/// Commands that have commands of their own are told by those.
std::string command_text(const CLI::App& app, const std::string& path, const std::string& footer) {
  const auto commands = commands_of(app);
  std::string text;
  if (commands.empty()) {
    text = ".SS \"" + roff(path) + "\"\n" + roff(app.get_description()) + ".\n.PP\n" +
           usage(app, "chargemill " + path) + "\n" + options_of(app) + footer_of(app, footer);
  }
  for (const auto* const command : commands)
    text += command_text(*command, path + " " + command->get_name(), footer);
  return text;
}

constexpr const char* kRest = R"(.SH ENVIRONMENT
.TP
\fBCHARGEMILL_\fISECTION\fB_\fIKEY\fR
A key of the scenario, like CHARGEMILL_RUN_SEED for run.seed. The file goes before the defaults, the
environment before the file, options before all.
.TP
\fBNO_COLOR\fR
No colours, as with TERM=dumb.
.SH EXAMPLES
.nf
chargemill run
chargemill run config/scenarios/city\-100k.toml \-\-duration 60s \-\-out DIR
chargemill config show \-\-origin config/scenarios/demo.toml
chargemill history faults \-\-cp CP\-000001 \-\-since 15m
source <(chargemill generate completion)
.fi
)";

}  // namespace

std::string manual_page(const CLI::App& root, const std::string& version) {
  const std::string name = "chargemill";
  std::string text = ".\\\" chargemill generate man wrote it.\n";
  text += ".TH " + upper(name) + " 1 \"\" \"" + roff(name + " " + version) + "\"\n";
  text += ".SH NAME\n" + name + " \\- simulates electric\\-vehicle charging networks\n";
  text += ".SH SYNOPSIS\n" + usage(root, name) + "\n";
  text +=
      ".SH DESCRIPTION\n" + roff(root.get_description()) + ".\n.PP\n" +
      roff(
          "Every key of a scenario is documented by chargemill config show and chargemill config "
          "schema.") +
      "\n" + options_of(root) + footer_of(root, {});
  text += ".SH COMMANDS\n";
  for (const auto* const command : commands_of(root))
    text += command_text(*command, command->get_name(), root.get_footer());
  return text + kRest;
}

}  // namespace chargemill::app
