// A door shows a certificate that is valid today and belongs to its key, or is not opened.
#include "runtime/net/tls_context.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/certificates.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::runtime {
namespace {

using test::Certificate;
using testing::HasSubstr;

std::string error_of(const std::string& cert, const std::string& key) {
  const auto opened = open_tls(cert, key);
  return opened ? "none" : opened.error().text;
}

TEST(TlsContext, IsMadeOfACertificateAndItsKey) {
  const test::Folder folder;
  const Certificate door{folder.path()};
  EXPECT_EQ(error_of(door.cert(), door.key()), "none");
}

TEST(TlsContext, SaysWhichFileIsWrongAndWhy) {  // issue, section 6
  const test::Folder folder;
  const Certificate door{folder.path()};
  const Certificate other{folder.path(), "other"};
  const std::string text = folder.path() + "/text";
  std::ofstream{text} << "nothing of the kind\n";
  const std::string nowhere = folder.path() + "/nowhere";
  EXPECT_THAT(error_of(nowhere, door.key()), HasSubstr(nowhere + ": cannot read it: No such file"));
  EXPECT_THAT(error_of(door.cert(), nowhere),
              HasSubstr(nowhere + ": cannot read it: No such file"));
  EXPECT_THAT(error_of(folder.path(), door.key()), HasSubstr("is a directory"));
  EXPECT_THAT(error_of(text, door.key()), HasSubstr(text + ": it is no certificate in PEM"));
  EXPECT_THAT(error_of(door.cert(), text), HasSubstr(text + ": it is no key in PEM"));
  EXPECT_THAT(error_of(door.key(), door.key()), HasSubstr("it is no certificate in PEM"));
  EXPECT_THAT(error_of(door.cert(), other.key()),
              HasSubstr(other.key() + ": the key belongs to another certificate"));
  EXPECT_THAT(error_of(door.cert(), door.locked_key()), HasSubstr("the key has a passphrase"));
}

TEST(TlsContext, OfAClientSaysWhichFileIsWrongToo) {
  const test::Folder folder;
  const Certificate node{folder.path()};
  const Certificate other{folder.path(), "other"};
  const std::string nowhere = folder.path() + "/nowhere";
  const auto error_with = [](const std::string& ca, const std::string& cert,
                             const std::string& key) {
    const auto opened = open_client_tls({true, ca, cert, key});
    return opened ? "none" : opened.error().text;
  };
  EXPECT_EQ(error_with(node.cert(), "", ""), "none");
  EXPECT_EQ(error_with("", node.cert(), node.key()), "none");
  EXPECT_THAT(error_with(nowhere, "", ""), HasSubstr(nowhere + ": cannot read it: No such file"));
  EXPECT_THAT(error_with(node.key(), "", ""), HasSubstr(node.key() + ": no certificates in it"));
  EXPECT_THAT(error_with(node.cert(), nowhere, node.key()),
              HasSubstr(nowhere + ": cannot read it"));
  EXPECT_THAT(error_with(node.cert(), node.key(), node.key()),
              HasSubstr("it is no certificate in PEM"));
  EXPECT_THAT(error_with(node.cert(), node.cert(), other.key()),
              HasSubstr("the key belongs to another certificate"));
  EXPECT_THAT(error_with(node.cert(), node.cert(), node.locked_key()),
              HasSubstr("the key has a passphrase"));
}

TEST(TlsContext, IsOfACertificateThatIsValidToday) {
  const test::Folder folder;
  const Certificate old{folder.path(), "old", {"DNS:localhost", -7'200, -3'600}};
  EXPECT_THAT(error_of(old.cert(), old.key()), HasSubstr("the certificate has expired on "));
  const Certificate young{folder.path(), "young", {"DNS:localhost", 3'600, 7'200}};
  EXPECT_THAT(error_of(young.cert(), young.key()), HasSubstr("is not valid before "));
}

}  // namespace
}  // namespace chargemill::runtime
