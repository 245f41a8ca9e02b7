package signing

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// SignDocument is the one of [Signatory]: DER, signed attributes contentType, signingTime (at),
// messageDigest and signingCertificateV2, with the certificate and the chain that came with the key.
// An attached signature over more than [InMemory] bytes is BER, in pieces, written as it is read.
func (k *Key) SignDocument(ctx context.Context, content Content, at time.Time, options Options) ([]byte, error) {
	j := &job{ctx: ctx, key: k, at: at, options: options, purpose: ForDocument}
	cms, err := j.run(content)
	if err != nil {
		return nil, fmt.Errorf("signing a document: %w", err)
	}
	return cms, nil
}

// SignLogin is the one of [Signatory].
func (k *Key) SignLogin(ctx context.Context, text LoginText, at time.Time) ([]byte, error) {
	if err := text.Check(); err != nil {
		return nil, fmt.Errorf("signing a login: %w", err)
	}
	j := &job{ctx: ctx, key: k, at: at, purpose: ForLogin}
	cms, err := j.run(Bytes(text.Bytes()))
	if err != nil {
		return nil, fmt.Errorf("signing a login: %w", err)
	}
	return cms, nil
}

// job is one signature in the making.
type job struct {
	ctx     context.Context
	key     *Key
	at      time.Time
	options Options
	purpose Purpose

	sums *digests
}

func (j *job) run(content Content) ([]byte, error) {
	if err := j.ctx.Err(); err != nil {
		return nil, err
	}
	if err := j.key.identity.FitFor(j.purpose, "", j.at).Err(); err != nil {
		return nil, err
	}
	j.sums = newDigests([]algorithm{{oid: j.key.head.digest}})
	content.reader = stoppable{j.ctx, content.reader}
	cms, err := j.sign(content)
	if err != nil {
		return nil, err
	}
	if err := j.ctx.Err(); err != nil {
		return nil, err
	}
	if j.options.Out == nil || cms == nil {
		return cms, nil
	}
	_, err = j.options.Out.Write(cms)
	return nil, err
}

func (j *job) sign(content Content) ([]byte, error) {
	inMemory := content.size >= 0 && content.size <= InMemory
	switch {
	case j.options.Beside != nil:
		return j.beside(content)
	case j.options.Attached && !inMemory:
		return nil, j.stream(content)
	case j.options.Attached:
		return j.attached(content)
	}
	if err := j.read(content, io.Discard); err != nil {
		return nil, err
	}
	signer, err := j.signer()
	if err != nil {
		return nil, err
	}
	return j.layout(signer, encapsulated(nil)).together()
}

// read hashes the content on its way, and refuses what isn't a document or is not of its size.
func (j *job) read(content Content, out io.Writer) error {
	var err error
	if content.bytes != nil {
		_, err = io.MultiWriter(j.sums, out).Write(content.bytes) // no need to copy it about
	} else {
		err = j.sums.read(io.TeeReader(content.reader, out))
	}
	switch {
	case err != nil:
		return err
	case content.size >= 0 && j.sums.size != content.size:
		return fmt.Errorf("%w: content of %d bytes, not %d", io.ErrUnexpectedEOF, j.sums.size, content.size)
	case j.purpose == ForDocument && j.sums.login():
		return ErrLoginText
	}
	return nil
}

// attached makes a signature with the content in it, in memory.
func (j *job) attached(content Content) ([]byte, error) {
	held := bytes.NewBuffer(make([]byte, 0, content.size))
	if err := j.read(content, held); err != nil {
		return nil, err
	}
	signer, err := j.signer()
	if err != nil {
		return nil, err
	}
	return j.layout(signer, encapsulated(held.Bytes())).together()
}

// layout is a SignedData of the one signer.
func (j *job) layout(signer, content []byte) layout {
	l := layout{version: []byte{byte(asn1.INTEGER), 1, 1}, digests: j.key.head.digestAlgorithm, content: content}
	return j.join(l, signer)
}

// join adds the signer with the certificates that aren't there yet.
func (j *job) join(l layout, signer []byte) layout {
	if len(l.certificates) == 0 {
		l.certificates = j.key.head.certificates
	} else {
		l.addCertificates(j.key.identity.Certificate, j.key.chain)
	}
	l.signers = append(l.signers[:len(l.signers):len(l.signers)], signer)
	return l
}

// beside adds a signature to another's. What is there must be over the same content, so that
// nobody's name comes to stand under what they didn't sign.
func (j *job) beside(content Content) ([]byte, error) {
	der, err := normalise(j.options.Beside, limits{maxCMSBytes, maxCMSDepth, maxCMSElements})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOtherContent, err)
	}
	l, refused := takeApart(der)
	if refused != nil || len(l.signers) == maxSigners {
		return nil, ErrOtherContent
	}
	var others []*signerInfo
	algorithms := []algorithm{{oid: j.key.head.digest}}
	for _, element := range l.signers {
		s := readSigner(element)
		others, algorithms = append(others, s), append(algorithms, s.digest)
	}
	j.sums = newDigests(algorithms)
	if err := j.read(content, io.Discard); err != nil {
		return nil, err
	}
	for _, s := range others {
		if s.unread != nil || j.sums.check(s) != nil {
			return nil, ErrOtherContent
		}
	}
	if inside, attached, refused := l.inside(); refused != nil || attached && !bytes.Equal(j.key.head.sum(inside), j.sums.sum(j.key.head.digest)) {
		return nil, ErrOtherContent
	}
	if !announces(l.digests, j.key.head.digest) {
		l.digests = append(bytes.Clone(l.digests), j.key.head.digestAlgorithm...)
	}
	signer, err := j.signer()
	if err != nil {
		return nil, err
	}
	joined := j.join(l, signer)
	if refused := joined.unreadable(); refused != nil {
		return nil, fmt.Errorf("%w: %s", ErrOtherContent, refused.code)
	}
	return joined.together()
}

// unreadable tells why a verifier wouldn't come as far as the certificate of the last signer: what is
// joined may be full, or have another certificate of the same name and number.
func (l layout) unreadable() *refusal {
	l.content = encapsulated(nil)
	der, err := l.together()
	if err != nil {
		return refuse("malformed")
	}
	d, refused := readSignedData(der, limits{maxCMSBytes, maxCMSDepth, maxCMSElements})
	if refused == nil {
		_, refused = d.certificateOf(d.signers[len(d.signers)-1])
	}
	return refused
}

// announces tells whether the digestAlgorithms have the hash.
func announces(set cryptobyte.String, oid string) bool {
	for !set.Empty() {
		a, ok := readAlgorithm(&set)
		if !ok || a.oid == oid {
			return ok
		}
	}
	return false
}

// signer makes the SignerInfo over what has been read, and reads it by the rules that strangers'
// are read by before it lets it go.
func (j *job) signer() ([]byte, error) {
	certificate := j.key.identity.Certificate
	content := j.sums.sum(j.key.head.digest)
	attributes, err := j.key.head.signedAttributes(content, j.at)
	if err != nil {
		return nil, err
	}
	signature, err := j.key.Sign(rand.Reader, j.key.head.sum(attributes), j.key.head.hash)
	if err != nil {
		return nil, err
	}
	element := j.key.head.signerInfo(attributes, signature)
	s := readSigner(element)
	switch {
	case s.unread != nil:
		return nil, fmt.Errorf("%w: %s", ErrSelfCheck, s.unread.code)
	case s.values.ess == nil, !bytes.Equal(s.values.messageDigest, content), !s.names(certificate):
		return nil, ErrSelfCheck
	}
	if refused := s.checkSignatureOf(j.key.public, certificate); refused != nil {
		return nil, fmt.Errorf("%w: %s", ErrSelfCheck, refused.code)
	}
	return element, nil
}

// stoppable is a reader that ends with its context.
type stoppable struct {
	ctx context.Context
	in  io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.in.Read(p)
}
