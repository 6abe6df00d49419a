// A journal of sound records that were never written: what a restart makes of it is still a
// network.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/network/desk.hpp"
#include "runtime/journal/reader.hpp"
#include "runtime/journal/record_codec.hpp"
#include "runtime/journal/segment_writer.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill::test {

/// Plays a small network once, with faults, a visitor and somebody who joins, and keeps its
/// records. Then edits them as told, writes them into a journal with checksums that are right, and
/// starts the network anew from it.
class DamagedPast {
 public:
  /// `directory` is this one's own.
  explicit DamagedPast(std::string directory) : directory_(std::move(directory)) {
    std::filesystem::remove_all(directory_);
    live_once();
    auto reader = std::move(*runtime::journal::Reader::open(directory_));
    const auto read = reader.scan(1, [this](const runtime::journal::Record& record) {
      past_.push_back({record, std::string{record.payload}});
      return true;
    });
    if (!read) throw std::runtime_error(read.error().text);
    std::filesystem::remove_all(directory_);
  }
  ~DamagedPast() { std::filesystem::remove_all(directory_); }
  DamagedPast(const DamagedPast&) = delete;
  DamagedPast& operator=(const DamagedPast&) = delete;

  /// Five bytes an edit: what is done, to which record (two), where in it, with which value.
  static constexpr std::size_t kEditBytes = 5;
  [[nodiscard]] std::size_t records() const noexcept { return past_.size(); }
  /// What is wrong with the network that goes on from there; empty: nothing, or it was refused.
  [[nodiscard]] std::string resume(const std::uint8_t* edits, std::size_t bytes) const {
    std::vector<Kept> records = past_;
    for (std::size_t i = 0; i + kEditBytes <= bytes; i += kEditBytes) edit(records, edits + i);
    std::filesystem::create_directories(directory_);
    write(records);
    std::string wrong = go_on();
    std::filesystem::remove_all(directory_);
    return wrong;
  }

 private:
  struct Kept {
    runtime::journal::Record record;  // its payload is the next
    std::string payload;
  };

  static network::Scenario scenario() {
    using std::chrono::seconds;
    network::Scenario s;
    s.run.duration = std::chrono::hours{1};
    s.network.charge_points = 6;
    s.network.zones = 2;
    s.network.spare = 2;
    s.network.external = 1;
    s.network.telemetry_interval = seconds{2};
    s.drivers.count = 6;
    s.drivers.spare = 2;
    s.drivers.external = 1;
    s.drivers.sessions_per_cp_per_day = 3'000;
    s.central.shards = 2;
    s.central.breaker_failures = 1;
    for (const auto kind : {network::FaultKind::engine_ko, network::FaultKind::engine_crash,
                            network::FaultKind::start_refused}) {
      network::FaultSpec fault;
      fault.kind = kind;
      fault.rate_per_cp_per_hour = 60;
      fault.duration = seconds{5};
      s.faults.push_back(fault);
    }
    return s;
  }

  static Recording::Options options(const std::string& directory) {
    Recording::Options options;
    options.journal.chain.directory = directory;
    options.journal.chain.segment_bytes = kSegmentBytes;
    options.journal.batch_time = std::chrono::milliseconds{1};
    options.pace = Recorder::Pace::own_time;
    return options;
  }

  /// The network on its own thread; it goes before what it writes into.
  struct Life {
    std::unique_ptr<Recording> recording;
    StillEngine still;
    std::unique_ptr<network::Network> network;
    std::unique_ptr<network::Desk> desk;

    Life(std::unique_ptr<Recording> into, const network::Scenario& from,
         const archive::Image* image)
        : recording(std::move(into)),
          network(std::make_unique<network::Network>(from, still.engine, recording.get(), image)),
          desk(std::make_unique<network::Desk>(*network, still.engine)) {
      network->start();
    }
    void close() {
      still.settle();
      network->close_recording();
      (void)recording->flush(std::chrono::seconds{30});
    }
  };

  void live_once() const {
    using std::chrono::seconds;
    auto recording = Recording::open(options(directory_));
    if (!recording) throw std::runtime_error(recording.error().text);
    Life life{std::move(*recording), scenario(), nullptr};
    life.still.pass(seconds{3});
    network::PointSpec late;
    late.id = "CP-LATE";
    late.zone = ZoneId{1};
    late.power = Power{11'000};
    late.price = Price{400'000};
    (void)life.desk->add(late);
    late.id = "CP-OUT";
    late.is_outside = true;
    const auto outside = life.desk->add(late);
    const auto guest = life.desk->add(network::NewDriver{"guest", {}, true});
    if (!outside || !guest) throw std::runtime_error("there is no place");
    life.still.pass(seconds{1});
    life.desk->report(Register{Price{400'000}, *outside});
    life.desk->say(*outside, outside::Arrived{});
    outside::SaidState said{};
    said.status.phase = Phase::activated;
    life.still.pass(seconds{1});
    life.desk->say(*outside, said);
    life.desk->call(*guest);
    life.still.pass(seconds{1});
    Trip trip{};
    trip.point = *outside;
    (void)life.desk->ask(*guest, trip, "a trip");
    life.still.pass(std::chrono::minutes{2});
    life.close();
  }

  static void edit(std::vector<Kept>& records, const std::uint8_t* e) {
    if (records.empty()) return;
    const std::size_t which = (e[1] | static_cast<std::size_t>(e[2]) << 8U) % records.size();
    Kept& one = records[which];
    std::string& payload = one.payload;
    const std::size_t at = payload.empty() ? 0 : e[3] % payload.size();
    constexpr std::array<std::uint64_t, 8> kExtremes{
        0, UINT64_MAX, INT64_MAX, 1ULL << 63U, 1ULL << 62U, 1ULL << 40U, UINT32_MAX, 1ULL << 20U};
    const std::uint64_t extreme = kExtremes[e[4] % kExtremes.size()];
    switch (e[0] % 9) {
      case 0:
        if (!payload.empty()) payload[at] = static_cast<char>(e[4]);
        break;
      case 1:
        if (!payload.empty()) payload[at] = static_cast<char>(payload[at] + 1 + e[4] % 3);
        break;
      case 2:
        records.erase(records.begin() + static_cast<std::ptrdiff_t>(which));
        break;
      case 3:
        std::swap(one, records[(which + 1 + e[4]) % records.size()]);
        break;
      case 4:
        records.push_back(Kept{one});
        break;
      case 5:
        one.record.kind = static_cast<runtime::journal::RecordKind>(
            e[4] % (std::variant_size_v<archive::Record> + 1));
        break;
      case 6:
        payload.resize(at);
        break;
      case 7:
        for (std::size_t i = 0; i < sizeof extreme && at + i < payload.size(); ++i)
          payload[at + i] = static_cast<char>(extreme >> (8U * i));
        break;
      default:
        one.record.time = runtime::journal::Micros{static_cast<std::int64_t>(extreme)};
    }
  }

  void write(std::vector<Kept>& records) const {
    namespace journal = runtime::journal;
    auto segment = journal::SegmentWriter::create(directory_, {1, 0}, kSegmentBytes);
    if (!segment) throw std::runtime_error(segment.error().text);
    constexpr std::size_t kBatch = 64;
    std::array<std::array<std::byte, journal::RecordLayout::kBytesMax>, kBatch> bytes{};
    for (std::size_t next = 0; next < records.size();) {
      std::vector<journal::Encoded> batch;
      for (; next < records.size() && batch.size() < kBatch; ++next) {
        Kept& one = records[next];
        one.record.payload = one.payload;
        auto& to = bytes[batch.size()];
        batch.push_back(
            {to.data(), static_cast<std::uint32_t>(journal::encode_record(one.record, to.data()))});
      }
      if (const auto written = segment->write(batch); !written)
        throw std::runtime_error(written.error().text);
    }
  }

  /// As `run --data` does.
  [[nodiscard]] std::string go_on() const {
    using std::chrono::seconds;
    auto recording = Recording::open(options(directory_));
    if (!recording) return "not opened: " + recording.error().text;
    auto from = scenario();
    std::optional<archive::Image> image;
    if (const auto& last = (*recording)->last_run()) {
      const auto topology = network::make_topology(from);
      const bool is_this = last->run.network == network::fingerprint(topology) &&
                           last->run.points == topology.points.size() &&
                           last->run.shards == topology.shards.size();
      if (!is_this) return {};  // another network's: refused
      from.run.start_unix_s = std::chrono::ceil<seconds>(last->last_time).count();
      auto restored = (*recording)->restore(archive::Origin{from.run.start_unix_s});
      if (!restored) return "not restored: " + restored.error().text;
      image = std::move(*restored);
    }
    Life life{std::move(*recording), from, image ? &*image : nullptr};
    life.still.pass(seconds{20});
    life.still.settle();
    const auto snapshot = life.network->count();
    std::string wrong = life.network->failure();
    for (const auto& text : network::broken_identities(snapshot.totals)) wrong += text + "; ";
    wrong += nonsense_in(*life.network);
    life.close();
    return wrong;
  }

  static std::string nonsense_in(network::Network& network) {
    std::string wrong;
    for (std::uint16_t s = 0; s < network.topology().shards.size(); ++s) {
      const auto& shard = network.shard(ShardId{s}).state();
      for (const auto& point : shard.points) {
        const std::string name = " of point " + std::to_string(index_of(point.id)) + "; ";
        if (point.delivered.mj < 0) wrong += "energy below zero" + name;
        if (point.breaker.mode() > runtime::BreakerMode::half_open) wrong += "no mode" + name;
        if (point.phase > Phase::fault) wrong += "no phase" + name;
      }
    }
    return wrong;
  }

  static constexpr std::uint64_t kSegmentBytes = 4U << 20U;
  const std::string directory_;
  std::vector<Kept> past_;
};

}  // namespace chargemill::test
