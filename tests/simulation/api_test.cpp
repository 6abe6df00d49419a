// /api/v1 in front of a network that stands still, and of one in virtual time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/archive/history.hpp"
#include "tests/simulation/api_office.hpp"
#include "tests/simulation/virtual_network.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

network::Scenario zoned() {
  network::Scenario s;
  s.network.charge_points = 40;
  s.network.zones = 4;
  s.central.shards = 3;
  s.run.duration = 24h;
  return s;
}

/// Fills the desk, as other doors may: what it has taken is under way until the actors work.
class Crowd final : public central::Inspection {
 public:
  std::uint32_t look(const central::ShardState&, SimTime, std::uint32_t) override {
    return kEnough;
  }
  void finish(SimTime) override {}
};

TEST(Api, ACentralThatIsThereForOthersIsReadyBeforeTheyCome) {
  auto scenario = StillNetwork::scenario(0, {});
  scenario.network.external = 2;
  ApiOffice office{scenario};
  EXPECT_EQ(office.ask("GET", "/readyz").body, "ok\n");
  office.post("/cp/register", {{"cp_id", "CP-X"}, {"cp_e_host", "localhost"}, {"cp_e_port", 8001}});
  EXPECT_THAT(office.ask("GET", "/readyz?verbose").body,
              HasSubstr("[+]network ok\n[+]central ok\n"));
  scenario.network.external = scenario.network.spare = 0;
  ApiOffice nobody{scenario};
  EXPECT_EQ(nobody.ask("GET", "/readyz").status, 503U);
}
TEST(Api, ServiceRoutesAnswer) {
  ApiOffice office{2};
  EXPECT_EQ(office.ask("GET", "/livez").body, "ok\n");
  EXPECT_EQ(office.ask("GET", "/readyz").body, "ok\n");
  EXPECT_THAT(office.ask("GET", "/readyz?verbose").body, HasSubstr("[+]central ok\n"));
  office.world().is_draining = [] { return true; };
  EXPECT_EQ(office.ask("GET", "/readyz").status, 503U);
  EXPECT_EQ(office.ask("GET", "/readyz?exclude=journal").status, 503U);
  const auto without = office.ask("GET", "/readyz?verbose&exclude=journal,load");
  EXPECT_EQ(without.status, 200U);
  EXPECT_THAT(without.body, HasSubstr("[+]load excluded\n"));
  office.world().is_draining = {};
  office.world().agreement_trouble = [] { return "etcd at 127.0.0.1:2379: Connection refused"; };
  EXPECT_EQ(office.ask("GET", "/readyz").status, 503U);
  EXPECT_THAT(office.ask("GET", "/readyz").body,
              HasSubstr("[-]etcd etcd at 127.0.0.1:2379: Connection refused\n"));
  office.world().agreement_trouble = [] { return ""; };
  EXPECT_THAT(office.ask("GET", "/readyz?verbose").body, HasSubstr("[+]etcd ok\n"));
  office.world().agreement_trouble = {};
  office.world().nodes_trouble = [] { return "1 of 3 nodes is there, 2 are needed"; };
  EXPECT_EQ(office.ask("GET", "/readyz").status, 503U);
  EXPECT_THAT(office.ask("GET", "/readyz").body, HasSubstr("[-]nodes 1 of 3 nodes is there"));
  EXPECT_EQ(office.ask("GET", "/readyz?exclude=nodes").status, 200U);
  office.world().nodes_trouble = [] { return ""; };
  EXPECT_THAT(office.ask("GET", "/readyz?verbose").body, HasSubstr("[+]nodes ok\n"));
  office.world().nodes_trouble = {};
  EXPECT_EQ(office.ask("GET", "/metrics").status, 503U);  // D-191
  office.world().metrics = [] { return std::string{"# HELP it counts\n"}; };
  EXPECT_EQ(office.ask("GET", "/metrics").body, "# HELP it counts\n");
  EXPECT_TRUE(office.get("/api/v1/schemas").contains("DriverRequest"));  // D-032
  EXPECT_EQ(office.get("/api/v1/openapi.json")["openapi"], "3.1.0");
  EXPECT_THAT(office.ask("GET", "/").body, HasSubstr("<title>EV Central"));  // D-192, D-197
}

TEST(Api, AShardThatHangsIsNotWaitedFor) {  // issue, section 4; law 6
  ApiOffice office{2};
  std::vector<std::pair<Nanos, app::api::Task>> timers;
  office.world().after = [&](Nanos wait, app::api::Task task) {
    timers.emplace_back(wait, std::move(task));
  };
  std::vector<runtime::HttpResponse> answers;
  app::api::answer(office.world(), {"GET", "/readyz", {}, {}},
                   [&](runtime::HttpResponse answer) { answers.push_back(std::move(answer)); });
  office.run_tasks();
  ASSERT_EQ(timers.size(), 1U);
  EXPECT_TRUE(answers.empty()) << "the actors stand still";
  EXPECT_LE(timers[0].first, 2s);
  timers[0].second();
  office.run_tasks();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].status, 503U);
  EXPECT_THAT(answers[0].body, HasSubstr("[-]central does not answer\n"));
  office.pass(1s);
  office.run_tasks();
  EXPECT_EQ(answers.size(), 1U) << "what comes later says nothing any more";
  EXPECT_EQ(office.ask("GET", "/readyz").status, 200U);
  timers.back().second();
  office.run_tasks();
  while (office.world().desk.inspect(std::make_shared<Crowd>())) continue;
  EXPECT_EQ(office.ask("GET", "/readyz").status, 503U) << "nobody can ask it";
}

TEST(Api, AJournalInTroubleIsSeenInTheReadiness) {
  ApiOffice office{2};
  runtime::journal::JournalStatus status;
  office.world().journal_status = [&] { return status; };
  EXPECT_THAT(office.ask("GET", "/readyz?verbose").body, HasSubstr("[+]journal ok\n"));
  for (const auto state :
       {runtime::journal::JournalState::stalled, runtime::journal::JournalState::abandoned}) {
    status.state = state;
    status.last_failure = "No space left on device";
    const auto answer = office.ask("GET", "/readyz");
    EXPECT_EQ(answer.status, 503U);
    EXPECT_THAT(answer.body, HasSubstr("[-]journal No space left on device\n"));
    EXPECT_EQ(office.ask("GET", "/readyz?exclude=journal").status, 200U);
  }
}

TEST(Api, WhatAnOperatorIsToldIsOnDisk) {  // D-078, D-177
  ApiOffice office{2};
  auto kept = app::Kept::on_disk;
  int asked = 0;
  office.world().when_on_disk = [&](const std::function<void(app::Kept)>& then) {
    ++asked;
    then(kept);
  };
  for (const char* path : {"/api/v1/charge-points/CP-001/stop", "/api/v1/charge-points/resume"}) {
    kept = app::Kept::on_disk;
    EXPECT_EQ(office.ask("POST", path).status, 200U) << path;
    kept = app::Kept::not_yet;
    const auto late = office.ask("POST", path);
    EXPECT_EQ(late.status, 503U) << path;
    EXPECT_THAT(late.body, HasSubstr("not on disk yet"));
    kept = app::Kept::never;
    const auto done = office.ask("POST", path);
    EXPECT_EQ(done.status, 202U) << path;
    EXPECT_EQ(json::parse(done.body)["success"], true) << path;
    EXPECT_EQ(json::parse(done.body)["recorded"], false) << path;
  }
  EXPECT_EQ(asked, 6);
}

TEST(Api, WhatIsDoneIsNotRefusedForWantOfALook) {  // D-144, D-177
  auto scenario = StillNetwork::scenario(2, {});
  scenario.network.spare = 4;
  ApiOffice office{scenario};
  office.world().when_on_disk = [](const std::function<void(app::Kept)>& then) {
    then(app::Kept::on_disk);
  };
  const auto asked = [&](const std::string& path, const std::string& body = {}) {
    while (office.world().desk.inspect(std::make_shared<Crowd>())) continue;
    return office.ask("POST", "/api/v1/charge-points" + path, body);
  };
  const auto stopped = asked("/CP-002/stop");
  EXPECT_EQ(stopped.status, 202U);
  EXPECT_EQ(json::parse(stopped.body)["action"], "stop");
  EXPECT_EQ(json::parse(stopped.body)["confirmed"], false);
  const auto added = asked("", R"({"cp_id": "CP-NEW"})");
  EXPECT_EQ(added.status, 202U);
  EXPECT_EQ(json::parse(added.body), (json{{"cp_id", "CP-NEW"}, {"confirmed", false}}));
  ASSERT_EQ(added.headers.size(), 1U);
  EXPECT_EQ(added.headers[0].value, "/api/v1/charge-points/CP-NEW");
  office.pass(1s);
  EXPECT_EQ(office.point("CP-002")["state"], "STOPPED");
  EXPECT_EQ(office.point("CP-NEW")["cp_id"], "CP-NEW");
  EXPECT_EQ(office.ask("POST", "/api/v1/charge-points/CP-002/resume").status, 200U);
}

TEST(Api, TheFrontPageEscapesWhatComesFromOutside) {  // D-201, X-26
  auto scenario = StillNetwork::scenario(1, {});
  scenario.run.name = "<script>alert(\"1\")</script>&";
  ApiOffice office{scenario};
  const auto page = office.ask("GET", "/");
  EXPECT_THAT(page.body, HasSubstr("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;"));
  EXPECT_EQ(page.body.find("<script"), std::string::npos);
}

TEST(Api, TheSummaryHasTheKeysOfTheFile) {
  ApiOffice office{2, {{"CP-001"}}};
  office.pass(5s);
  const json summary = office.get("/api/v1/summary");
  for (const char* key : {"run", "charge_points", "actors", "requests", "sessions", "energy",
                          "money", "faults", "breaker", "tickets", "messages", "latency_ms",
                          "journal", "conservation", "resources", "thresholds"})
    EXPECT_TRUE(summary.contains(key)) << key;
  EXPECT_EQ(summary["run"]["stop_reason"], "running");
  EXPECT_EQ(summary["charge_points"]["total"], 2);
  EXPECT_EQ(summary["requests"]["sent"], 1);
  EXPECT_EQ(summary["conservation"]["ok"], nullptr) << "that is known at the end";
}

TEST(Api, ChargePointsAreFilteredAndPaged) {
  ApiOffice office{zoned()};
  const auto ids = [&](const std::string& query) {
    std::vector<std::string> names;
    const json page = office.get("/api/v1/charge-points" + query);
    for (const auto& point : page["charge_points"]) names.push_back(point["cp_id"]);
    return names;
  };
  EXPECT_EQ(ids("").size(), 40U);
  EXPECT_EQ(ids("?zone=Z02").size(), 10U);
  EXPECT_EQ(ids("?zone=Z02&state=stopped").size(), 0U);
  EXPECT_EQ(ids("?state=ACTIVATED&limit=1000").size(), 40U);
  EXPECT_EQ(ids("?prefix=CP-00001").size(), 10U);
  EXPECT_EQ(ids("?prefix=XX").size(), 0U);
  EXPECT_EQ(ids("?limit=0").size(), 0U);
  std::vector<std::string> all;
  std::string after;
  for (int pages = 0; pages < 10; ++pages) {
    const json page = office.get("/api/v1/charge-points?limit=7" + after);
    for (const auto& point : page["charge_points"]) all.push_back(point["cp_id"]);
    if (page["next"].is_null()) break;
    after = "&after=" + page["next"].get<std::string>();
  }
  EXPECT_EQ(all, ids("?limit=100")) << "each once, in the order of ids";
  const auto powerful = ids("?min_kw=100");
  EXPECT_LT(powerful.size(), 40U);
  for (const auto& id : powerful) EXPECT_EQ(office.point(id)["power_kw"], 150.0);
}

TEST(Api, WrongArgumentsAreProblemsThatNameThem) {
  ApiOffice office{zoned()};
  const std::pair<const char*, const char*> wrong[] = {
      {"charge-points?limit=-1", "limit"},
      {"charge-points?limit=1e99", "limit"},
      {"charge-points?state=HAPPY", "state"},
      {"charge-points?zone=Z99", "zone"},
      {"charge-points?after=CP-777", "after"},
      {"charge-points?colour=red", "colour"},
      {"charge-points?min_kw=-3", "min_kw"},
      {"faults?kind=WEIRD", "kind"},
      {"faults?since=yesterday", "since"},
      {"stats?days=-1", "days"},
      {"stats?days=1e9", "days"},
      {"sessions?limit=99999999999999999999", "limit"},
      {"requests?driver=nobody", "driver"},
      {"health", "cp"},
      {"tickets?status=LOST", "status"},
      {"faults?since=1h&until=2h", "since"}};
  for (const auto& [target, field] : wrong) {
    const auto response = office.ask("GET", std::string{"/api/v1/"} + target);
    EXPECT_EQ(response.status, 400U) << target << response.body;
    EXPECT_EQ(response.content_type, "application/problem+json");
    const json body = json::parse(response.body);
    EXPECT_EQ(body["status"], 400);
    EXPECT_EQ(body["title"], "Bad Request");
    EXPECT_EQ(body.value("field", ""), field) << target;
    EXPECT_THAT(body["detail"].get<std::string>(), testing::StartsWith(field));
  }
  EXPECT_EQ(office.ask("GET", "/api/v1/charge-points/%zz").status, 400U);
  EXPECT_EQ(office.ask("GET", "/api/v1/charge-points/X").status, 404U);
  EXPECT_EQ(office.ask("DELETE", "/api/v1/charge-points").status, 405U);
  EXPECT_EQ(office.ask("GET", "/api/v1/").status, 404U);
}

TEST(Api, OperatorsStopResumeAndReset) {  // D-076, D-077, D-157
  ApiOffice office{3};
  const json body = office.post("/api/v1/charge-points/CP-002/stop", nullptr);
  EXPECT_EQ(body, (json{{"success", true}, {"cp_id", "CP-002"}, {"action", "stop"}}));
  EXPECT_EQ(office.point("CP-002")["operator_stopped"], true);
  office.pass(1s);
  EXPECT_EQ(office.point("CP-002")["state"], "STOPPED");
  EXPECT_EQ(office.point("CP-002")["display"], "Out of Order");
  (void)office.post("/api/v1/charge-points/CP-002/resume", json::object());
  office.pass(1s);
  EXPECT_EQ(office.point("CP-002")["state"], "ACTIVATED");
  EXPECT_EQ(office.post("/api/v1/charge-points/stop", nullptr)["count"], 3);
  office.pass(1s);
  EXPECT_EQ(office.get("/api/v1/charge-points?state=STOPPED")["charge_points"].size(), 3U);
  (void)office.post("/api/v1/charge-points/resume", nullptr);
  (void)office.post("/api/v1/charge-points/CP-001/reset-breaker", nullptr);
  (void)office.post("/api/v1/charge-points/CP-404/stop", nullptr, 404);
}

TEST(Api, WhoIsShutDownIsSwitchedOnAgain) {  // D-080, D-089
  ApiOffice office{2};
  (void)office.post("/api/v1/charge-points/CP-002/shutdown", nullptr);
  office.pass(60s);
  EXPECT_EQ(office.point("CP-002")["state"], "BROKEN");
  EXPECT_EQ(office.post("/api/v1/charge-points/CP-002/power-on", nullptr)["action"], "power-on");
  office.pass(3s);
  EXPECT_EQ(office.point("CP-002")["state"], "ACTIVATED");
}

TEST(Api, AFaultIsInjectedAndEnds) {
  ApiOffice office{2};
  (void)office.post("/api/v1/charge-points/CP-001/inject-fault",
                    {{"kind", "engine_ko"}, {"duration", "20s"}});
  office.pass(6s);
  EXPECT_EQ(office.point("CP-001")["state"], "BROKEN");
  office.pass(20s);
  EXPECT_EQ(office.point("CP-001")["state"], "ACTIVATED");
  const std::string path = "/api/v1/charge-points/CP-001/inject-fault";
  EXPECT_EQ(office.post(path, {{"kind", "sabotage"}}, 422)["field"], "kind");
  EXPECT_EQ(office.post(path, json::object(), 422)["field"], "kind");
  EXPECT_EQ(office.post(path, {{"kind", "engine_ko"}, {"duration", "-1s"}}, 422)["field"],
            "duration");
  EXPECT_EQ(office.ask("POST", path, "{").status, 422U);
}

TEST(Api, APersonPlugsStartsAndUnplugs) {  // D-106
  ApiOffice office{StillNetwork::scenario(2, {{}})};
  const std::string at = "/api/v1/charge-points/CP-001/";
  (void)office.post(at + "plug", nullptr);
  (void)office.post(at + "start", {{"driver_id", "driver-0"}, {"energy_kwh", 1.5}});
  office.pass(2s);
  const json point = office.point("CP-001");
  EXPECT_EQ(point["state"], "SUPPLYING");
  EXPECT_EQ(point["current_driver"], "driver-0");
  EXPECT_EQ(office.post(at + "start", nullptr, 409)["detail"],
            "Charging point not available (state: SUPPLYING)");
  EXPECT_EQ(office.get("/api/v1/drivers/driver-0/sessions/current")["session"]["cp_id"], "CP-001");
  const json requests = office.get("/api/v1/requests");
  ASSERT_EQ(requests["requests"].size(), 1U);
  EXPECT_EQ(requests["requests"][0]["session_id"], point["current_session"]);
  EXPECT_EQ(office.get("/api/v1/requests?driver=driver-0")["requests"].size(), 1U);
  EXPECT_EQ(office.get("/api/v1/drivers/driver-0/available")["charge_points"].size(), 1U);
  (void)office.post(at + "unplug", nullptr);
  office.pass(2s);
  EXPECT_EQ(office.point("CP-001")["state"], "ACTIVATED");
  EXPECT_EQ(office.get("/api/v1/drivers/driver-0/sessions/current")["session"], nullptr);
  EXPECT_EQ(office.post(at + "start", {{"driver_id", "nobody"}}, 422)["field"], "driver_id");
  EXPECT_EQ(office.post(at + "start", {{"energy_kwh", -1}}, 422)["field"], "energy_kwh");
  EXPECT_EQ(office.ask("GET", "/api/v1/drivers/nobody/tickets").status, 404U);
}

TEST(Api, WhoRemembersNothingSaysSo) {
  ApiOffice office{1};
  for (const char* path :
       {"faults", "sessions", "tickets", "stats", "health?cp=CP-001", "events"}) {
    const auto response = office.ask("GET", std::string{"/api/v1/"} + path);
    EXPECT_EQ(response.status, 503U) << path;
    EXPECT_THAT(response.body, HasSubstr("remembers nothing")) << path;
  }
}

TEST(Api, VirtualTimeIsReadAndNeverChanged) {
  network::Scenario scenario = zoned();
  VirtualNetwork net{scenario, 2};
  network::Desk desk{net.network(), net.engine()};
  app::Directory names{net.network().topology()};
  std::deque<app::api::Task> tasks;
  app::api::World world{desk, scenario, names, [&](app::api::Task task) {
                          tasks.push_back(std::move(task));
                          return true;
                        }};
  std::optional<runtime::HttpResponse> answer;
  const auto ask = [&](const char* method, const char* target) {
    answer.reset();
    app::api::answer(world, {method, target, {}, "{}"},
                     [&](runtime::HttpResponse response) { answer = std::move(response); });
  };
  for (const char* target : {"/api/v1/charge-points/CP-000001/stop", "/cp/command", "/cp/register",
                             "/api/v1/charge-points/resume"}) {
    ask("POST", target);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 409U) << target;
    EXPECT_THAT(answer->body, HasSubstr("virtual time"));
  }
  ask("GET", "/api/v1/charge-points?limit=5");
  EXPECT_FALSE(answer);
  net.run_until(SimTime{10s});
  desk.serve();
  ASSERT_EQ(tasks.size(), 1U);
  tasks.front()();
  ASSERT_TRUE(answer);
  EXPECT_EQ(json::parse(answer->body)["charge_points"].size(), 5U);
}

}  // namespace
}  // namespace chargemill::test
