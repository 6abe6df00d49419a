#include "app/scenario/diagnostics.hpp"

#include <gtest/gtest.h>

#include "app/scenario/json_schema.hpp"

namespace chargemill::app {
namespace {

TEST(Diagnostics, DistanceCountsSlips) {
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("seed", "seed"), 0U);
  EXPECT_EQ(edit_distance("sede", "seed"), 1U) << "a swap is one slip";
  EXPECT_EQ(edit_distance("charge_point", "charge_points"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Diagnostics, SuggestsTheNearestAndNothingFar) {
  EXPECT_EQ(nearest("zoness", {"zones", "sites"}), "zones");
  EXPECT_EQ(nearest("temperature", {"zones", "sites"}), "");
  EXPECT_EQ(nearest("x", {"at", "cp"}), "");
  EXPECT_EQ(nearest("foo", {"auto", "tty", "plain", "off"}), "") << "two of three letters";
  EXPECT_EQ(nearest("--foo", {"--out"}), "");
}
TEST(Diagnostics, SuggestsWhatBeginsLikeIt) {
  EXPECT_EQ(nearest("--dur", {"--drivers", "--duration"}), "--duration");
  EXPECT_EQ(nearest("charge", {"charge_points_max", "charge_points"}), "charge_points");
  EXPECT_EQ(nearest("ch", {"charge_points"}), "") << "so little is no beginning";
}

TEST(Diagnostics, SuggestsWhatEndsLikeItIfNothingBeginsSo) {
  EXPECT_EQ(nearest("crash", {"engine_silent", "engine_crash"}), "engine_crash");
  EXPECT_EQ(nearest("loss", {"monitor_loss", "loss_of_power"}), "loss_of_power");
  EXPECT_EQ(nearest("ko", {"engine_ko"}), "") << "so little is no ending";
}

TEST(Diagnostics, PointsAtTheColumn) {
  const Diagnostic d{Code::key, "unknown key 'a'", {"f.toml", 12, 3, "\t a = 1", 1}, "why"};
  EXPECT_EQ(render(d),
            "error[E0312]: unknown key 'a'\n  --> f.toml:12:3\n   12 | \t a = 1\n"
            "      | \t ^ why\n");
}

TEST(Diagnostics, WithoutALineStandsTheHintAlone) {
  Diagnostic d{Code::range, "too many", {}, "fewer", Severity::warning};
  d.place.source = "--seed";
  EXPECT_EQ(render(d), "warning[W0314]: too many\n  --> --seed\n      = help: fewer\n");
}

TEST(Diagnostics, AreCountedAsWhatTheyAre) {
  const Diagnostic mistake{Code::key, "a", {}, {}};
  const Diagnostic warning{Code::range, "b", {}, {}, Severity::warning};
  EXPECT_EQ(count_text({mistake}), "1 mistake");
  EXPECT_EQ(count_text({mistake, mistake}), "2 mistakes");
  EXPECT_EQ(count_text({warning, mistake, mistake}), "2 mistakes and 1 warning");
}

TEST(Diagnostics, OfTheCommandLineAreThoseThatStandNowhereElse) {
  Diagnostic flag{Code::range, "too many", {}, {}};
  flag.place.source = "--seed";
  Diagnostic set = flag;
  set.place.source = "--set run.seed";
  Diagnostic variable = flag;
  variable.place.source = "env CHARGEMILL_RUN_SEED";
  Diagnostic hint = variable;
  hint.severity = Severity::warning;
  EXPECT_TRUE(are_of_the_command_line({flag, flag}));
  EXPECT_TRUE(are_of_the_command_line({hint, flag})) << "a warning is no mistake";
  EXPECT_FALSE(are_of_the_command_line({flag, variable}));
  EXPECT_FALSE(are_of_the_command_line({set})) << "it is said of the scenario";
  EXPECT_FALSE(are_of_the_command_line({hint}));
}

TEST(JsonSchema, HasEverySectionAndRefusesOthers) {
  const auto schema = scenario_schema();
  EXPECT_EQ(schema.at("/properties/run/properties/seed/type"_json_pointer), "integer");
  EXPECT_EQ(
      schema.at(
          "/properties/central/properties/breaker/properties/failures/x-environment"_json_pointer),
      "CHARGEMILL_CENTRAL_BREAKER_FAILURES");
  EXPECT_EQ(schema.at("/properties/network/additionalProperties"_json_pointer), false);
  EXPECT_EQ(schema.at("/properties/fault/items/required"_json_pointer),
            nlohmann::json::array({"kind"}));
}

}  // namespace
}  // namespace chargemill::app
