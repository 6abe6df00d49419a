#include "runtime/agreement/names.hpp"

#include <gtest/gtest.h>

#include <string>

namespace chargemill::runtime::agreement {
namespace {

TEST(EtcdEndpoint, IsAnAddressWithItsScheme) {
  EXPECT_EQ(*etcd_endpoint("http://127.0.0.1:2379"), (Endpoint{"127.0.0.1", 2379}));
  EXPECT_EQ(*etcd_endpoint("http://etcd-0.etcd:2379/"), (Endpoint{"etcd-0.etcd", 2379}));
  EXPECT_EQ(*etcd_endpoint("http://[::1]:2379"), (Endpoint{"::1", 2379}));
  EXPECT_EQ(*etcd_endpoint("https://etcd-0.etcd:2379"), (Endpoint{"etcd-0.etcd", 2379}));
  EXPECT_TRUE(is_encrypted("https://127.0.0.1:2379"));
  EXPECT_FALSE(is_encrypted("http://127.0.0.1:2379"));
  for (const char* url : {"", "127.0.0.1:2379", "http://", "http://127.0.0.1", "http://a:0",
                          "https://", "https://a", "https:/a:1", "http://a:2379/v3"})
    EXPECT_FALSE(etcd_endpoint(url).has_value()) << url;
}

TEST(NodeName, IsShortAndPlain) {
  for (const char* name : {"a", "alpha", "ev-3.ev.svc", "N_1"})
    EXPECT_TRUE(is_node_name(name)) << name;
  for (const char* name : {"", "a b", "a/b", "\xC3\xA4", "a\n"})
    EXPECT_FALSE(is_node_name(name)) << name;
  EXPECT_TRUE(is_node_name(std::string(63, 'a')));
  EXPECT_FALSE(is_node_name(std::string(64, 'a')));
}

}  // namespace
}  // namespace chargemill::runtime::agreement
