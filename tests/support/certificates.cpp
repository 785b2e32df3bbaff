#include "tests/support/certificates.hpp"

#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace nearcache::tests {

namespace {

template <auto free>
struct Freeing {
    template <class T>
    void operator()(T* object) const noexcept {
        free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Memory = std::unique_ptr<BIO, Freeing<BIO_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freeing<X509_EXTENSION_free>>;

void must(bool is_done) {
    if (!is_done) throw std::runtime_error("OpenSSL cannot make a certificate");
}

std::string text_of(const Memory& memory) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

Identity pem_of(X509& certificate, EVP_PKEY& key) {
    const Memory public_part(BIO_new(BIO_s_mem()));
    const Memory private_part(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_X509(public_part.get(), &certificate) == 1);
    must(PEM_write_bio_PrivateKey(private_part.get(), &key, nullptr, nullptr, 0, nullptr,
                                  nullptr) == 1);
    return {text_of(public_part), text_of(private_part)};
}

void extend(X509& certificate, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    must(extension && X509_add_ext(&certificate, extension.get(), -1) == 1);
}

Certificate blank(EVP_PKEY& key, const Authority::Wish& wish) {
    constexpr long a_day = 24L * 60 * 60;
    static long serial = 1;
    Certificate made(X509_new());
    must(made != nullptr);
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -a_day);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), static_cast<long>(wish.life.count()) - a_day);
    X509_set_pubkey(made.get(), &key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(wish.common_name.c_str()), -1,
                               -1, 0);
    if (!wish.names.empty()) extend(*made, NID_subject_alt_name, wish.names);
    return made;
}

}  // namespace

struct Authority::Keys {
    Key key;
    Certificate certificate;
};

Authority::Authority() : keys_(std::make_unique<Keys>()) {
    keys_->key.reset(EVP_EC_gen("P-256"));
    keys_->certificate = blank(*keys_->key, {.names = "DNS:localhost", .common_name = "authority"});
    auto& certificate = *keys_->certificate;
    extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
    must(X509_set_issuer_name(&certificate, X509_get_subject_name(&certificate)) == 1);
    must(X509_sign(&certificate, keys_->key.get(), EVP_sha256()) > 0);
    own_ = pem_of(certificate, *keys_->key);
}

Authority::~Authority() = default;

Identity Authority::issue(const Wish& wish) const {
    const Key key(EVP_EC_gen("P-256"));
    const auto certificate = blank(*key, wish);
    const auto* const issuer = X509_get_subject_name(keys_->certificate.get());
    must(X509_set_issuer_name(certificate.get(), issuer) == 1);
    must(X509_sign(certificate.get(), keys_->key.get(), EVP_sha256()) > 0);
    return pem_of(*certificate, *key);
}

}  // namespace nearcache::tests
