// The HTTP API in front of a network that stands still: real actors, no sockets, no threads.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/api/api.hpp"
#include "tests/simulation/still_network.hpp"

namespace chargemill::test {

class ApiOffice {
 public:
  explicit ApiOffice(network::Scenario scenario, Recording* recording = nullptr,
                     Memory* memory = nullptr)
      : scenario_(std::move(scenario)),
        still_(2),
        network_(scenario_, still_.engine, recording),
        desk_(network_, still_.engine),
        names_(network_.topology(), &network_.annex()),
        world_(desk_, scenario_, names_, [this](app::api::Task task) {
          tasks_.push_back(std::move(task));
          return true;
        }) {
    if (memory != nullptr) {
      network_.remember(*memory);
      world_.read_past = [memory](const app::api::WithPast& use) {
        use(&memory->look());
        return true;
      };
    }
    network_.start();
    still_.pass(std::chrono::seconds{3});
  }
  explicit ApiOffice(std::uint32_t points, const std::vector<StillNetwork::Lines>& drivers = {})
      : ApiOffice(StillNetwork::scenario(points, drivers)) {}

  /// The answer, once the actors have said what they had to.
  runtime::HttpResponse ask(const std::string& method, const std::string& target,
                            const std::string& body = {},
                            std::vector<runtime::HttpHeader> headers = {}) {
    std::optional<runtime::HttpResponse> answer;
    app::api::answer(world_, {method, target, std::move(headers), body},
                     [&answer](runtime::HttpResponse response) {
                       EXPECT_FALSE(answer) << "answered twice";
                       answer = std::move(response);
                     });
    for (int round = 0; round < 1'000 && !answer; ++round) {
      still_.settle();
      run_tasks();
    }
    still_.settle();
    EXPECT_TRUE(answer) << method << ' ' << target;
    return answer.value_or(runtime::HttpResponse{});
  }
  /// The body of a 200.
  nlohmann::json get(const std::string& target) {
    const auto response = ask("GET", target);
    EXPECT_EQ(response.status, 200U) << target << ": " << response.body;
    return nlohmann::json::parse(response.body, nullptr, false);
  }
  nlohmann::json post(const std::string& target, const nlohmann::json& body,
                      unsigned status = 200) {
    const auto response = ask("POST", target, body.is_null() ? "" : body.dump());
    EXPECT_EQ(response.status, status) << target << ": " << response.body;
    return nlohmann::json::parse(response.body, nullptr, false);
  }
  nlohmann::json point(const std::string& id) { return get("/api/v1/charge-points/" + id); }

  void pass(Nanos time) { still_.pass(time); }
  void run_tasks() {
    while (!tasks_.empty()) {
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }
  [[nodiscard]] app::api::World& world() { return world_; }
  [[nodiscard]] network::Network& network() { return network_; }

 private:
  const network::Scenario scenario_;
  StillEngine still_;
  network::Network network_;
  network::Desk desk_;
  app::Directory names_;
  std::deque<app::api::Task> tasks_;
  app::api::World world_;
};

}  // namespace chargemill::test
