// Package signing makes and checks the electronic signatures (EDS, ЭЦҚ/ЭЦП) of documents and of
// logins.
//
// What it promises:
//   - A signature is a detached CAdES-BES in DER (RFC 5652, RFC 5126) with SHA-256, made with an
//     RSA or ECDSA key out of a PKCS#12 file, and has been verified before [Sign] returns it.
//   - An authentication certificate logs in and never signs a document; a login text is never
//     accepted as a document, nor a document as a login text.
//   - [Verify] answers with a [Report] of named steps, each passed, failed or not checked. It never
//     takes the signer's word for the time, and trusts only pinned anchors or, apart from them and
//     marked so, a demo authority.
//   - Everything that comes in may be hostile: no byte reaches a parser that recurses before the
//     bounded normaliser has turned it into definite-length DER, and no password is stretched
//     before the file's iteration counts have been weighed.
//
// Its limits: revocation (OCSP, CRL) and timestamps (RFC 3161) are reported as not checked; GOST
// keys are recognised and refused by name. Secrets are overwritten in the buffers of this package;
// what crypto/rsa and the garbage collector copied is out of its reach.
//
// It reads no file, asks no clock and imports nothing of ours: texts for people are chosen by the
// codes that [Fault], [Unfit] and [Step] give.
package signing
