// The framed door of a running network, through real sockets. Time moves by hand.
#include "app/doors/tcp_door.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <iterator>
#include <sstream>
#include <thread>

#include "actors/control/operator_command.hpp"
#include "app/doors/control_texts.hpp"
#include "app/doors/frame_access.hpp"
#include "tests/app/doors/station.hpp"
#include "tests/runtime/net/plain_client.hpp"
#include "tests/simulation/virtual_network.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
using test::bound;
using test::FrameClient;
using test::kOperator;
using test::kReader;
using test::port_of;
using test::Station;
using test::token_file;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

TEST(TcpDoor, TheCommandsOfTheReferenceAreAnsweredAsItSays) {  // D-144, D-145
  Station s{6};
  EXPECT_EQ(s.ask("PING"), "ACK: PING");
  EXPECT_EQ(s.ask("DANCE"), "NACK: unknown command 'DANCE'");
  EXPECT_EQ(s.ask("STATUS#CP-000001"), "ACK: STATUS#CP-000001#ACTIVATED#ACTIVATED#OK#-#-");
  EXPECT_EQ(s.ask("STATUS#CP-000007"), "NACK: Charging point not found");
  EXPECT_EQ(s.ask("STOP#CP-000002"), "ACK: STOP#1");
  s.still.pass(1s);
  EXPECT_EQ(s.ask("STATUS#CP-000002"), "ACK: STATUS#CP-000002#STOPPED#STOPPED#OK#-#-");
  EXPECT_EQ(s.ask("RESUME#CP-000002"), "ACK: RESUME#1");
  EXPECT_EQ(s.ask("STOP#*"), "ACK: STOP#6");
  EXPECT_EQ(s.ask("RESUME#*"), "ACK: RESUME#6");
  EXPECT_EQ(s.ask("RESET_BREAKER#CP-000001"), "ACK: RESET_BREAKER#CP-000001");
  EXPECT_EQ(s.ask("STATS#CP-000001"), "ACK: STATS#CP-000001#-#-#-#closed#0")
      << "counts are of the journal, and there is none";
  EXPECT_THAT(s.ask("HELP"), StartsWith("ACK: HELP#PING HELP LIST"));
}

TEST(TcpDoor, ASupplyIsStartedShownAndStopped) {  // D-079, D-106
  Station s{2};
  EXPECT_EQ(s.ask("START#CP-000001#driver-bob"), "NACK: Driver not found");
  EXPECT_EQ(s.ask("START#CP-000001#driver-alice"), "ACK: START#CP-000001");
  s.still.pass(2s);
  EXPECT_THAT(s.ask("STATUS#CP-000001"),
              StartsWith("ACK: STATUS#CP-000001#SUPPLYING#SUPPLYING#OK#driver-alice#session-"));
  EXPECT_EQ(s.ask("AVAILABLE"), "ACK: AVAILABLE#CP-000002");
  EXPECT_EQ(s.ask("STOP_SUPPLY#CP-000001"), "ACK: STOP_SUPPLY#CP-000001");
  s.still.pass(1s);
  EXPECT_EQ(s.ask("LIST"), "ACK: LIST#CP-000001=ACTIVATED#CP-000002=ACTIVATED");
  EXPECT_EQ(s.ask("START#CP-000002#-"), "ACK: START#CP-000002");
  s.still.pass(2s);
  EXPECT_THAT(s.ask("LIST"), HasSubstr("CP-000002=SUPPLYING"));
  EXPECT_EQ(s.ask("UNPLUG#CP-000002"), "ACK: UNPLUG#CP-000002");
  EXPECT_EQ(s.ask("PLUG#CP-000002"), "ACK: PLUG#CP-000002");
  s.still.pass(1s);
  EXPECT_THAT(s.ask("LIST"), HasSubstr("CP-000002=ACTIVATED"));
}

TEST(TcpDoor, FaultsAndShutdownsCanBeOrdered) {  // D-080, D-110
  Station s{3};
  EXPECT_EQ(s.ask("INJECT#CP-000001#engine_ko"), "ACK: INJECT#CP-000001");
  EXPECT_EQ(s.ask("SHUTDOWN#CP-000002"), "ACK: SHUTDOWN#CP-000002");
  s.still.pass(5s);
  EXPECT_THAT(s.ask("LIST"), StartsWith("ACK: LIST#CP-000001=BROKEN#CP-000002="));
  EXPECT_THAT(s.ask("STATUS#CP-000002"), HasSubstr("#DISCONNECTED#OK#"));
  EXPECT_EQ(s.ask("STATS#CP-000001").substr(0, 36), "ACK: STATS#CP-000001#-#-#-#closed#1")
      << "one failure more at the breaker";
}

TEST(TcpDoor, ASupplyThatCannotBeginIsRefused) {  // D-144, D-106, D-052
  Station s{2};
  EXPECT_EQ(s.ask("START#CP-000001#-"), "ACK: START#CP-000001");
  s.still.pass(2s);
  EXPECT_EQ(s.ask("START#CP-000001#driver-alice"),
            "NACK: Charging point not available (state: SUPPLYING)");
  EXPECT_EQ(s.ask("STOP#CP-000002"), "ACK: STOP#1");
  s.still.pass(1s);
  EXPECT_EQ(s.ask("START#CP-000002#-"), "NACK: Charging point not available (state: STOPPED)");
  EXPECT_EQ(s.ask("LIST"), "ACK: LIST#CP-000001=SUPPLYING#CP-000002=STOPPED");
}

TEST(TcpDoor, AllSuppliesCanBeEndedAndAllEnginesShutDown) {  // D-079, D-080, D-081
  Station s{3};
  EXPECT_EQ(s.ask("START#CP-000001#-"), "ACK: START#CP-000001");
  EXPECT_EQ(s.ask("START#CP-000003#-"), "ACK: START#CP-000003");
  s.still.pass(2s);
  EXPECT_EQ(s.ask("LIST"), "ACK: LIST#CP-000001=SUPPLYING#CP-000002=ACTIVATED#CP-000003=SUPPLYING");
  EXPECT_EQ(s.ask("STOP_SUPPLY#*"), "ACK: STOP_SUPPLY#3");
  s.still.pass(1s);
  EXPECT_EQ(s.ask("LIST"), "ACK: LIST#CP-000001=ACTIVATED#CP-000002=ACTIVATED#CP-000003=ACTIVATED");
  EXPECT_EQ(s.ask("SHUTDOWN#*"), "ACK: SHUTDOWN#3");
  s.still.pass(5s);
  EXPECT_EQ(s.ask("LIST"), "ACK: LIST#CP-000001=BROKEN#CP-000002=BROKEN#CP-000003=BROKEN");
}

TEST(TcpDoor, WhoWasShutDownCanBeSwitchedOnAgain) {  // D-080, D-089
  Station s{2};
  EXPECT_EQ(s.ask("SHUTDOWN#CP-000002"), "ACK: SHUTDOWN#CP-000002");
  s.still.pass(60s);
  EXPECT_EQ(s.ask("LIST"), "ACK: LIST#CP-000001=ACTIVATED#CP-000002=BROKEN")
      << "nobody restarts what was ended on purpose";
  EXPECT_EQ(s.ask("POWER_ON#CP-000002"), "ACK: POWER_ON#CP-000002");
  EXPECT_EQ(s.ask("POWER_ON#CP-000001"), "ACK: POWER_ON#CP-000001") << "it runs: nothing happens";
  s.still.pass(3s);
  EXPECT_EQ(s.ask("LIST"), "ACK: LIST#CP-000001=ACTIVATED#CP-000002=ACTIVATED");
  EXPECT_EQ(s.ask("START#CP-000002#-"), "ACK: START#CP-000002");
  s.still.pass(2s);
  EXPECT_THAT(s.ask("LIST"), HasSubstr("CP-000002=SUPPLYING"));
}

TEST(TcpDoor, AMonitorReportsAFaultThatIsSimulatedAndItsEnd) {  // D-120, X-27
  Station s{2};
  EXPECT_EQ(s.ask("SIMULATE_FAULT#CP-000001#ON"), "ACK: SIMULATE_FAULT#CP-000001");
  s.still.pass(6s);
  EXPECT_THAT(s.ask("LIST"), HasSubstr("CP-000001=BROKEN#CP-000002=ACTIVATED"));
  EXPECT_EQ(s.ask("SIMULATE_FAULT#CP-000001#OFF"), "ACK: SIMULATE_FAULT#CP-000001");
  s.still.pass(6s);
  EXPECT_THAT(s.ask("LIST"), HasSubstr("CP-000001=ACTIVATED"));
}

TEST(TcpDoor, AFaultLastsAsLongAsItIsTold) {
  Station s{2};
  EXPECT_EQ(s.ask("INJECT#CP-000001#engine_ko#100"), "ACK: INJECT#CP-000001");
  s.still.pass(95s);
  EXPECT_THAT(s.ask("LIST"), HasSubstr("CP-000001=BROKEN"));
  s.still.pass(10s);
  EXPECT_THAT(s.ask("LIST"), HasSubstr("CP-000001=ACTIVATED"));
}

TEST(TcpDoor, AStatusTellsSinceWhenNothingWasHeard) {
  Station s{2};
  ASSERT_EQ(s.ask("START#CP-000001#-"), "ACK: START#CP-000001");
  s.still.pass(2s);
  ASSERT_EQ(s.ask("INJECT#CP-000001#engine_silent#8"), "ACK: INJECT#CP-000001");
  s.still.pass(4s);
  // Central believes that it supplies: three checks have to fail first. How old that is, is said.
  EXPECT_THAT(s.ask("STATUS#CP-000001#AGE"),
              MatchesRegex("ACK: STATUS#CP-000001#SUPPLYING#SUPPLYING#OK#-#session-[0-9a-f]+"
                           "#[45]\\.[0-9]#[01]\\.[0-9]"));
}

TEST(TcpDoor, TheRepliesOfOneClientComeInItsOrder) {  // D-144
  Station s{50};
  // Those that are known at once wait for those that a shard has to be asked for.
  for (int i = 1; i <= 40; ++i) {
    char name[16];
    std::snprintf(name, sizeof name, "CP-%06d", i);
    ASSERT_TRUE(s.client.send(std::string{"STATUS#"} + name) && s.client.send("PING"));
  }
  for (int i = 1; i <= 40; ++i) {
    char name[16];
    std::snprintf(name, sizeof name, "CP-%06d", i);
    ASSERT_THAT(s.hear(), StartsWith(std::string{"ACK: STATUS#"} + name));
    ASSERT_EQ(s.hear(), "ACK: PING");
  }
}

TEST(TcpDoor, MoreClientsThanTheDeskTakesAtOnceAreAllAnswered) {  // law 6
  Station s{10};
  constexpr std::size_t kClients = 20;
  std::vector<std::unique_ptr<FrameClient>> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<FrameClient>(port_of(*s.doors)));
    for (int n = 0; n < 30; ++n) ASSERT_TRUE(clients.back()->send("STATUS#CP-000001"));
  }
  for (const auto& client : clients) {
    for (int n = 0; n < 30; ++n)
      ASSERT_EQ(s.hear(*client), "ACK: STATUS#CP-000001#ACTIVATED#ACTIVATED#OK#-#-");
  }
}

TEST(TcpDoor, ALongListComesInPages) {  // D-140
  Station s{2'500};
  std::size_t points = 0;
  std::string command = "LIST";
  int pages = 0;
  while (!command.empty()) {
    const std::string page = s.ask(command);
    ASSERT_THAT(page, StartsWith("ACK: LIST#"));
    points += static_cast<std::size_t>(std::count(page.begin(), page.end(), '='));
    const auto next = page.find("#>");
    command = next == std::string::npos ? "" : "LIST#" + page.substr(next + 2);
    ++pages;
  }
  EXPECT_EQ(points, 2'500U);
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(s.ask("LIST#CP-002500"), "ACK: LIST#CP-002500=ACTIVATED");
  EXPECT_EQ(s.ask("LIST#CP-9"), "NACK: Charging point not found");
  EXPECT_EQ(s.ask("AVAILABLE#Z04"), "NACK: Zone not found");
  const std::string zone = s.ask("AVAILABLE#Z03");
  EXPECT_THAT(zone, HasSubstr("CP-002500"));
  EXPECT_THAT(s.ask("AVAILABLE#*#CP-002499"), "ACK: AVAILABLE#CP-002499#CP-002500");
}

TEST(TcpDoor, PagesFitTheMessagesOfTheDoor) {  // D-140
  auto settings = test::framed_only();
  settings.tcp.payload_bytes = 1'024;
  Station s{100, settings};
  std::size_t points = 0;
  for (std::string command = "LIST"; !command.empty();) {
    const std::string page = s.ask(command);
    ASSERT_THAT(page, StartsWith("ACK: LIST#"));
    points += static_cast<std::size_t>(std::count(page.begin(), page.end(), '='));
    const auto next = page.find("#>");
    command = next == std::string::npos ? "" : "LIST#" + page.substr(next + 2);
  }
  EXPECT_EQ(points, 100U);
  EXPECT_EQ(control_texts::listed_max(65'536), control_texts::kListedMax);
  EXPECT_EQ(control_texts::listed_max(0), 1U);
  // The longest names, each with the longest state, and one that leads to the next page.
  for (const std::size_t bytes : {1'024U, 2'000U, 65'536U}) {
    const std::size_t each = std::string(48, 'x').size() + std::string{"#=DISCONNECTED"}.size();
    EXPECT_LE(control_texts::listed_max(bytes) * each + 48 + std::string{"ACK: AVAILABLE#>"}.size(),
              bytes);
  }
}

TEST(TcpDoor, AtTheEndOfARunItsClientsAreAnsweredAndThePortIsFree) {  // D-088, D-146
  Station s{5};
  ASSERT_EQ(s.ask("PING"), "ACK: PING");
  const auto port = port_of(*s.doors);
  const runtime::Endpoint at{"127.0.0.1", port};
  s.open.reset();
  EXPECT_TRUE(s.client.sees_the_end());
  boost::asio::io_context context;
  EXPECT_TRUE(runtime::listen(context, at, runtime::PortInUse::is_an_error));
}

TEST(TcpDoor, InVirtualTimeItOnlyReads) {  // design, section 5
  test::VirtualNetwork net{test::station_of(5), 2};
  network::Desk desk{net.network(), net.engine()};
  const auto scenario = test::station_of(5);
  const auto doors = bound();
  auto open = doors->open({desk, scenario, {}});
  FrameClient client{port_of(*doors)};
  for (const char* text : {"STOP#*", "START#CP-000001#-", "INJECT#CP-000001#engine_ko"})
    EXPECT_THAT(client.ask(text), StartsWith("NACK: virtual time")) << text;
  std::string together;  // so that all of it has arrived once the first is answered
  for (const char* text : {"PING", "STATUS#CP-000001", "HELP"}) {
    const auto frame = runtime::plain_frame(runtime::bytes_of(text));
    together.append(reinterpret_cast<const char*>(frame.data()), frame.size());
  }
  ASSERT_TRUE(client.send_bytes(together));
  EXPECT_EQ(client.receive(), "ACK: PING");
  net.run_until(SimTime{10s});
  open.reset();  // time stands still: who has asked is answered before the door closes
  EXPECT_EQ(client.receive(), "ACK: STATUS#CP-000001#ACTIVATED#ACTIVATED#OK#-#-");
  EXPECT_THAT(client.receive().value_or(""), StartsWith("ACK: HELP"));
  EXPECT_TRUE(client.sees_the_end());
}

TEST(Doors, AChosenPortInUseEndsTheRunBeforeItBeginsTheDefaultIsReplaced) {  // X-28, contract 2
  const auto first = bound();
  DoorsSettings settings;
  settings.http.listen = kDoorOff;
  settings.tcp.listen = first->addresses().front().at;
  settings.tcp.is_chosen = true;
  const auto refused = Doors::bind(settings);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::environment);
  settings.tcp.is_chosen = false;
  const auto other = Doors::bind(settings);
  ASSERT_TRUE(other);
  const auto address = (*other)->addresses().front();
  EXPECT_EQ(address.taken, settings.tcp.listen);
  EXPECT_EQ(address_line(address),
            "TCP       " + address.at + " (" + address.taken + " is in use)");
  EXPECT_EQ(address_line({"TCP", "127.0.0.1:9999", ""}), "TCP       127.0.0.1:9999");
}

TEST(TcpDoor, NobodyWithoutATokenChangesOrSeesAnything) {  // D-147
  const test::Folder folder;
  Station s{2, token_file(folder)};
  const std::string needed = "NACK: a token is needed, AUTH#TOKEN comes first";
  std::istringstream asked{
      "LIST STATUS#CP-000001 STATS#CP-000001 AVAILABLE STOP#* RESUME#CP-000001 "
      "STOP_SUPPLY#CP-000001 SHUTDOWN#CP-000001 RESET_BREAKER#CP-000001 PLUG#CP-000001 "
      "UNPLUG#CP-000001 START#CP-000001#- INJECT#CP-000001#engine_ko POWER_ON#CP-000001 "
      "SIMULATE_FAULT#CP-000001#ON NODES ADD_CP#- ADD_DRIVER#- DANCE {\"type\":\"cp.status\"}"};
  std::vector<std::string> texts{std::istream_iterator<std::string>{asked}, {}};
  texts.emplace_back();
  for (const auto& text : texts) EXPECT_EQ(s.ask(text), needed) << text;
  std::istringstream usages{control::help_text()};
  for (std::string usage; usages >> usage;) {  // none is left out
    const auto verb = usage.substr(0, usage.find_first_of("[#"));
    const auto has_verb = [&](const std::string& text) {
      return text.substr(0, text.find('#')) == verb;
    };
    EXPECT_TRUE(verb == "PING" || verb == "HELP" ||
                std::any_of(texts.begin(), texts.end(), has_verb))
        << verb;
  }
  EXPECT_EQ(s.ask("PING"), "ACK: PING");
  EXPECT_THAT(s.ask("HELP"), HasSubstr(" AUTH#TOKEN"));
  s.still.pass(1s);
  EXPECT_EQ(s.ask(std::string{"AUTH#"} + kReader), "ACK: AUTH#read");
  EXPECT_EQ(s.ask("LIST"), "ACK: LIST#CP-000001=ACTIVATED#CP-000002=ACTIVATED");
  EXPECT_EQ(s.ask("STOP#*"), "NACK: this token reads and changes nothing");
  EXPECT_EQ(s.ask("DANCE"), "NACK: unknown command 'DANCE'");
  EXPECT_EQ(s.ask(std::string{"AUTH#"} + kOperator), "ACK: AUTH#operate");
  EXPECT_EQ(s.ask("STOP#*"), "ACK: STOP#2");
  FrameClient other{port_of(*s.doors)};
  other.send("LIST");
  EXPECT_EQ(s.hear(other), needed) << "a token is of one connection";
}

TEST(TcpDoor, TokensAreNotTriedOutOnOneConnection) {  // law 6
  const test::Folder folder;
  Station s{1, token_file(folder)};
  EXPECT_EQ(s.ask("AUTH"), "NACK: a token is missing, use AUTH#TOKEN");
  EXPECT_EQ(s.ask("AUTH#"), "NACK: a token is missing, use AUTH#TOKEN");
  for (unsigned i = 0; i < FrameAccess::kWrongMax; ++i)
    EXPECT_EQ(s.ask("AUTH#wrong"), "NACK: wrong token");
  EXPECT_EQ(s.ask(std::string{"AUTH#"} + kOperator), "NACK: too many wrong tokens");
  EXPECT_THAT(s.ask("LIST"), StartsWith("NACK: a token is needed"));
}

TEST(TcpDoor, ADoorWithoutTokensTakesAnyToken) {
  Station s{1};
  EXPECT_EQ(s.ask("AUTH#whatever"), "ACK: AUTH#operate");
  EXPECT_EQ(s.ask("AUTHOR"), "NACK: unknown command 'AUTHOR'");
}

TEST(Doors, SayOnceWhoMayComeInWithoutAToken) {  // D-147
  const test::Folder folder;
  EXPECT_EQ(open_doors_line(bound()->addresses()),
            "OPEN      whoever is on this machine may change the run (tcp.token_file)");
  const auto tokens = token_file(folder);
  using std::filesystem::perms;
  std::filesystem::permissions(tokens, perms::owner_read | perms::owner_write | perms::group_read);
  EXPECT_EQ(open_doors_line(bound(tokens)->addresses()), "");
  for (const perms more : {perms::others_read, perms::others_write, perms::group_write}) {
    std::filesystem::permissions(tokens, perms::owner_read | perms::owner_write | more);
    EXPECT_EQ(open_doors_line(bound(tokens)->addresses()),
              "OPEN      others on this machine can use the tokens of " + std::string{tokens} +
                  " (chmod 600 " + std::string{tokens} + ")");
  }
}

TEST(Doors, AFileThatIsNoneEndsTheRunBeforeItBegins) {
  DoorsSettings settings;
  settings.http.listen = kDoorOff;
  settings.tcp.listen = "127.0.0.1:0";
  settings.tcp.token_file = "/nowhere/tokens";
  const auto refused = Doors::bind(settings);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::environment);
  EXPECT_THAT(refused.error().text, StartsWith("tcp.token_file: cannot read /nowhere/tokens: "));
}

TEST(TcpDoor, ItsConnectionsFollowTheFileLimit) {  // issue, section 3
  EXPECT_EQ(connections_of_file_limit(1'024), 448U);
  EXPECT_EQ(connections_of_file_limit(65'536), 32'704U);
  EXPECT_EQ(connections_of_file_limit(100), 16U) << "few, but some";
  EXPECT_EQ(connections_of_file_limit(UINT64_MAX), 100'000U);
  TcpSettings settings;
  settings.connections = 7;
  EXPECT_EQ(connections_max(settings), 7U);
}

TEST(TcpDoor, WhatItEndsItselfIsCounted) {  // issue, section 5
  Station s{1};
  runtime::test::PlainClient browser{port_of(*s.doors)};
  browser.say("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(browser.hear_all(), "");
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (s.doors->figures().framed_foreign == 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_EQ(s.doors->figures().framed_foreign, 1U);
  EXPECT_EQ(s.doors->figures().framed_slow + s.doors->figures().framed_displaced, 0U);
}

TEST(TcpDoor, ItsLongestMessageIsThatOfItsSettings) {  // D-140
  TcpSettings settings;
  EXPECT_EQ(framed_options(settings, {}).connection.session.payload_bytes_max, 65'536U);
  settings.payload_bytes = 2'000;
  EXPECT_EQ(framed_options(settings, {}).connection.session.payload_bytes_max, 2'000U);
}

}  // namespace
}  // namespace chargemill::app
