// Whatever a client of the HTTP door sends, over a real connection to the real server: a sequence
// of requests, each answered once, with a status that exists, or refused as what is no HTTP; the
// same however the network cuts it. A door with tokens lets in whom it should, and nobody else.
// Behind the API stands a real network that stands still.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/shell/memory.hpp"
#include "app/api/access.hpp"
#include "app/api/api.hpp"
#include "app/api/problem.hpp"
#include "app/api/route.hpp"
#include "app/api/target.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/net/http_guard.hpp"
#include "tests/runtime/net/http_story.hpp"
#include "tests/support/still_engine.hpp"

namespace {

using namespace chargemill;
using runtime::HttpRequest;
using runtime::HttpResponse;

network::Scenario scenario() {
  network::Scenario s;
  for (const char* id : {"CP-001", "CP-002"}) {
    network::PointSpec spec;
    spec.id = id;
    s.network.points.push_back(spec);
  }
  s.network.external = 2;
  s.network.spare = s.drivers.spare = 16;
  network::DriverSpec driver;
  driver.id = "alice";
  driver.requests = {"CP-001"};
  s.drivers.named.push_back(driver);
  s.central.shards = 2;
  s.run.duration = std::chrono::hours{1};
  return s;
}

/// One for all inputs: whatever they do to it, it answers the next.
class Office {
 public:
  Office()
      : scenario_(scenario()),
        network_(scenario_, still_.engine),
        desk_(network_, still_.engine),
        names_(network_.topology(), &network_.annex()),
        world_(desk_, scenario_, names_, [this](app::api::Task task) {
          tasks_.push_back(std::move(task));
          return true;
        }) {
    network_.remember(memory_);
    world_.read_past = [this](const app::api::WithPast& use) {
      use(&memory_.look());
      return true;
    };
    world_.after = [](Nanos, const app::api::Task&) {};
    network_.start();
    still_.pass(std::chrono::seconds{3});
  }

  void ask(HttpRequest request) {
    CHARGEMILL_ASSERT(!app::api::verdict(nullptr, request).refusal);
    int answers = 0;
    const std::string method = request.method;
    app::api::answer(world_, std::move(request), [&](const HttpResponse& response) {
      ++answers;
      CHARGEMILL_ASSERT(app::api::phrase(response.status) != "Error");
      CHARGEMILL_ASSERT(response.status != 500);
      for (const auto& header : response.headers)
        CHARGEMILL_ASSERT(header.value.find_first_of("\r\n") == std::string::npos);
    });
    for (int round = 0; round < 100 && answers == 0; ++round) {
      still_.settle();
      while (!tasks_.empty()) {
        const auto task = std::move(tasks_.front());
        tasks_.pop_front();
        task();
      }
    }
    still_.pass(std::chrono::milliseconds{10});
    CHARGEMILL_ASSERT(answers == 1);
  }

 private:
  const network::Scenario scenario_;
  Memory memory_;
  test::StillEngine still_{1};
  network::Network network_;
  network::Desk desk_;
  app::Directory names_;
  std::deque<app::api::Task> tasks_;
  app::api::World world_;
};

const runtime::AccessTokens& tokens() {
  static const auto& known =
      *std::make_unique<runtime::AccessTokens>(
           *runtime::AccessTokens::parse("operator-01234567\nreader-0123456789 read\n"))
           .release();
  return known;
}

/// What a door with tokens says: a stranger gets what is open, a reader changes nothing.
void knock(const HttpRequest& request) {
  using runtime::Access;
  const Access access = app::api::access_of(&tokens(), request);
  const auto verdict = app::api::verdict(&tokens(), request);
  CHARGEMILL_ASSERT(verdict.is_stranger == (access == Access::none));
  if (verdict.refusal) {
    CHARGEMILL_ASSERT(access != Access::operate);
    CHARGEMILL_ASSERT(verdict.refusal->status == (verdict.is_stranger ? 401U : 403U));
    return;
  }
  if (access == Access::operate) return;
  const auto target = app::api::parse_target(request.target);
  const auto* const route = target ? app::api::match(request.method, target->path).route : nullptr;
  CHARGEMILL_ASSERT(route == nullptr || !route->is_change);
  CHARGEMILL_ASSERT(!verdict.is_stranger || (route != nullptr && route->is_open));
}

/// The same requests reach a handler, and the same answers the client, however the bytes are cut.
std::vector<HttpRequest> told(runtime::test::HttpStory& story, std::string_view bytes,
                              std::size_t step) {
  auto whole = story.tell(bytes, bytes.size() + 1);
  const auto cut = story.tell(bytes, step);
  const auto expect_sound = [](const runtime::test::HttpStory::Told& one) {
    if (!one.flaw.empty()) std::fprintf(stderr, "%s\n", one.flaw.c_str());
    CHARGEMILL_ASSERT(one.flaw.empty());
  };
  expect_sound(whole);
  expect_sound(cut);
  CHARGEMILL_ASSERT(whole.verdicts == cut.verdicts);
  CHARGEMILL_ASSERT(whole.heard.size() == cut.heard.size());
  for (std::size_t i = 0; i < whole.heard.size(); ++i) {
    CHARGEMILL_ASSERT(whole.heard[i].method == cut.heard[i].method);
    CHARGEMILL_ASSERT(whole.heard[i].target == cut.heard[i].target);
    CHARGEMILL_ASSERT(whole.heard[i].body == cut.heard[i].body);
  }
  return std::move(whole.heard);
}

/// What a door with tokens lets through is what they allow.
void tell_guarded(std::string_view bytes) {
  static auto& story = *std::make_unique<runtime::test::HttpStory>([](const HttpRequest& head) {
                          return app::api::verdict(&tokens(), head);
                        }).release();
  for (const HttpRequest& request : story.tell(bytes, bytes.size() + 1).heard)
    CHARGEMILL_ASSERT(!app::api::verdict(&tokens(), request).refusal);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT: libFuzzer's name
                                      std::size_t size) {
  // Never destroyed: at the end of a process what CAF keeps for its actors goes before it would.
  static Office& office = *std::make_unique<Office>().release();
  static auto& story = *std::make_unique<runtime::test::HttpStory>().release();
  constexpr std::size_t kBytesMax = 8'000;
  if (size == 0 || size > kBytesMax) return 0;
  const std::size_t step = 1 + std::size_t{data[0]};
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  for (HttpRequest& request : told(story, bytes, step)) {
    CHARGEMILL_ASSERT(runtime::split_absolute(request.target) == std::nullopt);
    knock(request);
    office.ask(std::move(request));
  }
  tell_guarded(bytes);
  return 0;
}
