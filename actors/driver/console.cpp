#include "actors/driver/console.hpp"

#include <array>

namespace chargemill::driver {
namespace {

struct Words {
  std::string_view sign;
  std::string_view status;
};

Words words_of(UpdateStatus status) {
  switch (status) {
    case UpdateStatus::accepted:
      return {"✅", "ACCEPTED"};
    case UpdateStatus::denied:
      return {"❌", "DENIED"};
    case UpdateStatus::in_progress:
      return {"🔋", "IN_PROGRESS"};
    case UpdateStatus::completed:
      return {"✔️", "COMPLETED"};
    case UpdateStatus::failed:
      return {"⚠️", "FAILED"};
  }
  return {"ℹ️", "OTHER"};
}

}  // namespace

std::string update_line(std::string_view driver, std::string_view point, UpdateStatus status,
                        std::string_view reason) {
  const Words words = words_of(status);
  if (reason.empty()) reason = "No details";
  std::string line;
  const std::array<std::string_view, 8> parts{words.sign, " Driver ", driver,       " | ",
                                              point,      " | ",      words.status, " | "};
  for (const std::string_view part : parts) line += part;
  line += reason;
  return line;
}

std::string timed_out_line(std::string_view request, Nanos timeout) {
  const auto ms = std::chrono::duration_cast<Millis>(timeout).count();
  std::string line = "Request ";
  line += request;
  line += " timed out after ";
  return line + (ms % 1'000 == 0 ? std::to_string(ms / 1'000) + "s" : std::to_string(ms) + "ms");
}

std::string finished_line(std::uint32_t done, std::uint32_t total) {
  // Those that a stop kept from being sent are not completed.
  return (done < total ? "Requests stopped. Total: " : "All requests completed. Total: ") +
         std::to_string(done) + "/" + std::to_string(total);
}

std::string_view no_central_line() { return "Unable to connect to CENTRAL"; }

}  // namespace chargemill::driver
