// A conversation does not depend on how the network cuts it, and ends, whatever a client sends.
#include "tests/runtime/net/http_story.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/stress.hpp"

namespace chargemill::runtime {
namespace {

using test::HttpStory;

/// Pieces of requests, right and wrong, in an order that hardly ever makes sense.
class Babbler {
 public:
  explicit Babbler(std::uint32_t seed) : random_(seed) {}

  std::string say() {
    std::string text;
    const auto requests = 1 + below(4);
    for (std::uint32_t i = 0; i < requests; ++i) text += request();
    const auto errors = below(3);  // most conversations are sound but for a byte or two
    for (std::uint32_t i = 0; i < errors && !text.empty(); ++i)
      text[below(static_cast<std::uint32_t>(text.size()))] = static_cast<char>(below(256));
    if (below(8) == 0) text.resize(below(static_cast<std::uint32_t>(text.size()) + 1));
    return text;
  }

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  template <std::size_t N>
  std::string one_of(const char* const (&words)[N]) {
    return words[below(N)];
  }

  std::string request() {
    static const char* const methods[] = {"GET", "GET", "POST", "HEAD", "DELETE", "OPTIONS", "X!"};
    static const char* const targets[] = {
        "/", "/", "/", "/cp/1", "/a?b=%20", "http://localhost/x", "http://evil.example/", "*", "x"};
    static const char* const versions[] = {"HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0"};
    static const char* const headers[] = {"Host: localhost\r\n",
                                          "Host: [::1]:80\r\n",
                                          "Host: evil.example\r\n",
                                          "Connection: close\r\n",
                                          "Connection: keep-alive\r\n",
                                          "Expect: 100-continue\r\n",
                                          "Expect: more\r\n",
                                          "Origin: http://localhost\r\n",
                                          "Origin: null\r\n",
                                          "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
                                          "Transfer-Encoding: gzip\r\n",
                                          "Content-Length: 3000\r\n",
                                          "Content-Length: 1\r\nContent-Length: 2\r\n",
                                          "Upgrade: websocket\r\n",
                                          " folded: line\r\n",
                                          "X: \x01\r\n"};
    std::string text = one_of(methods) + ' ';
    text += one_of(targets);
    if (below(20) == 0) text.append(below(400), 'a');
    text += ' ' + one_of(versions) + "\r\n";
    if (below(8) != 0) text += "Host: localhost\r\n";
    for (auto n = below(3); n > 0; --n) text += one_of(headers);
    if (below(20) == 0) text += "Y: " + std::string(below(1'500), 'b') + "\r\n";
    switch (below(4)) {
      case 0: {
        const auto size = below(40);
        return text + "Content-Length: " + std::to_string(size) + "\r\n\r\n" +
               std::string(size, 'c');
      }
      case 1:
        return text + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
      default:
        return text + "\r\n";
    }
  }

  std::mt19937 random_;
};

void expect_the_same(const HttpStory::Told& whole, const HttpStory::Told& cut) {
  EXPECT_EQ(whole.flaw, "");
  EXPECT_EQ(cut.flaw, "");
  EXPECT_EQ(whole.verdicts, cut.verdicts);
  ASSERT_EQ(whole.heard.size(), cut.heard.size());
  for (std::size_t i = 0; i < whole.heard.size(); ++i) {
    EXPECT_EQ(whole.heard[i].method, cut.heard[i].method);
    EXPECT_EQ(whole.heard[i].target, cut.heard[i].target);
    EXPECT_EQ(whole.heard[i].body, cut.heard[i].body);
    EXPECT_EQ(whole.heard[i].headers.size(), cut.heard[i].headers.size());
  }
}

TEST(HttpStory, IsTheSameHoweverItIsCutAndEnds) {  // issue, section 6; law 6
  HttpStory story;
  std::size_t heard = 0;
  std::size_t refused = 0;
  const auto seeds = static_cast<std::uint32_t>(chargemill::test::stress_count(400));
  for (std::uint32_t seed = 1; seed <= seeds && !testing::Test::HasFailure(); ++seed) {
    Babbler babbler{seed};
    const std::string bytes = babbler.say();
    SCOPED_TRACE("seed " + std::to_string(seed) + ":\n" + bytes);
    const auto whole = story.tell(bytes, bytes.size() + 1);
    expect_the_same(whole, story.tell(bytes, 1 + seed % 90));
    heard += whole.heard.size();
    refused += whole.said.find("HTTP/1.1 4") != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(heard, seeds / 20) << "some of it is HTTP";
  EXPECT_GT(refused, seeds / 10) << "and some not quite";
}

TEST(HttpStory, HeadersBeyondTheirLimitAreRefusedHoweverTheyAreCut) {  // law 6
  HttpStory story;
  const std::string open = "GET /x HTTP/1.1\r\nHost: localhost\r\n";
  const std::string chunks =
      "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n";
  const auto filled = [&open](std::size_t bytes) {
    std::string text = open + "X: ";
    text.append(bytes - text.size() - 4, 'x');
    return text.append("\r\n\r\n");
  };
  const std::size_t most = HttpStory::limits().header_bytes;
  std::vector<std::string> beyond{filled(most + 1), filled(most + 100)};
  beyond.push_back(chunks + "Y: " + std::string(most, 'y') + "\r\n\r\n");
  for (std::string& text : beyond) text.append(open).append("\r\n");  // nobody reads this
  for (std::size_t step : {1U, 7U, 500U, 600U, 1'023U, 1'024U, 4'000U}) {
    SCOPED_TRACE("step " + std::to_string(step));
    EXPECT_EQ(story.tell(filled(most), step).heard.size(), 1U);
    for (const std::string& text : beyond) {
      const auto told = story.tell(text, step);
      EXPECT_EQ(told.flaw, "");
      EXPECT_TRUE(told.heard.empty());
      EXPECT_EQ(told.said.rfind("HTTP/1.1 431", 0), 0U) << told.said;
    }
  }
}

TEST(HttpStory, AStrangerIsTurnedAwayHoweverItIsCut) {  // D-147
  const auto gate = [](const HttpRequest& head) {
    HttpVerdict verdict;
    verdict.is_stranger = head.header("authorization") != "Bearer x";
    if (verdict.is_stranger && head.target != "/livez") {
      verdict.refusal.emplace();
      verdict.refusal->status = 401;
    }
    return verdict;
  };
  HttpStory story{gate};
  const std::string host = "Host: localhost\r\n";
  const std::string open = "GET /livez HTTP/1.1\r\n" + host + "\r\n";
  const std::string known = "GET /x HTTP/1.1\r\nAuthorization: Bearer x\r\n" + host + "\r\n";
  const std::string strange = "POST /x HTTP/1.1\r\nContent-Length: 3\r\n" + host + "\r\nabc";
  const std::string all = std::string{open}.append(known).append(strange).append(known);
  for (std::size_t step : {1U, 7U, 1'000U}) {
    SCOPED_TRACE("step " + std::to_string(step));
    const auto told = story.tell(all, step);
    EXPECT_EQ(told.flaw, "");
    EXPECT_EQ(told.heard.size(), 2U) << "what comes after the stranger's is not read";
    EXPECT_NE(told.said.find("HTTP/1.1 401"), std::string::npos);
  }
}

}  // namespace
}  // namespace chargemill::runtime
