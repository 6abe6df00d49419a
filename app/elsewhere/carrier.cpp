#include "app/elsewhere/carrier.hpp"

#include <future>
#include <thread>
#include <type_traits>
#include <utility>

#include "app/directory/plain_text.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/base/overloaded.hpp"
#include "runtime/net/alarm.hpp"

namespace chargemill::app {
namespace {

using codec::Channel;
using codec::Frame;
using elsewhere::Answer;
using elsewhere::Said;

constexpr std::string_view kAck = "ACK: ";
constexpr std::string_view kNotFound = "NACK: Charging point not found";
/// Names of so many sessions are remembered: each point has a few, each driver a ticket or two.
constexpr std::size_t kSessionsMin = 65'536;
constexpr std::size_t kSessionsAPoint = 8;
/// What an external engine is asked for at its registration (D-028): here its monitor knows it.
constexpr std::string_view kEngineHost = "localhost";
constexpr codec::Port kEnginePort{8001};
/// Until one who had no room to look is asked again.
constexpr Nanos kSayAgainAfter = std::chrono::seconds{1};

bool starts_with(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

/// An end that central has taken, and cannot say yet that it is kept (app/guests): until it does,
/// it is said again (D-102). Each such answer takes central seconds, so this is no flood.
bool is_owed_again(const Said& said, std::string_view text) {
  constexpr std::string_view kNotKept = "NACK: done, but not on disk yet";
  return starts_with(text, kNotKept) && std::holds_alternative<SessionEnd>(said);
}

/// Likewise an end of which central has not looked whether it is kept, as too much was asked
/// (app/guests). That is answered at once, so it waits.
bool is_owed_later(const Said& said, std::string_view text) {
  constexpr std::string_view kUnconfirmed = "#unconfirmed";
  return starts_with(text, kAck) && text.size() > kUnconfirmed.size() &&
         text.substr(text.size() - kUnconfirmed.size()) == kUnconfirmed &&
         std::holds_alternative<SessionEnd>(said);
}

}  // namespace

class Carrier::Wire final : public runtime::DialListener {
 public:
  Wire(Carrier& carrier, std::uint32_t number) : carrier_(carrier), number_(number) {
    runtime::FramedDialer::Options options;
    options.to = carrier.options_.to;
    options.tls = carrier.options_.tls;
    options.seed = carrier.options_.seed;
    options.number = number;
    dialer_ = std::make_shared<runtime::FramedDialer>(carrier.io_.context(), options, *this);
  }

  void on_connected() override {
    auth_open_ = false;
    if (!carrier_.options_.token.empty())
      auth_open_ = dialer_->send("AUTH#" + carrier_.options_.token);
    ++carrier_.figures_.connected;
    carrier_.on_reach(*this, true);
  }
  void on_frame(std::string_view text) override {
    if (starts_with(text, "{")) return carrier_.on_news(text);
    if (std::exchange(auth_open_, false)) {
      if (!starts_with(text, kAck)) carrier_.note_trouble(text);
      return;
    }
    carrier_.on_reply(*this, text);
  }
  void on_lost(const std::string& why) override {
    carrier_.figures_.unanswered += sent_.size();
    sent_.clear();
    owed_.clear();  // whose points say it again when central is back
    --carrier_.figures_.connected;
    ++carrier_.figures_.lost;
    carrier_.figures_.last_trouble = why;
    carrier_.on_reach(*this, false);
  }
  void on_failed(const std::string& why) override { carrier_.figures_.last_trouble = why; }

  /// Says it again after a while, with what else is owed by then.
  void say_later(const Waiting& one) {
    owed_.push_back(one);
    if (owed_.size() > 1) return;  // the alarm is set
    alarm_.set(kSayAgainAfter, [this] {
      for (const Waiting& owed : std::exchange(owed_, {})) carrier_.send(owed);
    });
  }

  [[nodiscard]] runtime::FramedDialer& dialer() noexcept { return *dialer_; }
  [[nodiscard]] std::deque<Sent>& sent() noexcept { return sent_; }
  [[nodiscard]] bool is_all_answered() const noexcept { return sent_.empty() && owed_.empty(); }
  [[nodiscard]] std::uint32_t number() const noexcept { return number_; }

 private:
  Carrier& carrier_;
  const std::uint32_t number_;
  std::shared_ptr<runtime::FramedDialer> dialer_;
  std::deque<Sent> sent_;      // answered in order (D-144)
  std::vector<Waiting> owed_;  // ends; a point keeps a few of them
  runtime::Alarm alarm_{carrier_.io_.context()};
  bool auth_open_ = false;  // the first answer is to the token
};

Carrier::Carrier(Options options) : options_(std::move(options)) {
  CHARGEMILL_ASSERT(options_.connections > 0);
}

// NOLINTNEXTLINE(bugprone-exception-escape): out of memory ends the process
Carrier::~Carrier() { close(Nanos{0}); }

void Carrier::open(network::Network& network) {
  CHARGEMILL_ASSERT(network_ == nullptr);
  network_ = &network;
  const auto& topology = network.topology();
  directory_.emplace(topology);
  names_.emplace(*directory_, std::max(kSessionsMin, kSessionsAPoint * topology.points.size()));
  admissions_.emplace(topology.points.size(), topology.drivers.size());
  inbound_.emplace(*names_, options_.run_start);
  outbound_.emplace(*names_, options_.run_start);
  figures_.address = (options_.tls ? "tls://" : "tcp://") + to_text(options_.to);
  figures_.connections = options_.connections;
  for (std::uint32_t w = 0; w < options_.connections; ++w)
    wires_.push_back(std::make_unique<Wire>(*this, w));
  io_.poster()->post([this] {
    for (const auto& wire : wires_) wire->dialer().start();
  });
}

bool Carrier::is_all_answered() const {
  return std::all_of(wires_.begin(), wires_.end(),
                     [](const auto& wire) { return wire->is_all_answered(); });
}

void Carrier::close(Nanos patience) {
  if (std::exchange(is_closed_, true)) return;
  const auto ask = [this](auto f) {
    std::packaged_task<decltype(f())()> task{std::move(f)};
    auto answer = task.get_future();
    io_.poster()->post(std::move(task));
    return answer.get();
  };
  const auto deadline = Clock::now() + patience;
  while (!ask([this] { return is_all_answered(); }) && Clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  ask([this] {
    for (const auto& wire : wires_) {
      figures_.unanswered += wire->sent().size();
      wire->dialer().stop();
    }
  });
  io_.stop();
  const std::lock_guard lock{mutex_};
  figures_.unsent += refused_ + waiting_.size();
  if (!admissions_) return;
  figures_.points = admissions_->kept_points();
  figures_.drivers = admissions_->kept_drivers();
}

// ---- out

void Carrier::say(const Said& said, SimTime at) {
  {
    const std::lock_guard lock{mutex_};
    if (waiting_.size() >= kWaitingMax) {
      ++refused_;
      return;
    }
    waiting_.push_back({said, at});
    if (waiting_.size() > 1) return;  // whoever came first has asked for the thread
  }
  io_.poster()->post([this] { send_all(); });
}

void Carrier::send_all() {
  std::vector<Waiting> all;
  {
    const std::lock_guard lock{mutex_};
    all.swap(waiting_);
  }
  for (const Waiting& one : all) send(one);
}

Carrier::Wire& Carrier::wire_of(const Said& said) {
  const std::uint32_t index = std::visit(
      [](const auto& e) {
        using What = std::decay_t<decltype(e)>;
        constexpr bool kIsDrivers =
            std::is_same_v<What, ChargeRequest> || std::is_same_v<What, CancelRequest> ||
            std::is_same_v<What, DriverReturned> || std::is_same_v<What, TicketAck>;
        if constexpr (kIsDrivers) {
          return index_of(e.driver);
        } else {
          return index_of(e.point);
        }
      },
      said);
  return *wires_[index % wires_.size()];
}

Frame Carrier::registration_of(const Register& said, SimTime at) {
  const codec::CPHeartbeat named = outbound_->body_of(Heartbeat{said.point}, at);
  codec::CPRegistration body;
  body.cp_id = named.cp_id;
  body.cp_e_host = kEngineHost;
  body.cp_e_port = kEnginePort;
  body.price_eur_kwh = static_cast<double>(said.price.microeur_per_kwh) / 1e6;
  body.ts = codec::utc_of(at, options_.run_start);
  return Frame{Channel::cp_register, body};
}

/// Its own ticket again is what confirms it.
Frame Carrier::confirmation_of(const TicketAck& said, SimTime at) {
  Ticket confirmed{};
  confirmed.session = said.session;
  confirmed.driver = said.driver;
  confirmed.status = SessionStatus::completed;
  const auto known = unconfirmed_.find(said.session);
  if (known != unconfirmed_.end()) {
    confirmed = known->second;
    unconfirmed_.erase(known);
  }
  return Frame{Channel::driver_ticket, outbound_->body_of(confirmed, at)};
}

std::optional<Frame> Carrier::frame_of(const Said& said, SimTime at) {
  auto& out = *outbound_;
  const auto price = [this](PointId point) {
    return network_->topology().points[index_of(point)].price;
  };
  const auto utc = codec::utc_of(at, options_.run_start);
  const auto by_driver = [&](DriverId driver, RequestId request, PointId point, Channel channel) {
    ChargeRequest about{};
    about.driver = driver;
    about.request = request;
    about.point = point;
    return Frame{channel, out.body_of(about, at)};
  };
  return std::visit(
      Overloaded{
          [&](const Status& e) {
            const auto driver = driver_of_.find(e.point);
            return Frame{Channel::cp_status,
                         out.body_of(e, driver == driver_of_.end() ? kNobody : driver->second)};
          },
          [&](const Telemetry& e) {
            return Frame{Channel::cp_telemetry, out.body_of(e, price(e.point))};
          },
          [&](const SessionEnd& e) {
            return Frame{Channel::cp_session_end, out.body_of(e, at)};
          },
          [&](const Register& e) { return registration_of(e, at); },
          [&](const Heartbeat& e) {
            return Frame{Channel::cp_heartbeat, out.body_of(e, at)};
          },
          [&](const FaultReport& e) {
            return Frame{Channel::cp_fault, out.body_of(e, at)};
          },
          [&](const HealthyReport& e) {
            return Frame{Channel::cp_fault, out.body_of(e, at)};
          },
          [&](const ChargeRequest& e) {
            return by_driver(e.driver, e.request, e.point, Channel::driver_requests);
          },
          [&](const CancelRequest& e) {
            return by_driver(e.driver, e.request, e.point, Channel::driver_cancel);
          },
          [&](const DriverReturned& e) {
            ChargeRequest about{};
            about.driver = e.driver;
            codec::DriverReturn body;
            body.driver_id = out.body_of(about, at).driver_id;
            body.ts = utc;
            return Frame{Channel::driver_return, body};
          },
          [&](const TicketAck& e) { return confirmation_of(e, at); },
      },
      said);
}

void Carrier::send(const Waiting& one) {
  Wire& wire = wire_of(one.said);
  if (!wire.dialer().is_connected()) {
    ++figures_.unsent;
    return;
  }
  const auto frame = frame_of(one.said, one.at);
  json_.clear();
  write_frame(*frame, json_);
  wire.sent().push_back({one.said, one.at, Clock::now(), one.at >= options_.measure_from});
  ++figures_.sent;
  // If it is lost by this, what it had sent is counted there.
  (void)wire.dialer().send(json_.view());
}

// ---- in

void Carrier::on_reply(Wire& wire, std::string_view text) {
  if (wire.sent().empty()) {
    ++figures_.unclear;
    return;
  }
  const Sent answered = wire.sent().front();
  wire.sent().pop_front();
  if (answered.is_measured) figures_.round_trip.record(Clock::now() - answered.at);
  const bool is_taken = starts_with(text, kAck);
  ++(is_taken ? figures_.taken : figures_.declined);
  if (!is_taken) note_trouble(text);
  admissions_->note(answered.said, is_taken, text);
  if (is_owed_again(answered.said, text)) return send({answered.said, answered.said_at});
  if (is_owed_later(answered.said, text)) return wire.say_later({answered.said, answered.said_at});
  const Answer answer =
      is_taken ? Answer::taken
               : (starts_with(text, kNotFound) ? Answer::unknown_point : Answer::declined);
  std::visit(
      [&](const auto& e) {
        using What = std::decay_t<decltype(e)>;
        if constexpr (std::is_same_v<What, DriverReturned> || std::is_same_v<What, TicketAck>) {
          tell(e.driver, elsewhere::Answered{answered.said, answer});
        } else {
          tell(e.point, elsewhere::Answered{answered.said, answer});
        }
      },
      answered.said);
}

/// What is kept, and told at the end, of the words of somebody else.
void Carrier::note_trouble(std::string_view text) {
  constexpr std::size_t kTroubleBytesMax = 200;
  figures_.last_trouble = plain_text(text, kTroubleBytesMax);
}

void Carrier::on_news(std::string_view text) {
  const auto now = codec::utc_of(SimTime{}, options_.run_start);
  const auto frame = reader_.read_frame(text, now);
  if (!frame) {
    ++figures_.unclear;
    return;
  }
  const auto unclear = [this](codec::Misfit) { ++figures_.unclear; };
  if (frame->channel == Channel::central_commands) {
    const auto order = inbound_->message_of(std::get<codec::CentralCommand>(frame->body));
    if (!order) return unclear(order.error());
    const auto* const start = std::get_if<StartSupply>(&order->command);
    if (start != nullptr && start->defect == PayloadDefect::none)
      driver_of_[order->point] = start->driver;
    return tell(order->point, elsewhere::Ordered{order->point, order->command});
  }
  if (frame->channel == Channel::driver_updates) {
    const auto update = inbound_->message_of(std::get<codec::DriverUpdate>(frame->body));
    if (!update) return unclear(update.error());
    return tell(update->point, *update);
  }
  if (frame->channel == Channel::driver_ticket) {
    const auto ticket = inbound_->ticket_of(std::get<codec::CPSessionTicket>(frame->body));
    if (!ticket) return unclear(ticket.error());
    if (unconfirmed_.size() < kTicketsMax) unconfirmed_[ticket->session] = *ticket;
    return tell(ticket->driver, *ticket);
  }
  ++figures_.unclear;
}

void Carrier::on_reach(const Wire& wire, bool is_up) {
  const auto& topology = network_->topology();
  const auto count = static_cast<std::uint32_t>(wires_.size());
  for (std::uint32_t p = wire.number(); p < topology.points.size(); p += count)
    tell(PointId{p}, elsewhere::PointReach{PointId{p}, is_up});
  for (std::uint32_t d = wire.number(); d < topology.drivers.size(); d += count)
    tell(DriverId{d}, elsewhere::DriverReach{DriverId{d}, is_up});
}

void Carrier::tell(PointId point, const elsewhere::Heard& what) {
  const auto& owners = network_->switchboard().shard_of;
  const std::size_t at = index_of(point);
  network_->hear(at < owners.size() ? owners[at] : ShardId{0}, what);
}

void Carrier::tell(DriverId driver, const elsewhere::Heard& what) {
  const auto& fleets = network_->switchboard().fleet_of;
  const std::size_t at = index_of(driver);
  network_->hear(at < fleets.size() ? fleets[at] : ShardId{0}, what);
}

}  // namespace chargemill::app
