// OpenSSL 3, and its function-like macros.
#ifndef OPESCARE_COPENSSL_H
#define OPESCARE_COPENSSL_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// The low-level SHA-256 keeps its whole state in a struct that the caller owns: no allocation, no
// lock, no algorithm fetch per hash, which cost EVP more than hashing a short message does. OpenSSL
// 3 still ships it but marks it deprecated, which Swift would report as an error.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static inline int opescare_sha256_init(SHA256_CTX *state) { return SHA256_Init(state); }
static inline int opescare_sha256_update(SHA256_CTX *state, const void *bytes, size_t count) {
    return SHA256_Update(state, bytes, count);
}
static inline int opescare_sha256_final(unsigned char *digest, SHA256_CTX *state) {
    return SHA256_Final(digest, state);
}
#pragma GCC diagnostic pop

// Public keys of their numbers, big-endian. NULL when OpenSSL refuses them, as it does a point that is
// not on its curve. The selection of fromdata is a macro that Swift does not import.
static inline EVP_PKEY *opescare_public_key(const char *type, OSSL_PARAM_BLD *builder) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (parameters != NULL && context != NULL && EVP_PKEY_fromdata_init(context) == 1)
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    return key;
}

static inline EVP_PKEY *opescare_rsa_public_key(
    const unsigned char *modulus, int modulus_bytes,
    const unsigned char *exponent, int exponent_bytes) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *n = BN_bin2bn(modulus, modulus_bytes, NULL);
    BIGNUM *e = BN_bin2bn(exponent, exponent_bytes, NULL);
    if (builder != NULL && n != NULL && e != NULL
        && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1
        && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        key = opescare_public_key("RSA", builder);
    BN_free(n);
    BN_free(e);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

static inline EVP_PKEY *opescare_ec_public_key(
    const char *curve, const unsigned char *point, size_t point_bytes) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (builder != NULL
        && OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) == 1
        && OSSL_PARAM_BLD_push_octet_string(
            builder, OSSL_PKEY_PARAM_PUB_KEY, point, point_bytes) == 1)
        key = opescare_public_key("EC", builder);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

#endif
