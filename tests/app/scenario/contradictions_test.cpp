// Settings that are right one by one and cannot be right together.
#include <gtest/gtest.h>

#include "app/scenario/load.hpp"

namespace chargemill::app {
namespace {

std::string errors_of(const std::string& text, const LoadInput& input = {}) {
  const auto loaded = load_scenario_text(text, "test.toml", ".", input);
  return loaded ? "none" : render(loaded.error());
}
bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Contradictions, DriversWaitLongerThanTelemetryTakes) {  // D-064, D-123
  const auto said = errors_of("[network]\ntelemetry_interval = \"60s\"\n");
  EXPECT_TRUE(has(said, "test.toml:2")) << said;
  EXPECT_TRUE(has(said, "drivers would give up on sessions that run")) << said;
  EXPECT_EQ(errors_of("[network]\ntelemetry_interval = \"60s\"\n[drivers]\ntimeout = \"2m\"\n"),
            "none");
}
TEST(Contradictions, AMonitorsPingIsBackBeforeItGivesUpInVirtualTime) {  // D-116
  const std::string slow = "[network]\ncontrol_latency = \"510ms\"\n";
  const auto said = errors_of("[run]\nspeed = \"max\"\n" + slow);
  EXPECT_TRUE(has(said, "all would be found broken")) << said;
  EXPECT_TRUE(has(said, "at most 500ms")) << said;
  EXPECT_EQ(errors_of(slow), "none") << "with a wall clock messages go at once";
  EXPECT_EQ(errors_of("[run]\nspeed = \"max\"\n[network]\ncontrol_latency = \"500ms\"\n"), "none");
}
TEST(Contradictions, ARunBeginsWhenAJournalCanCountItsTime) {  // D-163
  const auto from = [](const char* day) {
    return errors_of(std::string{"[run]\nstart = \""} + day + "T00:00:00Z\"\n");
  };
  for (const char* day : {"1970-01-01", "2026-01-05", "2149-01-01"}) EXPECT_EQ(from(day), "none");
  for (const char* day : {"1969-12-31", "2149-01-02", "9999-12-31"})
    EXPECT_TRUE(has(from(day), "'run.start' is not between 1970 and 2149")) << from(day);
}
TEST(Contradictions, TimeOutsLeaveTimeForAnAnswerInVirtualTime) {
  const auto with = [](const char* more) {
    return errors_of(
        std::string{"[run]\nspeed = \"max\"\n[network]\ncontrol_latency = \"400ms\"\n"} + more);
  };
  EXPECT_TRUE(has(with("[central]\nstart_timeout = \"500ms\"\n"),
                  "'central.start_timeout' (500ms) is less than twice 'network.control_latency'"));
  EXPECT_EQ(with("[central]\nstart_timeout = \"800ms\"\n"), "none") << "just in time is in time";
  EXPECT_TRUE(has(with("[network.x]\n"), "unknown")) << "the text itself is looked at";
}
TEST(Contradictions, AnAnswerFromSomewhereInAZoneTakesOneMessageMoreInVirtualTime) {  // D-219
  const auto with = [](const char* choose, const char* timeout) {
    return errors_of(std::string{"[run]\nspeed = \"max\"\n[network]\ncontrol_latency = \"400ms\"\n"
                                 "telemetry_interval = \"100ms\"\n[drivers]\nchoose = \""} +
                     choose + "\"\ntimeout = \"" + timeout + "\"\n");
  };
  const auto said = with("any_in_zone", "1199ms");
  EXPECT_TRUE(has(said,
                  "'drivers.timeout' (1199ms) is less than three times "
                  "'network.control_latency' (400ms): no answer would be in time"))
      << said;
  EXPECT_TRUE(has(said, "test.toml:8")) << said;
  EXPECT_EQ(with("any_in_zone", "1200ms"), "none") << "to central, to a shard, and back";
  EXPECT_EQ(with("named", "800ms"), "none");
  EXPECT_TRUE(has(with("named", "799ms"), "less than twice"));
}
TEST(Contradictions, AnIdCanBeSaidAtTheDoors) {  // D-145
  for (const char* section : {"charge_point", "driver"}) {
    const auto of = [section](const std::string& id) {
      return errors_of(std::string{"[["} + section + "]]\nid = \"" + id + "\"\n");
    };
    for (const char* id : {"*", "-", ">CP-1", "CP#1", "CP\\t1", "CP\\u007F", "CP\\u009B1"}) {
      EXPECT_TRUE(has(of(id), "test.toml:2")) << id;
      EXPECT_TRUE(has(of(id), "nobody could say at the framed door")) << of(id);
    }
    for (const char* id : {"Main Street 3", "CP-1*", "C-", "a>b", "\xc3\xa9=/"})
      EXPECT_FALSE(has(of(id), "nobody could say")) << of(id);
  }
}
TEST(Contradictions, ADriverHasNoGeneratedDriversName) {
  const auto with = [](const char* id, const char* count) {
    return errors_of(std::string{"[drivers]\ncount = "} + count + "\n[[driver]]\nid = \"" + id +
                     "\"\n[[driver]]\nid = \"ana\"\n");
  };
  const auto said = with("DRV-000003", "1");  // two are named, so the generated one is the third
  EXPECT_TRUE(has(said, "'DRV-000003' is a generated driver's name too")) << said;
  EXPECT_TRUE(has(said, "test.toml:4")) << said;
  EXPECT_EQ(with("DRV-000002", "1"), "none") << "named ones come first, none is generated there";
  EXPECT_EQ(with("DRV-000004", "1"), "none");
  EXPECT_TRUE(has(with("DRV-000004", "2"), "generated driver's name"));
  EXPECT_EQ(with("DRV-3", "1"), "none");
}
TEST(Contradictions, AKeyIsGivenOneValueByFlags) {
  LoadInput input;
  input.overrides = {{"run.seed", "9", "--seed"}, {"run.seed", "3", "--set run.seed"}};
  const auto said = errors_of("", input);
  EXPECT_TRUE(has(said, "'run.seed' is given twice: '9' by --seed, '3' here")) << said;
  input.overrides[1].value = "9";
  EXPECT_EQ(errors_of("", input), "none");
}
TEST(Contradictions, WhoWantsConsolesIsNotQuiet) {
  const auto said = errors_of("[output]\nconsole = \"on\"\nquiet = true\n");
  EXPECT_TRUE(has(said, "'output.console' is on, and 'output.quiet'")) << said;
  EXPECT_TRUE(has(said, "test.toml:2")) << said;
  EXPECT_EQ(errors_of("[output]\nconsole = \"on\"\nprogress = \"off\"\n"), "none");
  EXPECT_EQ(errors_of("[output]\nquiet = true\n"), "none");
}
TEST(Contradictions, DigestsNeedARunDirectory) {
  LoadInput input;
  input.overrides = {{"run.digest_every", "10s", "--digest-every"},
                     {"run.speed", "max", "--speed"}};
  EXPECT_EQ(errors_of("", input), "none");
  input.overrides.push_back({"output.dir", "off", "--no-out"});
  const auto said = errors_of("", input);
  EXPECT_TRUE(has(said, "'run.digest_every' is set, and no run directory to write to")) << said;
  EXPECT_TRUE(has(said, "--> --digest-every\n")) << said;
}
TEST(Contradictions, RunsThatAreRepeatedDoNotGoOnWithEachOthersNetwork) {
  LoadInput input;
  input.overrides = {{"run.repeat", "3", "--repeat"}, {"journal.dir", "kept", "--data"}};
  const auto said = errors_of("", input);
  EXPECT_TRUE(has(said, "each run would go on where the one before it ended")) << said;
  EXPECT_TRUE(has(said, "--> --repeat\n")) << said;
  EXPECT_TRUE(has(said, "without --data each run keeps its journal")) << said;
  input.overrides[1].value = "off";
  EXPECT_EQ(errors_of("", input), "none") << "no journal at all";
  input.overrides = {{"journal.dir", "kept", "--data"}};
  EXPECT_EQ(errors_of("", input), "none") << "one run may go on with an older one";
}

}  // namespace
}  // namespace chargemill::app
