#include "app/observability/rules_text.hpp"

#include <fmt/format.h>

#include "app/observability/rule_table.hpp"

namespace chargemill::app::observability {
namespace {

constexpr const char* kMade =
    "# Made by `chargemill generate alerts`, which writes over what is changed here (--force).\n";

/// A YAML scalar: between single quotes only these themselves are special.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    result += c;
    if (c == '\'') result += c;
  }
  return result + "'";
}

const char* name_of(Severity severity) {
  switch (severity) {
    case Severity::page:
      return "page";
    case Severity::ticket:
      return "ticket";
    case Severity::info:
      break;
  }
  return "info";
}

/// GitHub makes such an anchor of a heading.
std::string anchor(const std::string& heading) {
  std::string result;
  for (const char c : heading)
    result += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return result;
}

std::string text_of(const Alert& alert) {
  return fmt::format(
      "  - alert: {}\n    expr: {}\n    for: {}\n    keep_firing_for: {}\n    labels:\n"
      "      severity: {}\n    annotations:\n      summary: {}\n      description: {}\n"
      "      dashboard: {}\n      runbook_url: {}\n",
      alert.name, quoted(alert.expr), alert.wait, alert.keep, name_of(alert.severity),
      quoted(alert.summary), quoted(alert.description), quoted("/d/" + alert.dashboard),
      quoted("RUNBOOK.md#" + anchor(alert.name)));
}

/// How many such alerts fire; none is no sample at all.
std::string check_of(const Alert& alert, const std::string& at, unsigned firing) {
  std::string text = fmt::format(
      "  - expr: 'count(ALERTS{{alertname=\"{}\",alertstate=\"firing\"}})'\n    eval_time: {}\n",
      alert.name, at);
  if (firing > 0)
    text += fmt::format("    exp_samples:\n    - labels: '{{}}'\n      value: {}\n", firing);
  return text;
}

}  // namespace

std::string prometheus_config() {
  return R"(# Made by `chargemill generate alerts`.
# prometheus --config.file=prometheus.yml --web.listen-address=127.0.0.1:9090
global:
  scrape_interval: 5s
  evaluation_interval: 5s

rule_files:
- chargemill.rules.yml

scrape_configs:
- job_name: chargemill
  # Behind a token: authorization: {credentials_file: /path/to/token}
  static_configs:
  - targets: ['127.0.0.1:8000']
)";
}

std::string rules_text() {
  std::string text = kMade;
  text += "groups:\n- name: chargemill.recording\n  interval: 5s\n  rules:\n";
  for (const auto& rule : recording_rules())
    text += fmt::format("  - record: {}\n    expr: {}\n", rule.name, quoted(rule.expr));
  text += "- name: chargemill.alerts\n  interval: 5s\n  rules:\n";
  for (const auto& alert : alerts()) text += text_of(alert);
  return text;
}

std::string rules_test_text() {
  std::string text = kMade;
  text += "rule_files:\n- chargemill.rules.yml\n\nevaluation_interval: 5s\n\ntests:\n";
  for (const auto& alert : alerts()) {
    const auto& sample = alert.sample;
    text += fmt::format("- name: {}\n  interval: 15s\n  input_series:\n", alert.name);
    for (const auto& input : sample.input)
      text += fmt::format("  - series: {}\n    values: '{}'\n", quoted(input.series), input.values);
    text += "  promql_expr_test:\n" + check_of(alert, sample.quiet_at, 0) +
            check_of(alert, sample.fires_at, sample.alerts);
    if (!sample.over_at.empty()) text += check_of(alert, sample.over_at, 0);
  }
  return text;
}

}  // namespace chargemill::app::observability
