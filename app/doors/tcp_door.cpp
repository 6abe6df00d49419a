#include "app/doors/tcp_door.hpp"

#include <sys/resource.h>

#include <algorithm>

#include "app/doors/control_service.hpp"

namespace chargemill::app {
namespace {

/// Of the run itself: journal, log, report.
constexpr std::uint64_t kOwnFiles = 128;
constexpr std::uint64_t kConnectionsMin = 16;
constexpr std::uint64_t kConnectionsMax = 100'000;
/// One inside TLS keeps about 100 KiB, however little it says.
constexpr std::size_t kEncryptedMax = 2'000;
/// So many clients may be as slow as one may be, before the slowest are cut.
constexpr std::size_t kSlowAtOnce = 16;

class TcpDoor final : public Door {
 public:
  TcpDoor(runtime::Listener listener, const DoorHost& host, const TcpSettings& settings,
          DoorSecurity security)
      : service_(host, security.tokens, settings.payload_bytes),
        server_(std::move(listener),
                framed_options(settings, std::move(security.tls), security.tokens != nullptr),
                service_, [&host](std::string text) { host.news.add(std::move(text)); }) {
    host.io.poster()->post([this] { server_.start(); });
  }

  void begin_to_close() override { server_.finish(); }
  [[nodiscard]] bool is_closed() const override { return server_.is_finished(); }
  void cut() override { server_.cut(); }
  void count(metrics::DoorFigures& to) const override {
    const auto counters = server_.counters();
    to.framed_open = server_.open();
    to.framed_accepted = counters.accepted;
    to.framed_refused = counters.refused;
    const auto ended = [&counters](runtime::Ending how) {
      return counters.ended[static_cast<std::size_t>(how)];
    };
    to.framed_slow = ended(runtime::Ending::slow_sender) + ended(runtime::Ending::slow_reader);
    to.framed_displaced = ended(runtime::Ending::displaced);
    to.framed_crowded = ended(runtime::Ending::held_most);
    to.framed_foreign = ended(runtime::Ending::not_frames);
    to.frames = counters.frames.frames;
    to.resyncs = counters.frames.resyncs;
    to.bad_escapes = counters.frames.bad_escapes;
    to.bad_lrcs = counters.frames.bad_lrcs;
    to.bad_utf8 = counters.frames.bad_utf8;
    to.oversize = counters.frames.oversize;
    to.garbage_bytes = counters.frames.garbage_bytes;
    to.messages_unread = service_.guests().unread();
    to.news_lost = service_.guests().lost();
  }

 private:
  ControlService service_;
  runtime::FramedServer server_;
};

}  // namespace

std::unique_ptr<Door> open_tcp_door(runtime::Listener listener, const DoorHost& host,
                                    const DoorsSettings& settings, DoorSecurity security) {
  return std::make_unique<TcpDoor>(std::move(listener), host, settings.tcp, std::move(security));
}

void raise_file_limit() noexcept {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= files.rlim_max) return;
  files.rlim_cur = files.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &files);  // if not, fewer connections fit
}

std::size_t connections_of_file_limit(std::uint64_t files_max) noexcept {
  const std::uint64_t free = files_max > kOwnFiles ? files_max - kOwnFiles : 0;
  return std::clamp(free / 2, kConnectionsMin, kConnectionsMax);
}

std::size_t connections_max(const DoorSettings& settings) {
  if (settings.connections > 0) return settings.connections;
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const auto of_files = connections_of_file_limit(files.rlim_cur);
  return settings.tls_cert.empty() ? of_files : std::min(of_files, kEncryptedMax);
}

runtime::FramedServer::Options framed_options(const TcpSettings& settings, runtime::TlsContext tls,
                                              bool wants_tokens) {
  runtime::FramedServer::Options options;
  options.tls = std::move(tls);
  options.connections_max = connections_max(settings);
  options.connection.idle_timeout = settings.idle_timeout;
  options.connection.frame_timeout = settings.frame_timeout;
  options.connection.session.messages_per_second = settings.frames_per_second;
  options.connection.session.payload_bytes_max = settings.payload_bytes;
  options.connection.session.unsent_bytes_max = static_cast<std::size_t>(settings.unsent_bytes);
  options.connection.session.wants_welcome = wants_tokens;
  options.held_bytes_max =
      std::max(options.held_bytes_max, kSlowAtOnce * options.connection.session.unsent_bytes_max);
  return options;
}

}  // namespace chargemill::app
