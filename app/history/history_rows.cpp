#include "app/history/history_rows.hpp"

#include <fmt/format.h>

#include <utility>

#include "actors/network/topology.hpp"
#include "actors/texts.hpp"
#include "app/history/history_times.hpp"

namespace chargemill::app {
namespace {

using nlohmann::ordered_json;

std::string session_text(SessionId id) { return fmt::format("session-{:08x}", index_of(id)); }

ordered_json time_cell(const std::optional<archive::UtcMicros>& time) {
  return time ? ordered_json(time_text(*time)) : ordered_json();
}

/// A supply that was started at the point may have no driver (D-106).
ordered_json driver_cell(const std::string& name) {
  return name.empty() ? ordered_json() : ordered_json(name);
}

/// What its driver was told last.
std::string end_text(const archive::SessionEnd& end) {
  DriverUpdate update{};
  update.status =
      end.status == SessionStatus::completed ? UpdateStatus::completed : UpdateStatus::failed;
  update.reason = end.reason;
  update.detail = end.detail;
  update.phase = end.phase;
  update.refusal = end.refusal;
  return update_text(update);
}

using Columns = std::vector<std::string>;

Columns columns_of(const std::vector<archive::FaultRow>&) {
  return {"id", "timestamp", "cp_id", "zone", "event_type", "reason", "created_at"};
}
Cells cells_of(const archive::FaultRow& row) {
  return {row.id,
          time_text(row.time),
          row.point,
          network::zone_name(row.zone),
          std::string{archive::word(row.type)},
          std::string{word(row.reason)},
          time_text(row.time)};
}

Columns columns_of(const std::vector<archive::HealthRow>&) {
  return {"id",
          "timestamp",
          "cp_id",
          "zone",
          "state",
          "is_faulty",
          "fault_reason",
          "circuit_breaker_state",
          "failure_count",
          "reason",
          "created_at"};
}
Cells cells_of(const archive::HealthRow& row) {
  const auto& h = row.health;
  return {row.id,
          time_text(row.time),
          row.point,
          network::zone_name(row.zone),
          std::string{word(h.phase)},
          h.is_faulty,
          h.fault == Reason::none ? ordered_json() : ordered_json(word(h.fault)),
          std::string{archive::word(h.breaker)},
          h.failures,
          std::string{word(h.reason)},
          time_text(row.time)};
}

Columns columns_of(const std::vector<archive::SessionRow>&) {
  return {"id",       "session_id", "cp_id",      "driver_id", "zone",   "start_time",
          "end_time", "total_kwh",  "total_cost", "status",    "reason", "created_at"};
}
Cells cells_of(const archive::SessionRow& row) {
  return {row.id,
          session_text(row.session),
          row.point,
          driver_cell(row.driver),
          network::zone_name(row.zone),
          time_text(row.start),
          time_cell(row.end),
          row.has_energy ? ordered_json(kilowatt_hours(row.delivered)) : ordered_json(),
          row.has_energy ? ordered_json(euros(row.cost)) : ordered_json(),
          std::string{word(row.status)},
          row.end ? ordered_json(end_text(row.last)) : ordered_json(),
          time_text(row.created)};
}

Columns columns_of(const std::vector<archive::TicketRow>&) {
  return {"session_id",     "cp_id",  "driver_id", "start_time", "end_time",  "energy_kwh",
          "total_cost_eur", "status", "reason",    "correction", "issued_at", "delivered_at"};
}
Cells cells_of(const archive::TicketRow& row) {
  const auto& t = row.ticket;
  return {session_text(t.session),
          row.point,
          row.driver,
          time_text(row.start),
          time_text(row.end),
          kilowatt_hours(t.delivered),
          euros(t.cost),
          std::string{word(t.status)},
          end_text(t),
          t.is_correction,
          time_text(row.issued),
          time_cell(row.delivered)};
}

Columns columns_of(const std::vector<archive::MeterRow>&) {
  return {"id", "timestamp", "session_id", "kwh"};
}
Cells cells_of(const archive::MeterRow& row) {
  return {row.id, time_text(row.time), session_text(row.session), kilowatt_hours(row.delivered)};
}

template <class Row>
Table table_of(const std::vector<Row>& rows) {
  Table table{columns_of(rows), {}};
  table.rows.reserve(rows.size());
  for (const Row& row : rows) table.rows.push_back(cells_of(row));
  return table;
}

template <class Row>
RowSource to_be_printed(std::vector<Row> rows) {
  RowSource printed{columns_of(rows), rows.size(), {}};
  printed.cells = [rows = std::move(rows)](std::size_t i) { return cells_of(rows[i]); };
  return printed;
}

}  // namespace

Table to_table(const std::vector<archive::FaultRow>& rows) { return table_of(rows); }
Table to_table(const std::vector<archive::HealthRow>& rows) { return table_of(rows); }
Table to_table(const std::vector<archive::SessionRow>& rows) { return table_of(rows); }
Table to_table(const std::vector<archive::TicketRow>& rows) { return table_of(rows); }
Table to_table(const std::vector<archive::MeterRow>& rows) { return table_of(rows); }

Table to_table(const archive::FaultStatistics& s) {
  Table table{{"total_events", "fault_count", "recovery_count", "currently_faulty",
               "mean_time_to_recovery_s", "recoveries_measured", "last_fault_time"},
              {},
              true};
  table.rows.push_back({s.total_events, s.fault_count, s.recovery_count, s.currently_faulty,
                        s.mean_recovery_s ? ordered_json(*s.mean_recovery_s) : ordered_json(),
                        s.recoveries_measured, time_cell(s.last_fault)});
  return table;
}

RowSource to_rows(std::vector<archive::FaultRow> rows) { return to_be_printed(std::move(rows)); }
RowSource to_rows(std::vector<archive::HealthRow> rows) { return to_be_printed(std::move(rows)); }
RowSource to_rows(std::vector<archive::SessionRow> rows) { return to_be_printed(std::move(rows)); }
RowSource to_rows(std::vector<archive::TicketRow> rows) { return to_be_printed(std::move(rows)); }
RowSource to_rows(const archive::FaultStatistics& statistics) {
  Table table = to_table(statistics);
  RowSource printed{table.columns, table.rows.size(), {}, table.is_single};
  printed.cells = [rows = std::move(table.rows)](std::size_t i) { return rows[i]; };
  return printed;
}

}  // namespace chargemill::app
