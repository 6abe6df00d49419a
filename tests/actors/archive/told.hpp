// A journal that is told by hand, and asked.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "actors/archive/history.hpp"
#include "runtime/journal/journal.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::archive {

using namespace std::chrono_literals;
using runtime::journal::Journal;

inline constexpr Origin kOrigin{1'767'571'200};
inline constexpr PointId kOne{0};
inline constexpr PointId kTwo{1};
inline constexpr SessionId kFirst{0x10000000001};
inline constexpr SessionId kSecond{0x10000000002};

/// A journal that is told by hand, and read while it is written.
class Told {
 public:
  /// `name`: where there are several.
  explicit Told(const std::string& name = "told") : folder_(name) { begin(); }

  /// The process ends, and the next one goes on in the same directory.
  void restart() {
    journal_.reset();
    begin();
  }

  /// The process ends, and nobody goes on.
  void stop() { journal_.reset(); }
  [[nodiscard]] std::string path() const { return folder_.path(); }

  void tell(const Record& record, PointId point = kOne, const char* driver = "") {
    const std::string name = point == kOne ? "CP-001" : "CP-002";
    while (!appender_->try_append(encoder_.encode(record, {name, driver})))
      std::this_thread::yield();
  }
  void event(Nanos at, PointId point, EventType type) {
    tell(Fault{SimTime{at}, point, ZoneId{static_cast<std::uint16_t>(index_of(point))}, type,
               Reason::health_check_failed},
         point);
  }
  void status(Nanos at, PointId point, Phase phase, bool is_faulty = false) {
    Health health{};
    health.at = SimTime{at};
    health.point = point;
    health.phase = phase;
    health.is_faulty = is_faulty;
    tell(health, point);
  }
  void start(Nanos at, SessionId session, PointId point = kOne, const char* driver = "alice") {
    tell(SessionStart{SimTime{at}, session, RequestId{7}, point, DriverId{0}, ZoneId{0}, {}}, point,
         driver);
  }
  void checkpoint(Nanos at, SessionId session, std::int64_t mj) {
    Checkpoint told{SimTime{at}, session, SimTime{1s}, Energy{mj}, Money{mj / 100}, kOne, {}, {}};
    tell(told, kOne, "alice");
  }
  /// What its engine had delivered when a run ended that had closed it before.
  void owed(Nanos at, SessionId session, std::int64_t mj) {
    tell(OwedEnd{SimTime{at}, session, SimTime{2s}, Energy{mj}, Money{mj / 100}, kOne, {}, {}},
         kOne, "alice");
  }
  void end(Nanos at, SessionId session, std::int64_t mj, bool is_correction = false) {
    SessionEnd over;
    over.at = over.end = SimTime{at};
    over.session = session;
    over.start = SimTime{1s};
    over.delivered = Energy{mj};
    over.status = SessionStatus::completed;
    over.reason = Reason::charging_completed;
    over.is_correction = is_correction;
    tell(over, kOne, "alice");
  }
  History history() {
    EXPECT_TRUE(journal_->wait_durable(*appender_, appender_->appended(), 10s));
    return std::move(*History::open(folder_.path()));
  }

 private:
  void begin() {
    runtime::journal::JournalOptions options;
    options.chain.directory = folder_.path();
    options.chain.segment_bytes = 1U << 20U;
    options.batch_time = 1ms;
    journal_ = std::move(*Journal::open(options));
    appender_ = &journal_->add_appender();
  }

  test::Folder folder_;
  std::unique_ptr<Journal> journal_;
  runtime::journal::Appender* appender_ = nullptr;
  Encoder encoder_{kOrigin};
};

inline UtcMicros utc(Nanos model) { return kOrigin + std::chrono::duration_cast<UtcMicros>(model); }
inline Filter of_point(const char* point) {
  Filter filter;
  filter.point = point;
  return filter;
}

}  // namespace chargemill::archive
