// Certificates of a test's own, made when they are needed.
#pragma once

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

namespace chargemill::test {

class Certificate;

/// What a certificate says of itself.
struct Certified {
  std::string names = "DNS:localhost,IP:127.0.0.1";
  long from_s = -3'600;  ///< since now
  long until_s = 3'600;
  bool may_vouch = false;           ///< for others
  const Certificate* by = nullptr;  ///< who vouches for it; null: itself
};

/// A key and a certificate that vouches for itself, or that another one vouches for, as two PEM
/// files in `folder`.
class Certificate {
 public:
  explicit Certificate(const std::string& folder, const std::string& name = "door",
                       const Certified& what = {})
      : cert_(folder + "/" + name + ".pem"), key_(folder + "/" + name + ".key") {
    const Holder<EVP_PKEY, EVP_PKEY_free> key{EVP_EC_gen("P-256")};
    const Holder<X509, X509_free> made{X509_new()};
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), what.from_s);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), what.until_s);
    X509_set_pubkey(made.get(), key.get());
    X509_NAME* const subject = X509_get_subject_name(made.get());
    const std::string subject_text = "chargemill test " + name;
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(subject_text.c_str()), -1, -1,
                               0);
    extend(made.get(), NID_subject_alt_name, what.names);
    if (what.may_vouch) extend(made.get(), NID_basic_constraints, "critical,CA:TRUE");
    if (what.by == nullptr) {
      X509_set_issuer_name(made.get(), subject);
      EXPECT_GT(X509_sign(made.get(), key.get(), EVP_sha256()), 0);
    } else {
      const auto issuer = read<X509, X509_free>(what.by->cert_, PEM_read_X509);
      const auto signing = read<EVP_PKEY, EVP_PKEY_free>(what.by->key_, PEM_read_PrivateKey);
      X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.get()));
      EXPECT_GT(X509_sign(made.get(), signing.get(), EVP_sha256()), 0);
    }
    write(cert_, [&](std::FILE* file) { return PEM_write_X509(file, made.get()); });
    write(key_, [&](std::FILE* file) {
      return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    write(key_ + ".locked", [&](std::FILE* file) {
      char secret[] = "secret";
      return PEM_write_PKCS8PrivateKey(file, key.get(), EVP_aes_128_cbc(), secret, 6, nullptr,
                                       nullptr);
    });
  }

  [[nodiscard]] const std::string& cert() const noexcept { return cert_; }
  [[nodiscard]] const std::string& key() const noexcept { return key_; }
  /// The same key behind a passphrase.
  [[nodiscard]] std::string locked_key() const { return key_ + ".locked"; }

 private:
  template <class T, void (*Release)(T*)>
  struct Let {
    void operator()(T* one) const noexcept { Release(one); }
  };
  template <class T, void (*Release)(T*)>
  using Holder = std::unique_ptr<T, Let<T, Release>>;

  static void extend(X509* one, int what, const std::string& text) {
    const Holder<X509_EXTENSION, X509_EXTENSION_free> made{
        X509V3_EXT_conf_nid(nullptr, nullptr, what, text.c_str())};
    X509_add_ext(one, made.get(), -1);
  }
  template <class T, void (*Release)(T*), class Read>
  static Holder<T, Release> read(const std::string& path, Read how) {
    std::FILE* const file = std::fopen(path.c_str(), "r");
    EXPECT_NE(file, nullptr) << path;
    Holder<T, Release> one{how(file, nullptr, nullptr, nullptr)};
    std::fclose(file);
    return one;
  }
  template <class Write>
  static void write(const std::string& path, Write&& how) {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr) << path;
    EXPECT_EQ(how(file), 1) << path;
    std::fclose(file);
  }

  std::string cert_;
  std::string key_;
};

}  // namespace chargemill::test
