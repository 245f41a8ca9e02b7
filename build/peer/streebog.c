/*
 * The peer of our Streebog: OpenSSL with its gost engine, in one process.
 *
 *   cc -O2 -o streebog streebog.c -lcrypto
 *
 * Every line of the standard input names a number of MiB, which are hashed with Streebog-512 in updates of 1 MiB; the
 * answer is one line with the speed in MB/s, so that whoever measures can take us and the peer in turns.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* engines, which OpenSSL 3 would rather have as providers */
#include <openssl/engine.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MiB = 1 << 20 };

static void require(int well, const char *what)
{
    if (!well) {
        fprintf(stderr, "streebog: %s failed\n", what);
        exit(1);
    }
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(void)
{
    ENGINE_load_builtin_engines();
    ENGINE *gost = ENGINE_by_id("gost");
    require(gost != NULL && ENGINE_init(gost) && ENGINE_set_default(gost, ENGINE_METHOD_ALL), "loading the engine gost");
    const EVP_MD *streebog = EVP_get_digestbyname("md_gost12_512");
    require(streebog != NULL, "finding md_gost12_512");
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    unsigned char *data = calloc(1, MiB);
    require(hash != NULL && data != NULL, "allocating");

    for (long blocks; scanf("%ld", &blocks) == 1;) {
        unsigned char digest[EVP_MAX_MD_SIZE];
        double start = seconds();
        require(EVP_DigestInit_ex(hash, streebog, gost), "starting a hash");
        for (long i = 0; i < blocks; i++)
            require(EVP_DigestUpdate(hash, data, MiB), "hashing");
        require(EVP_DigestFinal_ex(hash, digest, NULL), "ending a hash");
        printf("%.2f\n", (double)blocks * MiB / 1e6 / (seconds() - start));
        fflush(stdout);
    }
    EVP_MD_CTX_free(hash);
    free(data);
    return 0;
}
