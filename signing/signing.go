// Package signing makes and checks the electronic signatures (EDS, ЭЦҚ/ЭЦП) of documents and of
// logins.
//
// What it promises:
//   - A signature is a CAdES-BES (RFC 5652, RFC 5126), detached in DER unless asked otherwise, made
//     with a GOST 34.10-2015, RSA or ECDSA key, laid out as the national programs lay it out, and has
//     been verified before it leaves a [Signatory].
//   - One table says which hash and signature belong to which key; whatever is signed is verified by
//     it, over the bytes as they were signed. Chains are built and checked here too.
//   - An authentication certificate logs in and never signs a document; a login text is never
//     accepted as a document, nor a document as a login text.
//   - [Verify] answers with a [Report] of named steps, each passed, failed or not checked. It never
//     takes the signer's word for the time, and trusts only pinned anchors or, apart from them and
//     marked so, a demo authority.
//   - A timestamp, a revocation list or answer counts when an authority entitled to it has signed it,
//     about this very signature or certificate. The time that validity and revocation are judged at is
//     the one that a timestamp has witnessed, else the verifier's.
//   - Everything that comes in may be hostile: no byte reaches a parser that recurses before the
//     bounded normaliser has turned it into definite-length DER, and no password is stretched
//     before the file's iteration counts have been weighed.
//
// Its limits: it knows of a revocation only what [Evidence], in the signature or in the policy, tells
// it, and says so when that is nothing; it counts a timestamp as long as its authority's certificate
// was valid when it was made, and renews none (CAdES-A). The GOST algorithms of 2004 are recognised
// and not verified. Secrets are overwritten in the buffers of this
// package; what crypto/rsa and the garbage collector copied is out of its reach.
//
// It reads no file, asks no clock and imports nothing of ours: texts for people are chosen by the
// codes that [Fault], [Unfit] and [Step] give.
package signing
