#include "app/doors/doors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <future>
#include <optional>
#include <set>
#include <thread>

#include "app/doors/door.hpp"
#include "app/doors/http_door.hpp"
#include "app/doors/tcp_door.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/net/alarm.hpp"
#include "runtime/net/listener.hpp"
#include "runtime/observe/published.hpp"

namespace chargemill::app {
namespace {

constexpr Nanos kPublishEvery = std::chrono::milliseconds{250};

using runtime::Listener;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// A door that is bound, and how it is opened once there is a network behind it.
struct Bound {
  const char* name;
  std::string wanted;
  Listener listener;
  DoorSecurity security;
  std::unique_ptr<Door> (*open)(Listener listener, const DoorHost& host,
                                const DoorsSettings& settings, DoorSecurity security);
  std::string shown;  ///< as of DoorAddress
};

class BoundDoors final : public Doors {
 public:
  explicit BoundDoors(const DoorsSettings& settings) : settings_(settings) {}
  ~BoundDoors() override {
    try {
      close();
    } catch (const std::exception&) {
      io_.stop();  // no memory to close in order: then at once
    }
  }
  BoundDoors(const BoundDoors&) = delete;
  BoundDoors& operator=(const BoundDoors&) = delete;

  [[nodiscard]] Result<void> bind(const char* name, const char* section, const DoorSettings& door,
                                  decltype(Bound::open) opener) {
    if (!door.is_on()) return {};
    auto security = read_security(section, door);
    if (!security) return tl::unexpected<Error>(security.error());
    const auto endpoint = runtime::parse_endpoint(door.listen);
    CHARGEMILL_ASSERT(endpoint);
    auto listener = runtime::listen(
        io_.context(), *endpoint,
        door.is_chosen ? runtime::PortInUse::is_an_error : runtime::PortInUse::take_a_free_one);
    if (!listener) return tl::unexpected<Error>(listener.error());
    bound_.push_back({name, door.listen, std::move(*listener), std::move(*security), opener,
                      security->is_shown ? door.token_file : std::string{}});
    return {};
  }

  [[nodiscard]] std::vector<DoorAddress> addresses() const override { return addresses_; }
  void note_addresses() {
    for (const auto& door : bound_)
      addresses_.push_back({door.name, runtime::to_text(door.listener.at),
                            door.listener.is_replaced ? door.wanted : "",
                            door.security.tls != nullptr, door.security.tokens != nullptr,
                            door.shown});
  }

  [[nodiscard]] std::shared_ptr<void> open(const DoorPlace& place) override {
    CHARGEMILL_ASSERT(!host_);
    directory_.emplace(place.desk.topology(), &place.desk.annex());
    if (!place.journal.empty())
      directory_->keep_registrations(place.journal / "registrations.tsv");  // D-084
    history_.emplace(place.journal, place.memory, place.other_pasts, place.shards);
    host_.emplace(
        DoorHost{place.desk, place.scenario, *directory_, *history_, io_, news_, place.facts});
    for (auto& door : bound_)
      open_.push_back(
          door.open(std::move(door.listener), *host_, settings_, std::move(door.security)));
    bound_.clear();
    io_.poster()->post([this] { publish(); });
    return {this, [](BoundDoors* doors) { doors->close(); }};
  }

  [[nodiscard]] std::vector<std::string> take_news() override { return news_.take(); }
  [[nodiscard]] metrics::DoorFigures figures() const override { return figures_.load(); }

 private:
  /// On the IoThread, until it ends.
  void publish() {
    metrics::DoorFigures figures;
    for (const auto& door : open_) door->count(figures);
    figures_.store(figures);
    publish_.set(kPublishEvery, [this] { publish(); });
  }

  /// Runs `f` on the IoThread and waits for it.
  template <class F>
  auto ask(F f) {
    std::packaged_task<decltype(f())()> task{std::move(f)};
    auto answer = task.get_future();
    io_.poster()->post(std::move(task));
    return answer.get();
  }
  [[nodiscard]] bool are_closed() {
    return ask([this] {
      return std::all_of(open_.begin(), open_.end(), [](const auto& d) { return d->is_closed(); });
    });
  }

  void close() {
    if (is_closed_) return;
    is_closed_ = true;
    const auto deadline = Clock::now() + (host_ ? host_->scenario.run.stop_timeout : Nanos{0});
    ask([this] {
      for (const auto& door : open_) door->begin_to_close();
    });
    while (!are_closed() && Clock::now() < deadline) {
      // Virtual time stands still by now: who still waits for an answer is given it from here; and
      // what other nodes answer is heard from here, whatever the time is.
      host_->desk.serve();
      std::this_thread::sleep_for(milliseconds{1});
    }
    ask([this] {
      for (const auto& door : open_) door->cut();
      bound_.clear();
    });
    io_.stop();
    // What it has asked other nodes is heard from here.
    if (history_) history_->begin_to_close();
    while (history_ && !history_->is_closed()) {
      host_->desk.serve();
      std::this_thread::sleep_for(milliseconds{1});
    }
    history_.reset();  // its answers went to the thread that has just ended
  }

  const DoorsSettings settings_;
  runtime::IoThread io_;
  runtime::Alarm publish_{io_.context()};
  runtime::Published<metrics::DoorFigures> figures_;
  DoorNews news_;
  std::optional<Directory> directory_;
  std::optional<HistoryDesk> history_;
  std::optional<DoorHost> host_;
  std::vector<Bound> bound_;
  std::vector<DoorAddress> addresses_;
  std::vector<std::unique_ptr<Door>> open_;
  bool is_closed_ = false;
};

}  // namespace

Result<std::unique_ptr<Doors>> Doors::bind(const DoorsSettings& settings) {
  raise_file_limit();
  auto doors = std::make_unique<BoundDoors>(settings);
  const auto http = doors->bind("HTTP", "http", settings.http, open_http_door);
  if (!http) return tl::unexpected<Error>(http.error());
  const auto tcp = doors->bind("TCP", "tcp", settings.tcp, open_tcp_door);
  if (!tcp) return tl::unexpected<Error>(tcp.error());
  doors->note_addresses();
  return doors;
}

std::string address_line(const DoorAddress& address) {
  const auto line =
      fmt::format("{:<9} {}{}", address.name, address.at, address.is_encrypted ? " (TLS)" : "");
  return address.taken.empty() ? line : fmt::format("{} ({} is in use)", line, address.taken);
}

std::string open_doors_line(const std::vector<DoorAddress>& addresses) {
  std::string keys;
  std::set<std::string> shown;  // one file may be for both doors
  for (const auto& door : addresses) {
    if (!door.shown.empty()) shown.insert(door.shown);
    if (door.has_tokens) continue;
    std::string section{door.name};
    std::transform(section.begin(), section.end(), section.begin(),
                   [](char c) { return static_cast<char>(c - 'A' + 'a'); });
    keys += fmt::format("{}{}.token_file", keys.empty() ? "" : ", ", section);
  }
  std::vector<std::string> lines;
  if (!keys.empty())
    lines.push_back(
        fmt::format("OPEN      whoever is on this machine may change the run ({})", keys));
  for (const auto& file : shown)
    lines.push_back(fmt::format(
        "OPEN      others on this machine can use the tokens of {0} (chmod 600 {0})", file));
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace chargemill::app
