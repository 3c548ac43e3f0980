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

#endif
