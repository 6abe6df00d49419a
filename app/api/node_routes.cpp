// /api/v1/nodes: the processes or machines that share the network.
#include "app/api/nodes_json.hpp"

#include <charconv>

#include "app/api/route.hpp"

namespace chargemill::app::api {
namespace {

using nlohmann::ordered_json;

/// What is written as a number is one; the incarnation is a name in figures.
ordered_json cell_of(const std::string& column, const std::string& text) {
  double number = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const bool is_number = read.ec == std::errc{} && read.ptr == end;
  if (!is_number || column == "name" || column == "incarnation") return text;
  if (text.find('.') != std::string::npos) return number;
  return static_cast<std::uint64_t>(number);
}

void nodes(const CallPtr& call) {
  if (!call->world.nodes) return call->refuse(503, "nobody knows the nodes of this run");
  call->answer(json_answer({{"nodes", nodes_json(call->world.nodes())}}));
}

}  // namespace

ordered_json nodes_json(const std::vector<NodeRow>& nodes) {
  auto rows = ordered_json::array();
  for (const NodeRow& node : nodes) {
    const auto cells = cells_of(node);
    ordered_json row;
    for (std::size_t c = 0; c < cells.size(); ++c)
      row[node_columns()[c]] = cell_of(node_columns()[c], cells[c]);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Route> node_routes() {
  std::vector<Route> table;
  table.push_back({"GET", "/api/v1/nodes",
                   "The nodes that share the network: place, part, state, load", nodes});
  table.back().outcomes = {{503, "nobody knows them"}};
  return table;
}

}  // namespace chargemill::app::api
