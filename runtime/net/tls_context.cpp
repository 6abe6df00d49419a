#include "runtime/net/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace chargemill::runtime {
namespace {

namespace fs = std::filesystem;
namespace ssl = boost::asio::ssl;

tl::unexpected<Error> wrong(const fs::path& file, const std::string& why) {
  return failure(ErrorKind::environment, file.string() + ": " + why);
}

/// What OpenSSL says last, in its words; its queue is empty then.
std::string last_words() {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  const char* const text = ERR_reason_error_string(code);
  return text == nullptr ? "error " + std::to_string(code) : text;
}

Result<void> check_readable(const fs::path& file) {
  std::error_code error;
  if (fs::is_directory(file, error)) return wrong(file, "it is a directory");
  errno = 0;
  const std::ifstream in{file};
  if (!in) return wrong(file, "cannot read it: " + std::generic_category().message(errno));
  return {};
}

/// `Jan  5 00:00:00 2026 GMT`
std::string text_of(const ASN1_TIME* time) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out{BIO_new(BIO_s_mem()), BIO_free};
  std::array<char, 64> text{};
  if (out == nullptr || ASN1_TIME_print(out.get(), time) != 1) return "an unknown time";
  const int size = BIO_read(out.get(), text.data(), static_cast<int>(text.size()));
  return {text.data(), static_cast<std::size_t>(std::max(size, 0))};
}

Result<void> check_dates(const fs::path& file, const X509* certificate) {
  const ASN1_TIME* const from = X509_get0_notBefore(certificate);
  const ASN1_TIME* const until = X509_get0_notAfter(certificate);
  if (X509_cmp_current_time(from) > 0)
    return wrong(file, "the certificate is not valid before " + text_of(from));
  if (X509_cmp_current_time(until) < 0)
    return wrong(file, "the certificate has expired on " + text_of(until));
  return {};
}

/// Nobody is asked for a passphrase.
int no_passphrase(char* /*room*/, int /*size*/, int /*is_writing*/, void* was_asked) {
  *static_cast<bool*>(was_asked) = true;
  return -1;
}

Result<void> use_certificate(SSL_CTX* context, const fs::path& file) {
  if (auto readable = check_readable(file); !readable) return readable;
  if (SSL_CTX_use_certificate_chain_file(context, file.c_str()) != 1)
    return wrong(file, "it is no certificate in PEM: " + last_words());
  return check_dates(file, SSL_CTX_get0_certificate(context));
}

Result<void> use_key(SSL_CTX* context, const fs::path& file) {
  if (auto readable = check_readable(file); !readable) return readable;
  bool was_asked = false;
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(context, &was_asked);
  const bool is_used = SSL_CTX_use_PrivateKey_file(context, file.c_str(), SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  SSL_CTX_set_default_passwd_cb(context, nullptr);
  if (was_asked) return wrong(file, "the key has a passphrase, and nobody is asked for it");
  if (!is_used) {
    const bool is_other = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    const auto words = last_words();
    return wrong(file, is_other ? "the key belongs to another certificate"
                                : "it is no key in PEM: " + words);
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    (void)last_words();
    return wrong(file, "the key belongs to another certificate");
  }
  return {};
}

/// It has said that it does not take the certificate of this client, or its absence.
bool is_turned_away(int reason) {
  switch (reason) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<TlsContext> open_tls(const fs::path& certificate, const fs::path& key) {
  ERR_clear_error();
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  if (SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) != 1)
    return failure(ErrorKind::environment, "no TLS 1.2: " + last_words());
  // A client may not ask for a new handshake on and on; buffers of idle connections are given back.
  SSL_CTX_set_options(
      native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  if (auto used = use_certificate(native, certificate); !used)
    return tl::unexpected<Error>(used.error());
  if (auto used = use_key(native, key); !used) return tl::unexpected<Error>(used.error());
  return context;
}

Result<TlsContext> open_client_tls(const ClientTls& tls) {
  ERR_clear_error();
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX* const native = context->native_handle();
  if (SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) != 1)
    return failure(ErrorKind::environment, "no TLS 1.2: " + last_words());
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
  if (!tls.ca_file.empty()) {
    if (auto readable = check_readable(tls.ca_file); !readable)
      return tl::unexpected<Error>(readable.error());
  }
  const bool is_loaded = tls.ca_file.empty() ? SSL_CTX_set_default_verify_paths(native) == 1
                                             : SSL_CTX_load_verify_locations(
                                                   native, tls.ca_file.c_str(), nullptr) == 1;
  if (!is_loaded) return wrong(tls.ca_file, "no certificates in it: " + last_words());
  if (tls.cert.empty()) return context;
  if (auto used = use_certificate(native, tls.cert); !used)
    return tl::unexpected<Error>(used.error());
  if (auto used = use_key(native, tls.key); !used) return tl::unexpected<Error>(used.error());
  return context;
}

bool expect_peer(ssl_st* stream, const std::string& host) {
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(stream), host.c_str()) == 1) return true;
  ERR_clear_error();
  SSL_set_hostflags(stream, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(stream, host.c_str()) == 1 &&
         SSL_set_tlsext_host_name(stream, host.c_str()) == 1;
}

std::string doubt_about(const ssl_st* stream, const Endpoint& to) {
  const long doubt = SSL_get_verify_result(stream);
  if (doubt == X509_V_OK) return {};
  ERR_clear_error();
  return "the certificate of " + to_text(to) +
         " is not to be believed: " + X509_verify_cert_error_string(doubt);
}

std::string tls_trouble(const ssl_st* stream, const Endpoint& to,
                        const boost::system::error_code& error) {
  namespace errors = boost::asio::error;
  if (auto doubt = doubt_about(stream, to); !doubt.empty()) return doubt;
  const bool is_of_tls = error.category() == errors::get_ssl_category();
  const int reason = is_of_tls ? ERR_GET_REASON(static_cast<unsigned long>(error.value())) : 0;
  const bool is_cut = error == errors::eof || error == errors::connection_reset ||
                      error == ssl::error::stream_truncated;
  if (reason == SSL_R_WRONG_VERSION_NUMBER || (is_cut && SSL_is_init_finished(stream) == 0))
    return to_text(to) + " does not seem to speak TLS: " + error.message();
  if (!is_turned_away(reason)) return error.message();
  return to_text(to) +
         (SSL_get_certificate(stream) == nullptr
              ? " wants a certificate of whoever comes: "
              : " does not take the certificate of this client: ") +
         error.message();
}

}  // namespace chargemill::runtime
