// The rows of a journal's queries as columns and cells (D-162).
#pragma once

#include "actors/archive/history.hpp"
#include "app/history/table_text.hpp"

namespace chargemill::app {

[[nodiscard]] Table to_table(const std::vector<archive::FaultRow>& rows);
[[nodiscard]] Table to_table(const std::vector<archive::HealthRow>& rows);
[[nodiscard]] Table to_table(const std::vector<archive::SessionRow>& rows);
[[nodiscard]] Table to_table(const std::vector<archive::TicketRow>& rows);
[[nodiscard]] Table to_table(const std::vector<archive::MeterRow>& rows);
[[nodiscard]] Table to_table(const archive::FaultStatistics& statistics);

/// The same, to be printed one by one: millions of rows are kept as they came, not as cells.
[[nodiscard]] RowSource to_rows(std::vector<archive::FaultRow> rows);
[[nodiscard]] RowSource to_rows(std::vector<archive::HealthRow> rows);
[[nodiscard]] RowSource to_rows(std::vector<archive::SessionRow> rows);
[[nodiscard]] RowSource to_rows(std::vector<archive::TicketRow> rows);
[[nodiscard]] RowSource to_rows(const archive::FaultStatistics& statistics);

}  // namespace chargemill::app
