// What an operator types, and what a door answers.
#include <gtest/gtest.h>

#include <algorithm>

#include "actors/control/operator_command.hpp"
#include "app/ctl/ctl_replies.hpp"
#include "app/ctl/ctl_words.hpp"

namespace chargemill::app {
namespace {

std::string sent(const std::vector<std::string>& words) {
  const auto command = command_of(words);
  return command ? *command : "error: " + command.error();
}

TEST(CtlWords, BecomeCommandsOfTheDoor) {
  EXPECT_EQ(sent({"list"}), "LIST");
  EXPECT_EQ(sent({"list", "CP-000100"}), "LIST#CP-000100");
  EXPECT_EQ(sent({"list", "all"}), "LIST");
  EXPECT_EQ(sent({"list", "SUPPLYING"}), "LIST") << "the door lists all";
  EXPECT_EQ(sent({"list", "fault", "CP-000100"}), "LIST#CP-000100");
  EXPECT_EQ(sent({"status", "CP-001"}), "STATUS#CP-001#AGE");
  EXPECT_EQ(sent({"stop", "all"}), "STOP#*");
  EXPECT_EQ(sent({"stop", "*"}), "STOP#*");
  EXPECT_EQ(sent({"resume", "CP-001"}), "RESUME#CP-001");
  EXPECT_EQ(sent({"stop-session", "CP-001"}), "STOP_SUPPLY#CP-001");
  EXPECT_EQ(sent({"start", "CP-001", "driver-alice"}), "START#CP-001#driver-alice");
  EXPECT_EQ(sent({"inject", "CP-001", "engine_crash"}), "INJECT#CP-001#engine_crash");
  EXPECT_EQ(sent({"inject", "CP-001", "engine_ko", "20s"}), "INJECT#CP-001#engine_ko#20");
  EXPECT_EQ(sent({"inject", "CP-001", "engine_ko", "250ms"}), "INJECT#CP-001#engine_ko#0.25");
  EXPECT_EQ(sent({"inject", "CP-001", "engine_ko", "7"}), "INJECT#CP-001#engine_ko#7");
  EXPECT_EQ(sent({"simulate-fault", "CP-001", "on"}), "SIMULATE_FAULT#CP-001#ON");
  EXPECT_EQ(sent({"simulate-fault", "CP-001", "off"}), "SIMULATE_FAULT#CP-001#OFF");
  EXPECT_EQ(sent({"stop-session", "all"}), "STOP_SUPPLY#*");
  EXPECT_EQ(sent({"shutdown", "CP-001"}), "SHUTDOWN#CP-001");
  EXPECT_EQ(sent({"shutdown", "all"}), "SHUTDOWN#*");
  EXPECT_EQ(sent({"power-on", "CP-001"}), "POWER_ON#CP-001");
  EXPECT_EQ(sent({"add", "cp", "CP-900", "Z01", "50", "0.35"}), "ADD_CP#CP-900#Z01#50#0.35");
  EXPECT_EQ(sent({"add", "charge-point", "-"}), "ADD_CP#-");
  EXPECT_EQ(sent({"add", "driver", "eve", "CP-001", "CP-002"}), "ADD_DRIVER#eve#CP-001#CP-002");
  EXPECT_EQ(sent({"status", "all"}), "STATUS#all#AGE") << "where all is no word, it is a name";
}

TEST(CtlWords, WhatIsWrongIsSaidBeforeItIsSent) {
  EXPECT_EQ(sent({}), "error: a command is missing");
  EXPECT_EQ(sent({"lst"}), "error: unknown command 'lst'; did you mean 'list'?");
  EXPECT_EQ(sent({"status"}), "error: a name is missing, use status CP");
  EXPECT_EQ(sent({"add", "cp"}), "error: a name is missing, use add cp CP|- [ZONE [KW [EUR]]]");
  EXPECT_EQ(sent({"add"}).rfind("error: unknown command 'add'", 0), 0U);
  EXPECT_EQ(sent({"status", "a", "b"}), "error: too many fields, use status CP");
  EXPECT_EQ(sent({"inject", "CP-1", "engine_ko", "0s"}),
            "error: how long: above 0, at most 1e9 seconds, use inject CP KIND [DURATION]");
  EXPECT_EQ(sent({"inject", "CP-1", "engine_ko", "soon"}),
            "error: how long: above 0, at most 1e9 seconds, use inject CP KIND [DURATION]");
  EXPECT_EQ(sent({"inject", "CP-1"}),
            "error: a kind is missing (engine_crash, engine_silent, engine_ko, start_refused, "
            "monitor_loss), use inject CP KIND [DURATION]");
  EXPECT_EQ(sent({"list", "CP-1", "BROKEN"}),
            "error: too many fields, use list [STATE|all] [FROM]");
  EXPECT_EQ(sent({"inject", "CP-1", "rain"}).rfind("error: unknown kind 'rain'", 0), 0U);
}

TEST(CtlWords, EveryVerbOfTheDoorCanBeSaid) {
  const std::string help = ctl_help();
  EXPECT_EQ(std::count(help.begin(), help.end(), '\n'),
            static_cast<std::ptrdiff_t>(control::kVerbs));
}

TEST(CtlWords, AListMayBeOfOneStateByAnyOfItsWords) {  // D-194
  EXPECT_EQ(wanted_state({"list", "supplying"}), "SUPPLYING");
  EXPECT_EQ(wanted_state({"list", "Out of Order"}), "STOPPED");
  EXPECT_EQ(wanted_state({"list", "fault", "CP-1"}), "BROKEN");
  EXPECT_EQ(wanted_state({"list", "all"}), "");
  EXPECT_EQ(wanted_state({"list"}), "");
  EXPECT_EQ(wanted_state({"status", "SUPPLYING"}), "");
  CtlReply reply{"LIST", "BROKEN"};
  EXPECT_EQ(**reply.take("ACK: LIST#CP-001=ACTIVATED#CP-002=BROKEN#>CP-003"), "LIST#CP-003");
  ASSERT_TRUE(reply.take("ACK: LIST#CP-003=SUPPLYING#CP-004=BROKEN"));
  EXPECT_EQ(reply.text(false), "charge_point  state\nCP-002        BROKEN\nCP-004        BROKEN\n");
}

TEST(CtlReply, AListIsATableOfAllItsPages) {
  CtlReply reply{"LIST"};
  const auto next = reply.take("ACK: LIST#CP-001=ACTIVATED#CP-002=BROKEN#>CP-003");
  ASSERT_TRUE(next);
  EXPECT_EQ(*next, "LIST#CP-003");
  const auto last = reply.take("ACK: LIST#CP-003=SUPPLYING");
  ASSERT_TRUE(last);
  EXPECT_FALSE(*last);
  EXPECT_EQ(reply.text(false),
            "charge_point  state\n"
            "CP-001        ACTIVATED\n"
            "CP-002        BROKEN\n"
            "CP-003        SUPPLYING\n");
  const auto json = nlohmann::json::parse(reply.text(true));
  ASSERT_EQ(json.size(), 3U);
  EXPECT_EQ(json[1]["state"], "BROKEN");
}

TEST(CtlReply, OnlyTheLastFieldLeadsToTheNextPage) {
  CtlReply reply{"AVAILABLE"};
  EXPECT_EQ(**reply.take("ACK: AVAILABLE#>CP-001#CP-002#>CP-003"), "AVAILABLE#*#CP-003");
  EXPECT_EQ(nlohmann::json::parse(reply.text(true)).size(), 2U);
}

TEST(CtlReply, ANameIsWholeWhateverIsInIt) {
  CtlReply list{"LIST"};
  ASSERT_TRUE(list.take("ACK: LIST#a=b=ACTIVATED"));
  EXPECT_EQ(list.text(false), "charge_point  state\na=b           ACTIVATED\n");
  CtlReply available{"AVAILABLE"};
  ASSERT_TRUE(available.take("ACK: AVAILABLE#a=b"));
  EXPECT_EQ(available.text(false), "charge_point\na=b\n");
}

TEST(CtlReply, ThePagesOfAZoneStayInTheZone) {
  CtlReply all{"AVAILABLE"};
  EXPECT_EQ(**all.take("ACK: AVAILABLE#CP-001#>CP-002"), "AVAILABLE#*#CP-002");
  CtlReply zone{"AVAILABLE#Z02"};
  EXPECT_EQ(**zone.take("ACK: AVAILABLE#CP-001#>CP-002"), "AVAILABLE#Z02#CP-002");
  CtlReply none{"AVAILABLE#Z02"};
  ASSERT_TRUE(none.take("ACK: AVAILABLE"));
  EXPECT_EQ(none.text(false), "charge_point\n");
  EXPECT_EQ(none.text(true), "[]\n");
}

TEST(CtlReply, OnePointIsOneObject) {
  CtlReply status{"STATUS#7"};
  ASSERT_TRUE(status.take("ACK: STATUS#7#SUPPLYING#SUPPLYING#OK#42#session-0000002a"));
  const auto json = nlohmann::json::parse(status.text(true));
  EXPECT_EQ(json["charge_point"], "7");
  EXPECT_EQ(json["driver"], "42") << "names stay texts";
  EXPECT_EQ(json["session"], "session-0000002a");
  EXPECT_TRUE(json["engine_heard_s"].is_null()) << "not told";
  CtlReply aged{"STATUS#7#AGE"};
  ASSERT_TRUE(aged.take("ACK: STATUS#7#SUPPLYING#SUPPLYING#OK#42#session-0000002a#12.5#-"));
  EXPECT_EQ(nlohmann::json::parse(aged.text(true))["engine_heard_s"], 12.5);
  EXPECT_NE(aged.text(false).find("engine_heard_s"), std::string::npos);
  CtlReply stats{"STATS#CP-1"};
  ASSERT_TRUE(stats.take("ACK: STATS#CP-1#-#-#-#open#3"));
  const auto counts = nlohmann::json::parse(stats.text(true));
  EXPECT_TRUE(counts["fault_count"].is_null());
  EXPECT_EQ(counts["failures"], 3);
}

TEST(CtlReply, OtherCommandsSayThatTheyAreDone) {
  CtlReply reply{"STOP#*"};
  ASSERT_TRUE(reply.take("ACK: STOP#12"));
  EXPECT_EQ(reply.text(false), "ok  STOP 12\n");
  EXPECT_EQ(nlohmann::json::parse(reply.text(true)),
            (nlohmann::json{{"command", "STOP"}, {"result", "12"}}));
}

TEST(CtlReply, WhatNobodyHasLookedAtIsSaidToBeSo) {
  CtlReply reply{"STOP#CP-1"};
  ASSERT_TRUE(reply.take("ACK: STOP#1#unconfirmed"));
  EXPECT_EQ(reply.text(false),
            "ok  STOP 1  (done, but nobody has looked whether all have heard)\n");
  EXPECT_EQ(nlohmann::json::parse(reply.text(true)),
            (nlohmann::json{{"command", "STOP"}, {"result", "1"}, {"confirmed", false}}));
}

TEST(CtlReply, WhatIsNotOnDiskIsSaidToBeSo) {
  CtlReply reply{"STOP#CP-1"};
  ASSERT_TRUE(reply.take("ACK: STOP#1#unrecorded"));
  EXPECT_EQ(reply.text(false), "ok  STOP 1  (done, but not on disk: the journal was given up)\n");
  EXPECT_EQ(nlohmann::json::parse(reply.text(true)),
            (nlohmann::json{{"command", "STOP"}, {"result", "1"}, {"recorded", false}}));
}

TEST(CtlReply, HelpIsWhatCanBeTypedOfWhatTheDoorKnows) {
  CtlReply reply{"HELP"};
  ASSERT_TRUE(reply.take("ACK: HELP#PING LIST[#FROM] AUTH#TOKEN"));
  const auto help = reply.text(false);
  EXPECT_EQ(std::count(help.begin(), help.end(), '\n'), 2) << help;
  EXPECT_EQ(help.rfind("  ping ", 0), 0U) << help;
  EXPECT_NE(help.find("\n  list [STATE|all] [FROM] "), std::string::npos) << help;
  EXPECT_EQ(ctl_help(control::help_text()), ctl_help()) << "ours knows all";
  EXPECT_EQ(nlohmann::json::parse(reply.text(true))["result"], "PING LIST[#FROM] AUTH#TOKEN");
}

TEST(CtlReply, ARefusalIsAnErrorWithItsReason) {
  CtlReply reply{"STOP#x"};
  EXPECT_EQ(reply.take("NACK: busy, please repeat").error(), "busy, please repeat");
  EXPECT_EQ(reply.take("what?").error(), "a reply that is none: what?");
}

TEST(CtlReply, WhoHasNoTokenHearsHowCtlShowsOne) {
  CtlReply reply{"LIST"};
  const auto refused = reply.take("NACK: a token is needed, AUTH#TOKEN comes first").error();
  EXPECT_EQ(refused, "a token is needed");
  EXPECT_NE(refusal_hint("LIST", refused).find("--token-file FILE"), std::string::npos);
  EXPECT_NE(refusal_hint("STOP#*", "this token reads and changes nothing").find("--token-file"),
            std::string::npos);
  EXPECT_NE(refusal_hint("LIST#SUPLYING", "Charging point not found: 'SUPLYING'").find("SUPPLYING"),
            std::string::npos);
  EXPECT_EQ(refusal_hint("STATUS#X", "Charging point not found: 'X'"), "");
}

TEST(CtlReply, AResumeThatLeavesAPointBrokenSaysSo) {  // D-077, D-080
  CtlReply reply{"RESUME#CP-1"};
  ASSERT_TRUE(reply.take("ACK: RESUME#1"));
  EXPECT_EQ(reply.look_after(), "STATUS#CP-1");
  reply.take_look("ACK: STATUS#CP-1#ACTIVATED#STOPPED#OK#-#-");
  EXPECT_EQ(reply.text(false), "ok  RESUME 1\n");
  reply.take_look("NACK: busy, please repeat");
  EXPECT_EQ(reply.text(false), "ok  RESUME 1\n");
  reply.take_look("ACK: STATUS#CP-1#BROKEN#DISCONNECTED#OK#-#-");
  EXPECT_EQ(reply.text(false),
            "ok  RESUME 1\n"
            "    CP-1 stays BROKEN: a resume only lifts a stop; an engine that was shut down is "
            "started by: power-on CP-1\n");
  EXPECT_EQ(nlohmann::json::parse(reply.text(true))["state"], "BROKEN");
  EXPECT_EQ(CtlReply{"RESUME#*"}.look_after(), "");
  EXPECT_EQ(CtlReply{"STOP#CP-1"}.look_after(), "");
}

TEST(CtlReply, ARefusalIsALineOfTextOrAnObjectOfJson) {
  EXPECT_EQ(refusal_text(2, "busy, please repeat", "", false), "chargemill: busy, please repeat\n");
  EXPECT_EQ(refusal_text(4, "nobody is there", "is a run going on?", false),
            "chargemill: nobody is there\n  is a run going on?\n");
  const std::string refused = refusal_text(2, "no \"such\"\n'\xff'", "", true);
  EXPECT_EQ(std::count(refused.begin(), refused.end(), '\n'), 1) << "one line, whatever is in it";
  const auto json = nlohmann::json::parse(refused);
  EXPECT_EQ(json.at("error"), "no \"such\"\n'\xef\xbf\xbd'");
  EXPECT_EQ(json.at("exit_code"), 2);
  EXPECT_FALSE(json.contains("hint"));
  EXPECT_EQ(nlohmann::json::parse(refusal_text(4, "a", "b", true)),
            (nlohmann::json{{"error", "a"}, {"exit_code", 4}, {"hint", "b"}}));
}

TEST(CtlReply, AHintIsOfWhatWentWrong) {
  EXPECT_NE(connection_hint("cannot connect to 127.0.0.1:1: Connection refused").find("going on?"),
            std::string::npos);
  for (const char* other : {"the connection was closed", "no TLS with 127.0.0.1:1: unexpected eof"})
    EXPECT_NE(connection_hint(other).find("--tls"), std::string::npos) << other;
  for (const char* file : {"key.pem: no certificates in it", "nope.pem: cannot read it"})
    EXPECT_EQ(connection_hint(file), "") << file;
}

TEST(CtlWords, SayInWhichFormARefusalIsWantedEvenIfTheyCannotBeParsed) {
  EXPECT_TRUE(asks_for_json({"chargemill", "ctl", "--json", "--nosuch"}));
  EXPECT_TRUE(asks_for_json({"chargemill", "ctl", "--timeout", "soon", "--json=true"}));
  EXPECT_FALSE(asks_for_json({"chargemill", "ctl", "--nosuch"}));
  EXPECT_FALSE(asks_for_json({"chargemill", "ctl", "--nosuch", "--", "--json"}));
}

TEST(CtlReply, WhatIsNotFoundIsNamed) {
  const auto refused = [](const char* command, const std::string& text) {
    return CtlReply{command}.take("NACK: " + text).error();
  };
  const std::string point = "Charging point not found";
  EXPECT_EQ(refused("STATUS#CP-9#AGE", point), point + ": 'CP-9'");
  EXPECT_EQ(refused("INJECT#CP-9#engine_ko#7", point), point + ": 'CP-9'");
  EXPECT_EQ(refused("LIST#CP-9", point), point + ": 'CP-9'");
  EXPECT_EQ(refused("AVAILABLE#Z01#CP-9", point), point + ": 'CP-9'");
  EXPECT_EQ(refused("AVAILABLE#Z99", "Zone not found"), "Zone not found: 'Z99'");
  EXPECT_EQ(refused("ADD_CP#CP-9#Z99#50", "Zone not found"), "Zone not found: 'Z99'");
  EXPECT_EQ(refused("START#CP-1#eve", "Driver not found"), "Driver not found: 'eve'");
  EXPECT_EQ(refused("START#CP-9#eve", point), point + ": 'CP-9'");
  EXPECT_EQ(refused("ADD_DRIVER#eve#CP-8", point), point + ": 'CP-8'");
  EXPECT_EQ(refused("ADD_DRIVER#eve#CP-8#CP-9", point), point + ": 'CP-8' or 'CP-9'");
}

}  // namespace
}  // namespace chargemill::app
