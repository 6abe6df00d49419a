// Who has a token of the file comes in, and nobody else.
#include "runtime/net/access_tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/folder.hpp"

namespace chargemill::runtime {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kOperator = "0123456789abcdef-operator";
const std::string kReader = "0123456789abcdef-reader";
const std::string kFile = "# who may do what\n\n" + kOperator + "\n  " + kReader + "\tread \r\n";

AccessTokens tokens() { return *AccessTokens::parse(kFile); }
std::string error_of(const std::string& text) {
  const auto parsed = AccessTokens::parse(text);
  return parsed ? "none" : parsed.error().text;
}

TEST(AccessTokens, LetInWhoKnowsOneAndNobodyElse) {  // D-147
  const auto known = tokens();
  EXPECT_EQ(known.access_of(kOperator), Access::operate);
  EXPECT_EQ(known.access_of(kReader), Access::read);
  for (const std::string& wrong :
       {std::string{}, kOperator + "x", kOperator.substr(1), kOperator.substr(0, 24), kReader + " ",
        std::string{"# who may do what"}, std::string(100'000, 'a')})
    EXPECT_EQ(known.access_of(wrong), Access::none) << wrong.substr(0, 50);
}

TEST(AccessTokens, AreReadFromAHeaderAsProgramsAndBrowsersSendIt) {  // RFC 6750, RFC 7617
  const auto known = tokens();
  EXPECT_EQ(known.access_of_header("Bearer " + kOperator), Access::operate);
  EXPECT_EQ(known.access_of_header("bearer  " + kReader), Access::read);
  // base64 of `anybody:0123456789abcdef-reader`, `me:0123456789abcdef-operator`
  EXPECT_EQ(known.access_of_header("Basic YW55Ym9keTowMTIzNDU2Nzg5YWJjZGVmLXJlYWRlcg=="),
            Access::read);
  EXPECT_EQ(known.access_of_header("Basic bWU6MDEyMzQ1Njc4OWFiY2RlZi1vcGVyYXRvcg=="),
            Access::operate);
  for (const std::string& wrong :
       {std::string{}, kOperator, std::string{"Bearer"}, "Bearer " + kOperator + " x",
        "Digest " + kOperator, "Basic " + kOperator, std::string{"Basic ===="},
        std::string{"Basic !!!!"}, std::string{"Basic bWU"}, "Basic " + std::string(5'000, 'A'),
        std::string{"Basic OjAxMjM0NTY3ODlhYmNkZWYtb3BlcmF0b3="}})
    EXPECT_EQ(known.access_of_header(wrong), Access::none) << wrong.substr(0, 50);
}

TEST(AccessTokens, AFileThatIsNoneIsRefusedByItsLineAndNeverQuoted) {
  EXPECT_THAT(error_of(""), HasSubstr("no token"));
  EXPECT_THAT(error_of("# only this\n"), HasSubstr("no token"));
  EXPECT_THAT(error_of("\nshort\n"), HasSubstr("line 2: a token has 16 characters at least"));
  EXPECT_THAT(error_of(std::string(257, 'a')), HasSubstr("256 characters at most"));
  EXPECT_THAT(error_of("0123456789abcdef#"), HasSubstr("letters, digits"));
  for (const char* more : {"write", "read read", "Read"}) {
    const auto text = error_of(kOperator + " " + more);
    EXPECT_THAT(text, HasSubstr("read or operate"));
    EXPECT_THAT(text, Not(HasSubstr(kOperator)));
  }
  EXPECT_EQ(error_of(kOperator + " operate"), "none");
}

TEST(AccessTokens, AFileThatCannotBeReadIsNamed) {
  const test::Folder folder;
  const auto file = folder.path() + "/tokens";
  EXPECT_THAT(AccessTokens::read(file).error().text, HasSubstr(file));
  EXPECT_THAT(AccessTokens::read(folder.path()).error().text, HasSubstr("is a directory"));
  std::ofstream{file} << kFile;
  EXPECT_EQ(AccessTokens::read(file)->access_of(kReader), Access::read);
  EXPECT_EQ(AccessTokens::first_of(file).value_or(""), kOperator);
  std::ofstream{file} << std::string((1U << 20U) + 1, 'a');
  EXPECT_THAT(AccessTokens::read(file).error().text, HasSubstr("too large"));
}

}  // namespace
}  // namespace chargemill::runtime
