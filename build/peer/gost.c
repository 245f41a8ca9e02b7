/*
 * The peer of our GOST R 34.10-2012: OpenSSL with its gost engine, in one process, over EVP_PKEY_sign and
 * EVP_PKEY_verify, on the curve 512-paramSetA with a key of its own making.
 *
 *   cc -O2 -o gost gost.c -lcrypto
 *
 * A line of the standard input is "sign N" or "verify N"; the answer is one line with the microseconds that one of the
 * N took, so that whoever measures can take us and the peer in turns.
 *
 * "key" answers the public key (x‖y, little-endian) in hexadecimal, "make DIGEST" a signature over 64 bytes in
 * hexadecimal, and "check DIGEST SIGNATURE" 1 or 0, in the order of bytes that the engine has; "with X‖Y" makes the
 * key that is given the one that check uses. So each can be shown to accept what the other made.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* engines, which OpenSSL 3 would rather have as providers */
#include <openssl/engine.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DIGEST = 64, PAIR = 128 };

static void require(int well, const char *what)
{
    if (!well) {
        fprintf(stderr, "gost: %s failed\n", what);
        exit(1);
    }
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void print(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf("%02x", bytes[i]);
    printf("\n");
}

static void scan(unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned value;
        require(scanf(" %2x", &value) == 1, "reading hexadecimal");
        bytes[i] = (unsigned char)value;
    }
}

static EVP_PKEY *generate(ENGINE *gost)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(OBJ_txt2nid("gost2012_512"), gost);
    EVP_PKEY *key = NULL;
    require(context != NULL && EVP_PKEY_keygen_init(context) > 0 &&
                EVP_PKEY_CTX_ctrl_str(context, "paramset", "A") > 0 && EVP_PKEY_keygen(context, &key) > 0,
            "making a key");
    EVP_PKEY_CTX_free(context);
    return key;
}

/* The SubjectPublicKeyInfo of every key on this curve ends in the 128 bytes of x‖y. */
static unsigned char *encode(EVP_PKEY *key, int *length)
{
    unsigned char *der = NULL;
    *length = i2d_PUBKEY(key, &der);
    require(*length > PAIR, "encoding a public key");
    return der;
}

static EVP_PKEY *replace(EVP_PKEY *key, const unsigned char *pair)
{
    int length;
    unsigned char *der = encode(key, &length);
    memcpy(der + length - PAIR, pair, PAIR);
    const unsigned char *at = der;
    EVP_PKEY *other = d2i_PUBKEY(NULL, &at, length);
    require(other != NULL, "reading a public key");
    OPENSSL_free(der);
    return other;
}

static EVP_PKEY_CTX *context(EVP_PKEY *key, ENGINE *gost, int (*init)(EVP_PKEY_CTX *))
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, gost);
    require(context != NULL && init(context) > 0, "preparing a key");
    return context;
}

int main(void)
{
    ENGINE_load_builtin_engines();
    ENGINE *gost = ENGINE_by_id("gost");
    require(gost != NULL && ENGINE_init(gost) && ENGINE_set_default(gost, ENGINE_METHOD_ALL), "loading the engine gost");
    EVP_PKEY *key = generate(gost);
    EVP_PKEY_CTX *signer = context(key, gost, EVP_PKEY_sign_init);
    EVP_PKEY_CTX *verifier = context(key, gost, EVP_PKEY_verify_init);

    unsigned char digest[DIGEST], signature[PAIR], pair[PAIR];
    size_t length = PAIR;
    for (int i = 0; i < DIGEST; i++)
        digest[i] = (unsigned char)(i * 7 + 1);
    require(EVP_PKEY_sign(signer, signature, &length, digest, DIGEST) > 0 && length == PAIR, "signing");

    char command[16];
    for (long times; scanf("%15s", command) == 1;) {
        if (strcmp(command, "key") == 0) {
            int size;
            unsigned char *der = encode(key, &size);
            print(der + size - PAIR, PAIR);
            OPENSSL_free(der);
        } else if (strcmp(command, "make") == 0) {
            scan(digest, DIGEST);
            length = PAIR;
            require(EVP_PKEY_sign(signer, signature, &length, digest, DIGEST) > 0, "signing");
            print(signature, length);
        } else if (strcmp(command, "with") == 0) {
            scan(pair, PAIR);
            verifier = context(replace(key, pair), gost, EVP_PKEY_verify_init);
            printf("well\n");
        } else if (strcmp(command, "check") == 0) {
            scan(digest, DIGEST);
            scan(pair, PAIR);
            printf("%d\n", EVP_PKEY_verify(verifier, pair, PAIR, digest, DIGEST) == 1);
        } else if (scanf("%ld", &times) == 1) {
            int sign = strcmp(command, "sign") == 0;
            double start = seconds();
            for (long i = 0; i < times; i++) {
                length = PAIR;
                if (sign)
                    require(EVP_PKEY_sign(signer, signature, &length, digest, DIGEST) > 0, "signing");
                else
                    require(EVP_PKEY_verify(verifier, signature, PAIR, digest, DIGEST) == 1, "verifying");
            }
            printf("%.3f\n", (seconds() - start) / (double)times * 1e6);
        }
        fflush(stdout);
    }
    return 0;
}
