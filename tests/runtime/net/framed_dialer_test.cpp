// A connection that comes back: on real sockets, with a server that goes and returns.
#include "runtime/net/framed_dialer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>

#include "runtime/net/framed_server.hpp"
#include "runtime/net/io_thread.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

TEST(BackOff, GrowsToItsLimitAndIsAtLeastHalfOfIt) {
  const BackOff back_off{200ms, 10s};
  EXPECT_EQ(back_off.wait(0, 0.0), 100ms);
  EXPECT_EQ(back_off.wait(1, 0.0), 200ms);
  EXPECT_EQ(back_off.wait(3, 0.5), 1'200ms);
  EXPECT_EQ(back_off.wait(20, 0.0), 5s);
  for (unsigned attempt = 0; attempt < 100; ++attempt) {
    EXPECT_LE(back_off.wait(attempt, 0.999), 10s) << attempt;
    EXPECT_GE(back_off.wait(attempt, 0.0), 100ms) << attempt;
  }
}

class Echo final : public FrameService {
 public:
  void on_message(const std::shared_ptr<FrameLink>& from, std::string_view text,
                  MessageNumber number) override {
    from->reply(number, "ACK: " + std::string{text});
  }
  void on_closed(const FrameLink&) override {}
};

/// What the dialer told, for a test to wait for.
class Diary final : public DialListener {
 public:
  void on_connected() override { note("connected"); }
  void on_frame(std::string_view text) override { note(std::string{text}); }
  void on_lost(const std::string&) override { note("lost"); }
  void on_failed(const std::string& why) override {
    const std::lock_guard lock{mutex_};
    failure_ = why;
    has_more_.notify_all();
  }

  /// Waits for so many lines, a minute at most.
  bool await(std::size_t lines) {
    std::unique_lock lock{mutex_};
    return has_more_.wait_for(lock, 60s, [&] { return told_.size() >= lines; });
  }
  /// Why an attempt failed; waits for one.
  std::string await_failure() {
    std::unique_lock lock{mutex_};
    (void)has_more_.wait_for(lock, 60s, [&] { return !failure_.empty(); });
    return failure_;
  }
  std::vector<std::string> told() {
    const std::lock_guard lock{mutex_};
    return told_;
  }

 private:
  void note(std::string line) {
    const std::lock_guard lock{mutex_};
    told_.push_back(std::move(line));
    has_more_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable has_more_;
  std::vector<std::string> told_;
  std::string failure_;
};

struct Street {
  template <class F>
  auto run(F f) {
    std::packaged_task<decltype(f())()> task{std::move(f)};
    auto answer = task.get_future();
    boost::asio::post(io.context(), std::move(task));
    return answer.get();
  }
  void open(std::uint16_t at) { open_at("127.0.0.1", at); }
  void open_at(const std::string& address, std::uint16_t at = 0) {
    auto listener = listen(io.context(), {address, at}, PortInUse::is_an_error);
    ASSERT_TRUE(listener) << listener.error().text;
    port = listener->at.port;
    FramedServer::Options options;
    options.tls = shown;
    options.connections_max = connections_max;
    server = std::make_unique<FramedServer>(std::move(*listener), options, echo,
                                            [](const std::string&) {});
    run([this] { server->start(); });
  }
  void close() {
    run([this] {
      server->cut();
      server.reset();
    });
  }
  void dial() {
    FramedDialer::Options options;
    options.to = {host, port};
    options.tls = believed;
    options.back_off = back_off;
    options.connect_timeout = patience;
    run([&] {
      dialer = std::make_shared<FramedDialer>(io.context(), options, diary);
      dialer->start();
    });
  }
  bool send(const char* text) {
    return run([this, text] { return dialer->send(text); });
  }
  bool await(std::size_t lines) { return diary.await(lines); }
  // NOLINTNEXTLINE(bugprone-exception-escape): out of memory ends a test
  ~Street() {
    run([this] {
      if (dialer) dialer->stop();
      if (server) server->cut();
    });
    io.stop();
  }

  std::string host = "127.0.0.1";
  Nanos patience = 30s;
  BackOff back_off{5ms, 20ms};
  std::size_t connections_max = 1'000;
  TlsContext shown;     // by the server; null: no TLS
  TlsContext believed;  // by the dialer
  IoThread io;
  Echo echo;
  Diary diary;
  std::unique_ptr<FramedServer> server;
  std::shared_ptr<FramedDialer> dialer;
  std::uint16_t port = 0;
};

TEST(FramedDialer, ConnectsSendsAndHears) {
  Street street;
  street.open(0);
  street.dial();
  ASSERT_TRUE(street.await(1));
  EXPECT_TRUE(street.send("one"));
  EXPECT_TRUE(street.send("two"));
  ASSERT_TRUE(street.await(3));
  EXPECT_EQ(street.diary.told(), (std::vector<std::string>{"connected", "ACK: one", "ACK: two"}));
}
TEST(FramedDialer, ComesBackWhenTheServerDoes) {
  Street street;
  street.open(0);
  const std::uint16_t port = street.port;
  street.dial();
  ASSERT_TRUE(street.await(1));
  street.close();
  ASSERT_TRUE(street.await(2));
  EXPECT_FALSE(street.send("nobody hears it"));
  street.open(port);
  ASSERT_TRUE(street.await(3));
  EXPECT_TRUE(street.send("again"));
  ASSERT_TRUE(street.await(4));
  EXPECT_EQ(street.diary.told(),
            (std::vector<std::string>{"connected", "lost", "connected", "ACK: again"}));
}
TEST(FramedDialer, WaitsLongerEachTimeItIsLetInAndSentAway) {  // law 6: a full door
  Street street;
  street.connections_max = 0;
  street.back_off = {2ms, 30s};
  street.open(0);
  const auto begun = std::chrono::steady_clock::now();
  street.dial();
  constexpr std::size_t kAttempts = 9;
  constexpr std::size_t kLines = 3;  // connected, the NACK, lost
  ASSERT_TRUE(street.await(kAttempts * kLines));
  EXPECT_EQ(street.diary.told()[1], "NACK: too many connections");
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 255ms) << "1 + 2 + ... + 128 ms at least";
}
TEST(FramedDialer, WaitsForAServerThatIsNotThereYet) {
  Street street;
  street.open(0);
  const std::uint16_t port = street.port;
  street.close();
  street.dial();
  street.open(port);
  ASSERT_TRUE(street.await(1));
  EXPECT_EQ(street.diary.told().front(), "connected");
}

/// A street whose server shows a certificate that the dialer believes.
struct EncryptedStreet : Street {
  EncryptedStreet() {
    shown = *open_tls(certificate.cert(), certificate.key());
    believed = *open_client_tls({true, certificate.cert()});
  }
  const chargemill::test::Folder folder;
  const chargemill::test::Certificate certificate{folder.path()};
};

TEST(FramedDialer, SpeaksInsideTlsAndComesBackInsideIt) {
  EncryptedStreet street;
  street.open(0);
  const std::uint16_t port = street.port;
  street.dial();
  ASSERT_TRUE(street.await(1));
  const std::string large(60'000, 'x');  // more than a record of TLS
  EXPECT_TRUE(street.send("one"));
  EXPECT_TRUE(street.send(large.c_str()));
  ASSERT_TRUE(street.await(3));
  street.close();
  ASSERT_TRUE(street.await(4));
  street.open(port);
  ASSERT_TRUE(street.await(5));
  EXPECT_TRUE(street.send("again"));
  ASSERT_TRUE(street.await(6));
  EXPECT_EQ(street.diary.told(), (std::vector<std::string>{"connected", "ACK: one", "ACK: " + large,
                                                           "lost", "connected", "ACK: again"}));
}
TEST(FramedDialer, SaysNothingToOneWhomItDoesNotBelieve) {
  EncryptedStreet street;
  const chargemill::test::Certificate other{street.folder.path(), "other"};
  street.believed = *open_client_tls({true, other.cert()});
  street.open(0);
  street.dial();
  EXPECT_THAT(street.diary.await_failure(),
              testing::HasSubstr("is not to be believed: self-signed certificate"));
  EXPECT_FALSE(street.send("a secret"));
  EXPECT_TRUE(street.diary.told().empty());
}
TEST(FramedDialer, WantsTheNameThatItDialled) {
  EncryptedStreet street;
  street.host = "127.0.0.2";
  street.open_at("127.0.0.2");
  street.dial();
  EXPECT_THAT(street.diary.await_failure(), testing::HasSubstr("IP address mismatch"));
}
TEST(FramedDialer, GivesUpOnAServerThatNeverComesToAnAgreement) {  // law 6
  EncryptedStreet street;
  const auto silent = listen(street.io.context(), {"127.0.0.1", 0}, PortInUse::is_an_error);
  ASSERT_TRUE(silent);
  street.port = silent->at.port;
  street.patience = 200ms;
  street.dial();
  EXPECT_EQ(street.diary.await_failure(), "no answer in time");
}
TEST(FramedDialer, SaysSoIfTheOtherEndKnowsNoTls) {
  EncryptedStreet street;
  street.shown = nullptr;
  street.open(0);
  street.dial();
  EXPECT_THAT(street.diary.await_failure(), testing::HasSubstr("may not speak"));
  EXPECT_TRUE(street.diary.told().empty());
}

}  // namespace
}  // namespace chargemill::runtime
