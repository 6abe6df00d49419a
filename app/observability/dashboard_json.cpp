#include "app/observability/dashboard_json.hpp"

#include <algorithm>

namespace chargemill::app::observability {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kColumns = 24;
constexpr int kWide = 8;
constexpr int kNarrow = 6;
constexpr int kHigh = 8;
constexpr int kLow = 4;

const Json kDatasource = {{"type", "prometheus"}, {"uid", "${datasource}"}};

const char* type_of(PanelKind kind) {
  switch (kind) {
    case PanelKind::number:
      return "stat";
    case PanelKind::bars:
      return "bargauge";
    case PanelKind::lines:
    case PanelKind::parts:
      break;
  }
  return "timeseries";
}

/// Places panels from left to right; all of a row are as high as its highest.
class Layout {
 public:
  Json place(int width, int height) {
    if (x_ + width > kColumns) end_line();
    Json at = {{"h", height}, {"w", width}, {"x", x_}, {"y", y_}};
    x_ += width;
    high_ = std::max(high_, height);
    return at;
  }
  void end_line() {
    y_ += high_;
    x_ = high_ = 0;
  }

 private:
  int x_ = 0, y_ = 0, high_ = 0;
};

Json options_of(const Panel& panel) {
  if (panel.kind == PanelKind::number || panel.kind == PanelKind::bars)
    return {{"reduceOptions", {{"calcs", {"lastNotNull"}}, {"fields", ""}, {"values", false}}}};
  return {{"legend", {{"displayMode", "list"}, {"placement", "bottom"}}},
          {"tooltip", {{"mode", "multi"}, {"sort", "desc"}}}};
}

Json field_defaults(const Panel& panel) {
  Json defaults = {{"unit", panel.unit}};
  if (panel.kind == PanelKind::number || panel.kind == PanelKind::bars) return defaults;
  const bool is_stacked = panel.kind == PanelKind::parts;
  defaults["min"] = 0;
  defaults["custom"] = {{"fillOpacity", is_stacked ? 50 : 0},
                        {"stacking", {{"mode", is_stacked ? "normal" : "none"}}}};
  return defaults;
}

Json panel_json(const Panel& panel, int id, Layout& layout) {
  const bool is_small = panel.kind == PanelKind::number;
  Json targets = Json::array();
  for (const auto& target : panel.targets)
    targets.push_back({{"datasource", kDatasource},
                       {"expr", target.expr},
                       {"legendFormat", target.legend},
                       {"refId", std::string(1, static_cast<char>('A' + targets.size()))}});
  return {{"id", id},
          {"type", type_of(panel.kind)},
          {"title", panel.title},
          {"description", panel.description},
          {"datasource", kDatasource},
          {"gridPos", layout.place(is_small ? kNarrow : kWide, is_small ? kLow : kHigh)},
          {"fieldConfig", {{"defaults", field_defaults(panel)}, {"overrides", Json::array()}}},
          {"options", options_of(panel)},
          {"targets", targets}};
}

Json variable(const char* name, const char* metric) {
  const std::string query = std::string{"label_values("} + metric + ", " + name + ")";
  return {{"name", name},
          {"type", "query"},
          {"datasource", kDatasource},
          {"query", query},
          {"refresh", 2},
          {"multi", true},
          {"includeAll", true},
          {"allValue", ".*"},
          {"sort", 1},
          {"current", {{"text", "All"}, {"value", "$__all"}}}};
}

Json variables(const Dashboard& dashboard) {
  Json list = Json::array();
  list.push_back({{"name", "datasource"},
                  {"type", "datasource"},
                  {"query", "prometheus"},
                  {"current", {{"text", "chargemill"}, {"value", "chargemill-prometheus"}}}});
  list.push_back(variable("instance", "chargemill_build_info"));
  if (dashboard.by_zone) list.push_back(variable("zone", "chargemill_charge_points"));
  return list;
}

}  // namespace

Json dashboard_json(const Dashboard& dashboard) {
  Json panels = Json::array();
  Layout layout;
  int id = 0;
  for (const auto& row : dashboard.rows) {
    layout.end_line();
    panels.push_back({{"id", ++id},
                      {"type", "row"},
                      {"title", row.title},
                      {"collapsed", false},
                      {"gridPos", layout.place(kColumns, 1)},
                      {"panels", Json::array()}});
    for (const auto& panel : row.panels) panels.push_back(panel_json(panel, ++id, layout));
  }
  return {{"uid", dashboard.uid},
          {"title", dashboard.title},
          {"description", dashboard.description},
          {"tags", {"chargemill"}},
          {"timezone", "utc"},
          {"schemaVersion", 38},
          {"version", 1},
          {"editable", false},
          {"refresh", "5s"},
          {"time", {{"from", "now-15m"}, {"to", "now"}}},
          {"templating", {{"list", variables(dashboard)}}},
          {"links", Json::array({{{"type", "dashboards"},
                                  {"title", "chargemill"},
                                  {"tags", {"chargemill"}},
                                  {"asDropdown", true},
                                  {"includeVars", true},
                                  {"keepTime", true}}})},
          {"panels", panels}};
}

std::string datasource_text() {
  return R"(# Made by `chargemill generate grafana`.
apiVersion: 1
datasources:
- name: chargemill
  uid: chargemill-prometheus
  type: prometheus
  access: proxy
  url: http://127.0.0.1:9090
  isDefault: true
  jsonData:
    timeInterval: 5s
)";
}

std::string provider_text() {
  return R"(# Made by `chargemill generate grafana`. The path is where a system keeps what is mounted or copied there.
apiVersion: 1
providers:
- name: chargemill
  type: file
  disableDeletion: true
  allowUiUpdates: false
  options:
    path: /etc/grafana/dashboards/chargemill
    foldersFromFilesStructure: true
)";
}

}  // namespace chargemill::app::observability
