// What nodes are there for, as it is written.
#include <gtest/gtest.h>

#include "app/scenario/load.hpp"

namespace chargemill::app {
namespace {

tl::expected<Loaded, std::vector<Diagnostic>> load(const std::string& text,
                                                   const LoadInput& input = {}) {
  return load_scenario_text(text, "test.toml", ".", input);
}
std::string errors_of(const std::string& text, const LoadInput& input = {}) {
  const auto loaded = load(text, input);
  return loaded ? "none" : render(loaded.error());
}
bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
/// Two nodes, as many lines each.
std::string list_of(const std::string& first, const std::string& second) {
  const auto node = [](const char* name, int port, const std::string& roles) {
    return std::string{"[[node]]\nname = \""} + name + "\"\ndata_port = " + std::to_string(port) +
           "\ncontrol_port = " + std::to_string(port + 1) + "\n" +
           (roles.empty() ? "" : "roles = " + roles + "\n");
  };
  return node("alpha", 7101, first) + node("beta", 7103, second);
}
const std::string kEtcd = "[cluster]\netcd = \"http://a:1\"\n";

TEST(RolesOfNodes, AreAllUnlessSomebodySaysSo) {
  EXPECT_TRUE(load(kEtcd)->cluster.roles.are_all());
  EXPECT_TRUE(load(list_of("", ""))->cluster.nodes[1].roles.are_all());
}
TEST(RolesOfNodes, AreAListOrATextWithCommas) {
  const Roles both{true, true, false};
  EXPECT_EQ(load(kEtcd + "roles = [\"shards\", \"central\"]\n")->cluster.roles, both);
  EXPECT_EQ(load(kEtcd + "roles = \"central, shards\"\n")->cluster.roles, both);
  const Override flag{"cluster.roles", "central,shards", "--roles"};
  EXPECT_EQ(load(kEtcd + "roles = \"drivers\"\n", {{}, {}, {flag}})->cluster.roles, both);
}
TEST(RolesOfNodes, WhatIsNoneIsShownWithWhatWasMeant) {
  const auto said = errors_of(kEtcd + "roles = [\"central\", \"driver\"]\n");
  EXPECT_TRUE(has(said, "test.toml:3")) << said;
  EXPECT_TRUE(has(said, "'cluster.roles' takes a list out of central, shards, drivers")) << said;
  EXPECT_TRUE(has(said, "did you mean 'drivers'?")) << said;
  EXPECT_TRUE(has(errors_of(kEtcd + "roles = []\n"), "at least one"));
  EXPECT_TRUE(has(errors_of(kEtcd + "roles = \"\"\n"), "takes a list out of"));
  EXPECT_TRUE(has(errors_of(kEtcd + "roles = \"shards,shards\"\n"), "'shards' is there twice"));
}
TEST(RolesOfNodes, WithoutEtcdStandInTheList) {
  const auto said = errors_of("[cluster]\nroles = \"shards\"\n" + list_of("", ""));
  EXPECT_TRUE(has(said, "'cluster.roles' needs 'cluster.etcd'")) << said;
  EXPECT_TRUE(has(said, "a listed node has them in its [[node]]")) << said;
}
TEST(RolesOfNodes, OfAListLeaveNothingToNobody) {
  EXPECT_EQ(errors_of(list_of("\"central\"", "\"shards,drivers\"")), "none");
  const auto headless = errors_of(list_of("[\"shards\"]", ""));
  EXPECT_TRUE(has(headless, "test.toml:5")) << headless;
  EXPECT_TRUE(has(headless, "'alpha' is the first, so it leads, and has not the role 'central'"))
      << headless;
  EXPECT_TRUE(has(errors_of(list_of("\"central\"", "\"central,drivers\"")),
                  "no node has the role 'shards'"));
  EXPECT_TRUE(has(errors_of(list_of("\"central,shards\"", "\"shards\"")),
                  "no node has the role 'drivers'"));
}

}  // namespace
}  // namespace chargemill::app
