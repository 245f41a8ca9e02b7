package app

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"baqylau/api"
	"baqylau/signing"
)

// Signed is what became of one paper of a batch.
type Signed struct {
	Paper Paper
	// Err is nil when the centre has taken the signature, [ErrQueued] when it is kept until the centre is back.
	Err error
}

// SignPapers signs papers with one key, on all processors, and hands the signatures in, one after the other in the
// papers' order; progress is told each outcome. A paper that fails leaves the others as they are. When the context
// ends, what was begun is told and the rest is not handed in: [Left] names what to go on with.
func (d *Desk) SignPapers(ctx context.Context, key signing.Signatory, papers []Paper, progress func(done int, last Signed)) []Signed {
	ahead, stop := context.WithCancel(ctx)
	signatures, ended := signAhead(ahead, papers, func(p Paper) ([]byte, error) {
		if err := d.FitToSign(key); err != nil {
			return nil, err
		}
		if !p.whole() { // not what was shown, and what the centre has
			return nil, api.ErrOtherFile
		}
		return key.SignDocument(ahead, signing.Bytes(p.Bytes), d.Now(), signing.Options{})
	})
	defer ended()
	defer stop()
	results := make([]Signed, 0, len(papers))
	for i, p := range papers {
		made, begun := <-signatures[i]
		if ctx.Err() != nil || !begun {
			break
		}
		result := Signed{Paper: p, Err: made.err}
		if made.err == nil {
			result.Err = d.handIn(ctx, p, made.cms)
		}
		results = append(results, result)
		progress(i+1, result)
	}
	return results
}

// Left lists the papers of a batch that are still to be signed, in their order: those that failed and those that it
// did not come to. A signature that waits for the centre in the outbox is made.
func Left(papers []Paper, results []Signed) []Paper {
	var left []Paper
	for i, p := range papers {
		if i >= len(results) || results[i].Err != nil && !errors.Is(results[i].Err, ErrQueued) {
			left = append(left, p)
		}
	}
	return left
}

// signature is one that was made ahead of its being handed in.
type signature struct {
	cms []byte
	err error
}

// signAhead signs papers on all processors while others are handed in. Each paper's channel gives its signature; it is
// closed without one when the context ended before. ended waits for the signatures in the making.
func signAhead(ctx context.Context, papers []Paper, sign func(Paper) ([]byte, error)) (signatures []chan signature, ended func()) {
	signatures = make([]chan signature, len(papers))
	next := make(chan int, len(papers))
	for i := range papers {
		signatures[i] = make(chan signature, 1)
		next <- i
	}
	close(next)
	var workers sync.WaitGroup
	for range min(len(papers), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := range next {
				if ctx.Err() == nil {
					cms, err := sign(papers[i])
					signatures[i] <- signature{cms, err}
				}
				close(signatures[i])
			}
		})
	}
	return signatures, workers.Wait
}

// labelSign names the handing in of a signature.
const labelSign = "command.sign"

// handIn gives a signature to the centre, which judges it before it counts. One that is away is not waited
// for: it gets the signature when it is back.
func (d *Desk) handIn(ctx context.Context, p Paper, cms []byte) error {
	last := stepApprove
	if p.Kind == api.ObjectKindCertificate {
		last = "sign"
	}
	c := command{
		aggregate: p.ID, after: p.after(), base: p.Version, path: step{p.Kind, last}.path(p.ID), label: labelSign,
		body: api.SignCommand{Digest: p.Digest, CMS: cms},
	}
	if d.State().Away() {
		return d.post(c)
	}
	return d.do(ctx, c)
}
