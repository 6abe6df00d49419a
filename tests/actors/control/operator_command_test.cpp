#include "actors/control/operator_command.hpp"

#include <gtest/gtest.h>

namespace chargemill::control {
namespace {

/// The command told in a line, or the reason of the NACK.
std::string told(std::string_view text) {
  const auto command = parse_command(text);
  if (!command) return "NACK: " + command.error();
  std::string line{word(command->verb)};
  if (command->is_for_all) line += " all";
  for (const auto& [name, value] :
       {std::pair{" cp=", command->point}, std::pair{" driver=", command->driver},
        std::pair{" zone=", command->zone}, std::pair{" from=", command->from},
        std::pair{" rest=", command->rest}})
    if (!value.empty()) line.append(name).append(value);
  if (command->verb == Verb::inject) line.append(" kind=").append(word(command->injection));
  if (command->duration > Nanos{0}) line += " ns=" + std::to_string(command->duration.count());
  if (command->wants_age) line += " age";
  if (command->is_on) line += " on";
  return line;
}

TEST(OperatorCommand, EachVerbIsUnderstood) {  // D-145
  EXPECT_EQ(told("PING"), "PING");
  EXPECT_EQ(told("HELP"), "HELP");
  EXPECT_EQ(told("LIST"), "LIST");
  EXPECT_EQ(told("LIST#CP-1025"), "LIST from=CP-1025");
  EXPECT_EQ(told("STATUS#CP-001"), "STATUS cp=CP-001");
  EXPECT_EQ(told("STATUS#CP-001#AGE"), "STATUS cp=CP-001 age");
  EXPECT_EQ(told("NODES"), "NODES");
  EXPECT_EQ(told("STOP#CP-001"), "STOP cp=CP-001");
  EXPECT_EQ(told("STOP#*"), "STOP all");
  EXPECT_EQ(told("RESUME#CP-001"), "RESUME cp=CP-001");
  EXPECT_EQ(told("RESUME#*"), "RESUME all");
  EXPECT_EQ(told("STOP_SUPPLY#CP-001"), "STOP_SUPPLY cp=CP-001");
  EXPECT_EQ(told("STOP_SUPPLY#*"), "STOP_SUPPLY all");
  EXPECT_EQ(told("SHUTDOWN#CP-001"), "SHUTDOWN cp=CP-001");
  EXPECT_EQ(told("SHUTDOWN#*"), "SHUTDOWN all");
  EXPECT_EQ(told("POWER_ON#CP-001"), "POWER_ON cp=CP-001");
  EXPECT_EQ(told("SIMULATE_FAULT#CP-001#ON"), "SIMULATE_FAULT cp=CP-001 on");
  EXPECT_EQ(told("SIMULATE_FAULT#CP-001#OFF"), "SIMULATE_FAULT cp=CP-001");
  EXPECT_EQ(told("RESET_BREAKER#CP-001"), "RESET_BREAKER cp=CP-001");
  EXPECT_EQ(told("PLUG#CP-001"), "PLUG cp=CP-001");
  EXPECT_EQ(told("UNPLUG#CP-001"), "UNPLUG cp=CP-001");
  EXPECT_EQ(told("START#CP-001#driver-alice"), "START cp=CP-001 driver=driver-alice");
  EXPECT_EQ(told("INJECT#CP-001#engine_crash"), "INJECT cp=CP-001 kind=engine_crash");
  EXPECT_EQ(told("INJECT#CP-001#monitor_loss"), "INJECT cp=CP-001 kind=monitor_loss");
  EXPECT_EQ(told("STATS#CP-001"), "STATS cp=CP-001");
  EXPECT_EQ(told("AVAILABLE"), "AVAILABLE");
  EXPECT_EQ(told("AVAILABLE#Z01"), "AVAILABLE zone=Z01");
  EXPECT_EQ(told("AVAILABLE#*"), "AVAILABLE all");
  EXPECT_EQ(told("AVAILABLE#*#CP-1"), "AVAILABLE all from=CP-1");
  EXPECT_EQ(told("AVAILABLE#Z01#CP-1"), "AVAILABLE zone=Z01 from=CP-1");
}
TEST(OperatorCommand, WhoJoinsIsNamedAndDescribed) {  // D-003
  EXPECT_EQ(told("ADD_CP#CP-900"), "ADD_CP cp=CP-900");
  EXPECT_EQ(told("ADD_CP#-"), "ADD_CP cp=-");
  EXPECT_EQ(told("ADD_CP#CP-900#Z02"), "ADD_CP cp=CP-900 zone=Z02 rest=Z02");
  const auto all = parse_command("ADD_CP#CP-900#Z02#50#0.35");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->power_kw, 50.0);
  EXPECT_EQ(all->price_eur_kwh, 0.35);
  EXPECT_EQ(told("ADD_DRIVER#eve"), "ADD_DRIVER driver=eve");
  EXPECT_EQ(told("ADD_DRIVER#eve#CP-1#CP-2"), "ADD_DRIVER driver=eve rest=CP-1#CP-2");
  const std::string use = ", use ADD_CP#CP|-[#ZONE[#KW[#EUR]]]";
  EXPECT_EQ(told("ADD_CP"), "NACK: a name is missing" + use);
  EXPECT_EQ(told("ADD_CP#"), "NACK: a name is missing" + use);
  EXPECT_EQ(told("ADD_CP#*"), "NACK: only one at a time" + use);
  // Less than a watt would be none, and no charge point has none.
  for (const char* kw : {"", "0", "-1", "x", "10001", "1e9", "nan", "22 ", "0.0004", "1e-300"})
    EXPECT_EQ(told(std::string{"ADD_CP#c#Z01#"} + kw),
              "NACK: KW is a number from 0.001 to 10000" + use);
  EXPECT_EQ(parse_command("ADD_CP#c#Z01#0.001")->power_kw, 0.001);
  for (const char* eur : {"", "-1", "x", "1001", "inf"})
    EXPECT_EQ(told(std::string{"ADD_CP#c#Z01#22#"} + eur),
              "NACK: EUR is a number up to 1000" + use);
  EXPECT_EQ(told("ADD_CP#c#Z01#22#1#x"), "NACK: too many fields" + use);
  EXPECT_EQ(told("ADD_DRIVER#eve#"), "NACK: a name is missing, use ADD_DRIVER#DRIVER|-[#CP...]");
}
TEST(OperatorCommand, AFaultMayBeToldHowLongItLasts) {  // as a scenario's
  EXPECT_EQ(told("INJECT#CP-001#engine_ko#20"), "INJECT cp=CP-001 kind=engine_ko ns=20000000000");
  EXPECT_EQ(told("INJECT#CP-001#engine_crash#0.25"),
            "INJECT cp=CP-001 kind=engine_crash ns=250000000");
  for (const char* seconds : {"", "0", "-1", "x", "20s", "1e-12", "1e10", "nan", "inf"})
    EXPECT_EQ(told(std::string{"INJECT#CP-001#engine_ko#"} + seconds),
              "NACK: how long: above 0, at most 1e9 seconds, use INJECT#CP#KIND[#SECONDS]")
        << seconds;
  EXPECT_EQ(told("INJECT#CP-001#engine_ko#20#x"),
            "NACK: too many fields, use INJECT#CP#KIND[#SECONDS]");
}
TEST(OperatorCommand, WhatIsNoCommandIsNamed) {  // D-145
  EXPECT_EQ(told("DANCE"), "NACK: unknown command 'DANCE'");
  EXPECT_EQ(told(""), "NACK: unknown command ''");
  EXPECT_EQ(told("ping"), "NACK: unknown command 'ping'");
  EXPECT_EQ(told("PING "), "NACK: unknown command 'PING '");
  EXPECT_EQ(told("#"), "NACK: unknown command '#'");
  EXPECT_EQ(told("STATUSES#CP-001"), "NACK: unknown command 'STATUSES#CP-001'");
}
TEST(OperatorCommand, AnUnknownCommandIsQuotedWithinBounds) {
  EXPECT_EQ(told(std::string(10'000, 'x')),
            "NACK: unknown command '" + std::string(kNameBytesMax, 'x') + "...'");
  EXPECT_EQ(told("a\nb\x7f"), "NACK: unknown command 'a?b?'");
  // A character is not cut in two: each has three bytes, 21 fit.
  std::string euros;
  std::string fit;
  for (int i = 0; i < 30; ++i) {
    euros += "\u20ac";
    if (i < 21) fit += "\u20ac";
  }
  EXPECT_EQ(told(euros), "NACK: unknown command '" + fit + "...'");
}
TEST(OperatorCommand, FieldsAreCountedAndNamesChecked) {
  EXPECT_EQ(told("PING#x"), "NACK: too many fields, use PING");
  EXPECT_EQ(told("PING#"), "NACK: too many fields, use PING");
  EXPECT_EQ(told("STATUS"), "NACK: a name is missing, use STATUS#CP[#AGE]");
  EXPECT_EQ(told("STATUS#"), "NACK: a name is missing, use STATUS#CP[#AGE]");
  EXPECT_EQ(told("STATUS##"), "NACK: a name is missing, use STATUS#CP[#AGE]");
  EXPECT_EQ(told("STATUS#a#b"), "NACK: only AGE may follow, use STATUS#CP[#AGE]");
  EXPECT_EQ(told("STATUS#a#AGE#b"), "NACK: too many fields, use STATUS#CP[#AGE]");
  EXPECT_EQ(told("START#a"), "NACK: a name is missing, use START#CP#DRIVER");
  EXPECT_EQ(told("START##b"), "NACK: a name is missing, use START#CP#DRIVER");
  EXPECT_EQ(told("START#a#b#c"), "NACK: too many fields, use START#CP#DRIVER");
  for (const char* to : {"", "#", "#on", "#ONE"})
    EXPECT_EQ(told(std::string{"SIMULATE_FAULT#a"} + to),
              "NACK: ON or OFF is missing, use SIMULATE_FAULT#CP#ON|OFF");
  EXPECT_EQ(told("AVAILABLE#"), "NACK: a name is missing, use AVAILABLE[#ZONE|*[#FROM]]");
  EXPECT_EQ(told("AVAILABLE#a#b#c"), "NACK: too many fields, use AVAILABLE[#ZONE|*[#FROM]]");
  EXPECT_EQ(told("LIST#"), "NACK: a name is missing, use LIST[#FROM]");
  EXPECT_EQ(told("LIST#a#b"), "NACK: too many fields, use LIST[#FROM]");
  EXPECT_EQ(told("STATUS#a\nb"), "NACK: a name has control characters, use STATUS#CP[#AGE]");
  EXPECT_EQ(told("STATUS#" + std::string(kNameBytesMax, 'a')),
            "STATUS cp=" + std::string(kNameBytesMax, 'a'));
  EXPECT_EQ(told("STATUS#" + std::string(kNameBytesMax + 1, 'a')),
            "NACK: a name is too long, use STATUS#CP[#AGE]");
}
TEST(OperatorCommand, AllIsForTheOrdersOfAnOperatorOnly) {  // D-081
  for (const char* text : {"STATUS#*", "RESET_BREAKER#*", "PLUG#*", "START#*#d"})
    EXPECT_EQ(told(text).rfind("NACK: only one at a time, use ", 0), 0U) << text;
}
TEST(OperatorCommand, AnUnknownKindOfFaultListsThoseThereAre) {
  EXPECT_EQ(told("INJECT#CP-001#partition"),
            "NACK: unknown kind 'partition', known are engine_crash, engine_silent, engine_ko, "
            "start_refused, monitor_loss");
}
TEST(OperatorCommand, WhatOnlyLooksChangesNothing) {  // D-147
  for (const Verb verb : {Verb::ping, Verb::help, Verb::list, Verb::status, Verb::stats,
                          Verb::available, Verb::nodes})
    EXPECT_FALSE(is_change(verb)) << word(verb);
  for (const Verb verb : {Verb::stop, Verb::resume, Verb::stop_supply, Verb::shutdown,
                          Verb::reset_breaker, Verb::plug, Verb::unplug, Verb::start, Verb::inject,
                          Verb::add_point, Verb::add_driver, Verb::power_on, Verb::simulate_fault})
    EXPECT_TRUE(is_change(verb)) << word(verb);
}
TEST(OperatorCommand, HelpNamesThemAll) {
  EXPECT_EQ(
      help_text(),
      "PING HELP LIST[#FROM] STATUS#CP[#AGE] STOP#CP|* RESUME#CP|* STOP_SUPPLY#CP|* SHUTDOWN#CP|* "
      "RESET_BREAKER#CP PLUG#CP UNPLUG#CP START#CP#DRIVER INJECT#CP#KIND[#SECONDS] STATS#CP "
      "AVAILABLE[#ZONE|*[#FROM]] ADD_CP#CP|-[#ZONE[#KW[#EUR]]] ADD_DRIVER#DRIVER|-[#CP...] "
      "NODES POWER_ON#CP SIMULATE_FAULT#CP#ON|OFF");
}

}  // namespace
}  // namespace chargemill::control
