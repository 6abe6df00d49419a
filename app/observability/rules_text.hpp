// The files that Prometheus reads, from the tables.
#pragma once

#include <string>

namespace chargemill::app::observability {

/// prometheus.yml: whom to scrape. A path that no table has a say in.
[[nodiscard]] std::string prometheus_config();
/// chargemill.rules.yml
[[nodiscard]] std::string rules_text();
/// chargemill.rules.test.yml, for `promtool test rules`.
[[nodiscard]] std::string rules_test_text();
/// RUNBOOK.md: what to do about each alert, by its name.
[[nodiscard]] std::string runbook_text();

}  // namespace chargemill::app::observability
