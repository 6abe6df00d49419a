// The page's files: what a browser is given, how often, and how much of it there is.
#include "app/dashboard/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/support/folder.hpp"

namespace chargemill::app::dashboard {
namespace {

using runtime::HttpRequest;
using runtime::HttpResponse;
using testing::HasSubstr;
using testing::Not;

const std::filesystem::path kPage =
    std::filesystem::path{CHARGEMILL_SOURCE_DIR} / "app/dashboard/page";

std::string bytes_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

std::string header(const HttpResponse& response, const std::string& name) {
  for (const auto& h : response.headers) {
    if (h.name == name) return h.value;
  }
  return {};
}

HttpRequest get(const std::string& target, std::vector<runtime::HttpHeader> headers = {}) {
  return {"GET", target, std::move(headers), {}};
}

TEST(Page, EveryFileIsEmbeddedAsItStandsInItsFolder) {
  std::set<std::string> there;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kPage)) {
    if (entry.is_regular_file() && entry.path().filename() != "README.md")
      there.insert(entry.path().lexically_relative(kPage).string());
  }
  std::set<std::string> embedded;
  for (const auto& file : page_files()) {
    embedded.emplace(file.path);
    EXPECT_EQ(plain_bytes(file), bytes_of(kPage / file.path)) << file.path;
  }
  EXPECT_EQ(embedded, there);
}

TEST(Page, AllOfItIsAtMost120KilobytesGzipped) {
  std::size_t bytes = 0;
  for (const auto& file : page_files()) {
    if (file.path.find("LICENSE") == std::string_view::npos) bytes += file.gzipped.size();
  }
  EXPECT_LE(bytes, 120'000U);
  RecordProperty("bytes", static_cast<int>(bytes));
}

TEST(Page, WhatOthersWroteHasItsLicenceAndAChecksum) {
  std::istringstream lines{bytes_of(kPage / "vendor/VENDORED")};
  std::set<std::string> named;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words{line};
    std::string name, version, sum, origin;
    ASSERT_TRUE(words >> name >> version >> sum >> origin) << line;
    EXPECT_EQ(sum.size(), 64U) << line;
    named.insert(name);
  }
  std::set<std::string> code;
  std::size_t licences = 0;
  for (const auto& file : page_files()) {
    if (file.path.rfind("vendor/", 0) != 0) continue;
    const std::string name{file.path.substr(7)};
    if (name.rfind("LICENSE", 0) == 0) ++licences;
    if (name.find(".js") != std::string::npos || name.find(".css") != std::string::npos)
      code.insert(name);
  }
  EXPECT_EQ(named, code);
  EXPECT_EQ(licences, 3U) << "htm, preact, uPlot";
}

TEST(Page, NothingOfItIsAskedFromElsewhere) {
  for (const auto& file : page_files()) {
    if (file.path.rfind("vendor/", 0) == 0) continue;
    const std::string text = plain_bytes(file);
    for (const char* scheme : {"http://", "https://"}) {
      for (auto at = text.find(scheme); at != std::string::npos; at = text.find(scheme, at + 1))
        EXPECT_EQ(text.substr(at, 26), "http://www.w3.org/2000/svg") << file.path;
    }
  }
}

TEST(Page, IsGivenWithAStrictPolicyAndASecondTimeNotAtAll) {
  const auto first = page_answer(get("/", {{"accept-encoding", "gzip, br"}}), {});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->status, 200U);
  EXPECT_EQ(first->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(header(*first, "Content-Encoding"), "gzip");
  EXPECT_THAT(header(*first, "Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_THAT(header(*first, "Content-Security-Policy"), Not(HasSubstr("unsafe")));
  const std::string tag = header(*first, "ETag");
  EXPECT_GT(tag.size(), 18U);
  const auto second =
      page_answer(get("/", {{"accept-encoding", "gzip"}, {"if-none-match", tag}}), {});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->status, 304U);
  EXPECT_EQ(second->body, "");
}

TEST(Page, AClientThatTakesNoGzipGetsPlainBytesUnderATagOfTheirOwn) {
  const auto packed = page_answer(get("/page/main.js", {{"accept-encoding", "gzip"}}), {});
  const auto plain = page_answer(get("/page/main.js?v=1"), {});
  ASSERT_TRUE(packed && plain);
  EXPECT_EQ(plain->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(plain->body, bytes_of(kPage / "main.js"));
  EXPECT_NE(header(*plain, "ETag"), header(*packed, "ETag"));
}

TEST(Page, OtherPathsAndMethodsAreNotItsBusiness) {
  EXPECT_FALSE(page_answer(get("/cp"), {}));
  EXPECT_FALSE(page_answer(get("/page/nothing.js"), {}));
  EXPECT_FALSE(page_answer(get("/page/"), {}));
  EXPECT_FALSE(page_answer({"POST", "/", {}, {}}, {}));
  EXPECT_TRUE(page_answer({"HEAD", "/", {}, {}}, {}));
}

TEST(Page, FromADirectoryItIsWhatStandsThereAndNothingBesideIt) {
  const test::Folder folder;
  const std::filesystem::path above{folder.path()};
  const auto directory = above / "page";
  std::filesystem::create_directories(directory / "vendor");
  std::ofstream{directory / "index.html"} << "mine";
  std::ofstream{directory / "vendor/a.js"} << "a";
  std::ofstream{above / "secret.txt"} << "secret";
  EXPECT_EQ(page_answer(get("/"), directory)->body, "mine");
  EXPECT_EQ(page_answer(get("/page/vendor/a.js"), directory)->body, "a");
  for (const char* target : {"/page/../secret.txt", "/page//etc/passwd", "/page/%2e%2e/secret.txt",
                             "/page/vendor/../../secret.txt", "/page/vendor"})
    EXPECT_FALSE(page_answer(get(target), directory)) << target;
}

}  // namespace
}  // namespace chargemill::app::dashboard
