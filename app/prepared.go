package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/localstore"
)

// draftPrepared is the kind under which the store keeps what was prepared for signing; the bytes are a
// sealed file beside it, by their digest.
const draftPrepared = "prepared"

var (
	// ErrNotPrepared means that a paper would have to be made by the centre first, which can't be reached.
	ErrNotPrepared = errors.New("not prepared for signing on this machine")
	// ErrPreparedDamaged means that the kept file of a prepared paper is not what was prepared, or is gone. It
	// was thrown away: it has to be prepared anew.
	ErrPreparedDamaged = errors.New("the file that was prepared for signing is damaged")
)

// Prepared is a paper that was prepared for signing on this machine: its final file lies here, sealed, and may
// be signed without the centre as long as nothing about it changes.
type Prepared struct {
	Kind      api.ObjectKind
	ID        string
	Number    string
	Title     string // what it is about: the lot
	Version   int64  // that it was made over
	Digest    string
	At        time.Time // when, by the centre's clock
	Purchase  string    // of a certificate
	Direction control.Direction
}

func (p Prepared) paper() Paper {
	return Paper{
		Kind: p.Kind, ID: p.ID, Number: p.Number, Title: p.Title, Version: p.Version, Digest: p.Digest,
		Purchase: p.Purchase, Direction: p.Direction,
	}
}

// Preparation is what became of one paper of those that were to be prepared.
type Preparation struct {
	ID, Number string
	Err        error
}

// PrepareForSigning has the centre make the final files of notifications and conclusions that wait for my
// approval, and keeps them here to be signed without it. It needs the centre; progress is told each outcome. One
// that fails leaves the others as they are; when the context ends, the rest is not begun.
func (d *Desk) PrepareForSigning(ctx context.Context, ids []string, progress func(done int, last Preparation)) []Preparation {
	results := make([]Preparation, 0, len(ids))
	for i, id := range ids {
		if ctx.Err() != nil {
			break
		}
		paper, err := d.prepareOne(ctx, id)
		if err == nil {
			err = d.keepPrepared(ctx, paper)
		}
		last := Preparation{ID: id, Number: paper.Number, Err: err}
		if err != nil {
			last.Number, _, _ = d.cited(id) // as well as it is known here
		}
		results = append(results, last)
		progress(i+1, results[i])
	}
	return results
}

func (d *Desk) prepareOne(ctx context.Context, id string) (Paper, error) {
	_, conclusion, err := d.store.Object(string(api.ObjectKindConclusion), id)
	switch {
	case err != nil:
		return Paper{}, err
	case conclusion:
		return d.PrepareConclusion(ctx, id)
	default:
		return d.PrepareApproval(ctx, id)
	}
}

// PrepareCertificateForSigning does so with my certificate on a page.
func (d *Desk) PrepareCertificateForSigning(ctx context.Context, purchase string, direction control.Direction) error {
	paper, err := d.PrepareCertificate(ctx, purchase, direction)
	if err != nil {
		return err
	}
	return d.keepPrepared(ctx, paper)
}

// keepPrepared keeps a paper and its bytes. The file is there before anything names it: a crash in between
// leaves a file that sweepFiles finds.
func (d *Desk) keepPrepared(ctx context.Context, p Paper) error {
	digest, err := d.store.PutFile(ctx, bytes.NewReader(p.Bytes))
	if err != nil {
		return err
	}
	if digest != p.Digest {
		return api.ErrOtherFile
	}
	kept := Prepared{
		Kind: p.Kind, ID: p.ID, Number: p.Number, Title: p.Title, Version: p.Version, Digest: p.Digest, At: d.Now(),
		Purchase: p.Purchase, Direction: p.Direction,
	}
	body, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	return d.store.SaveDraft(localstore.Draft{Kind: draftPrepared, ID: p.ID, Base: p.Version, Body: body})
}

// keptPapers are all papers that were prepared here, whatever has become of them.
func (d *Desk) keptPapers() ([]Prepared, error) {
	drafts, err := d.store.Drafts(draftPrepared)
	if err != nil {
		return nil, err
	}
	list := make([]Prepared, len(drafts))
	for i, draft := range drafts {
		if err := json.Unmarshal(draft.Body, &list[i]); err != nil {
			return nil, fmt.Errorf("read the prepared paper %s: %w", draft.ID, err)
		}
	}
	return list, nil
}

// Prepared lists the papers that were prepared on this machine and may still be signed, as far as is known
// here, the oldest first.
func (d *Desk) Prepared() ([]Prepared, error) {
	all, err := d.keptPapers()
	if err != nil || len(all) == 0 {
		return nil, err
	}
	list := make([]Prepared, 0, len(all))
	for _, p := range all {
		signed, err := d.signature(p.ID)
		if err != nil {
			return nil, err
		}
		stands, err := d.stands(p)
		if err != nil {
			return nil, err
		}
		if stands && signed == "" {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b Prepared) int { return a.At.Compare(b.At) })
	return list, nil
}

// preparedHere is when a paper was prepared that may be signed here; zero when it wasn't, or may not.
func (d *Desk) preparedHere(id string) (time.Time, error) {
	draft, found, err := d.store.Draft(draftPrepared, id)
	if err != nil || !found {
		return time.Time{}, err
	}
	var p Prepared
	if err := json.Unmarshal(draft.Body, &p); err != nil {
		return time.Time{}, fmt.Errorf("read the prepared paper %s: %w", id, err)
	}
	signed, err := d.signature(id)
	if err != nil || signed != "" {
		return time.Time{}, err
	}
	stands, err := d.stands(p)
	if err != nil || !stands {
		return time.Time{}, err
	}
	return p.At, nil
}

// PreparedCertificate is my certificate on a page that was prepared here and may be signed; false without one.
func (d *Desk) PreparedCertificate(purchase string, direction control.Direction) (Prepared, bool, error) {
	list, err := d.Prepared()
	i := slices.IndexFunc(list, func(p Prepared) bool {
		return p.Kind == api.ObjectKindCertificate && p.Purchase == purchase && p.Direction == direction
	})
	if err != nil || i < 0 {
		return Prepared{}, false, err
	}
	return list[i], true, nil
}

// signature is the state of my signature under a paper, while it is in the outbox; empty when it isn't.
func (d *Desk) signature(id string) (localstore.State, error) {
	commands, err := d.store.Of(id)
	for _, c := range commands {
		if signs(c) {
			return c.State, nil
		}
	}
	return "", err
}

// toSign says whether a paper still waits for my signature, and since when it is prepared here.
func (d *Desk) toSign(t *Task) (waits bool, err error) {
	signed, err := d.signature(t.Notification)
	if err == nil {
		t.Prepared, err = d.preparedHere(t.Notification)
	}
	return !underWay(signed), err
}

// underWay says whether a signature in this state will reach the centre by itself.
func underWay(state localstore.State) bool {
	return state == localstore.Queued || state == localstore.Sent
}

// signs says whether a command hands in a signature.
func signs(c localstore.Command) bool { return c.Label == labelSign }

// stands says whether nothing that is mirrored here has changed since a paper was prepared, and it is still
// mine to sign: any change voids it, and the centre, which knows of more, judges likewise.
func (d *Desk) stands(p Prepared) (bool, error) {
	a := d.Actor()
	switch p.Kind {
	case api.ObjectKindNotification:
		n, found, err := mirroredOne[api.Notification](d, p.Kind, p.ID)
		seen := control.SeenFile{File: p.Digest}
		rules, lot, known := d.caseOf(n.Body)
		if err != nil || !found || !known || n.Version != p.Version {
			return false, err
		}
		return rules.ApproveFile(a, &n.Body.State, lot, n.Body.Papers(), seen).Allowed, nil
	case api.ObjectKindConclusion:
		c, found, err := mirroredOne[api.Conclusion](d, p.Kind, p.ID)
		if err != nil || !found || c.Version != p.Version {
			return false, err
		}
		return c.Body.State.ApproveFile(a, c.Body.Papers(), control.SeenFile{File: p.Digest}).Allowed, nil
	default:
		return d.certificateStands(p)
	}
}

func (d *Desk) certificateStands(p Prepared) (bool, error) {
	c, found, err := mirroredOne[api.Certificate](d, api.ObjectKindCertificate, p.ID)
	if err != nil || !found || c.Version != p.Version {
		return false, err
	}
	purchase, found, err := mirroredOne[control.Purchase](d, api.ObjectKindPurchase, p.Purchase)
	if err != nil || !found {
		return false, err
	}
	cert := c.Body.Rules()
	rules, versions, err := d.markedCase(&purchase.Body, cert.Direction)
	if err != nil {
		return false, err
	}
	var lots []string
	for _, i := range rules.Certified(cert.Assignee, cert.Direction) {
		lots = append(lots, purchase.Body.Lots[i].ID)
	}
	basis := api.CertificateBasis(lots, cert.Direction, func(id string) int64 { return versions[id] })
	unsaved, err := d.unsaved(pageID(p.Purchase, p.Direction))
	if err != nil || len(unsaved.Lots) > 0 { // what is marked since is about to change it
		return false, err
	}
	saved, err := d.store.Of(pageAggregate + pageID(p.Purchase, p.Direction))
	if err != nil || len(saved) > 0 { // and what was saved, and waits to be sent
		return false, err
	}
	return rules.SignCertificate(d.Actor(), &cert, p.Digest, basis).Allowed, nil
}

// markedCase asks the rules about a purchase with what is marked on it in a direction; the versions are of the
// marks.
func (d *Desk) markedCase(p *control.Purchase, direction control.Direction) (*control.Case, map[string]int64, error) {
	assigned, marked, versions := map[string]api.Assignment{}, map[string]api.Marks{}, map[string]int64{}
	for _, lot := range p.Lots {
		a, _, err := mirroredOne[api.Assignment](d, api.ObjectKindAssignment, lot.ID)
		if err != nil {
			return nil, nil, err
		}
		id := api.MarksID(lot.ID, direction)
		m, _, err := mirroredOne[api.Marks](d, api.ObjectKindMarks, id)
		if err != nil {
			return nil, nil, err
		}
		assigned[lot.ID], marked[id], versions[id] = a.Body, m.Body, m.Version
	}
	work := api.Work(p,
		func(lot string) api.Assignment { return assigned[lot] },
		func(id string) api.Marks { return marked[id] },
		func(func(api.Notification) bool) {})
	c, err := d.rules().Case(p, work, d.Now())
	return c, versions, err
}

// PapersToSign gets the final files of notifications and conclusions for my signature: from the centre, which
// makes those that it has not made, or, while it is away, those that were prepared here. [ErrNotPrepared] for
// one that was not, [ErrPreparedDamaged] for one whose file is no longer what was prepared.
func (d *Desk) PapersToSign(ctx context.Context, ids []string) ([]Paper, error) {
	papers := make([]Paper, 0, len(ids))
	for _, id := range ids {
		paper, err := d.paperToSign(ctx, id)
		if err != nil {
			return nil, err
		}
		papers = append(papers, paper)
	}
	return papers, nil
}

func (d *Desk) paperToSign(ctx context.Context, id string) (Paper, error) {
	if !d.State().Away() {
		paper, err := d.prepareOne(ctx, id)
		if !unreached(err) {
			return paper, err
		}
	}
	list, err := d.Prepared()
	i := slices.IndexFunc(list, func(p Prepared) bool { return p.ID == id })
	if err == nil && i < 0 {
		err = ErrNotPrepared
	}
	if err != nil {
		return Paper{}, err
	}
	return d.OpenPrepared(list[i])
}

// CertificateToSign gets my certificate on a page, likewise.
func (d *Desk) CertificateToSign(ctx context.Context, purchase string, direction control.Direction) (Paper, error) {
	if !d.State().Away() {
		paper, err := d.PrepareCertificate(ctx, purchase, direction)
		if !unreached(err) {
			return paper, err
		}
	}
	p, found, err := d.PreparedCertificate(purchase, direction)
	if err == nil && !found {
		err = ErrNotPrepared
	}
	if err != nil {
		return Paper{}, err
	}
	return d.OpenPrepared(p)
}

// unreached says that the centre was not reached, or has not said what became of what it was asked for.
func unreached(err error) bool {
	return errors.Is(err, ErrNotPrepared) || errors.Is(err, api.ErrOffline) || sessionEnded(err)
}

// OpenPrepared reads the file of a prepared paper, all of it, and makes sure that it is the one that was
// prepared. A damaged one is thrown away, with what names it: [ErrPreparedDamaged].
func (d *Desk) OpenPrepared(p Prepared) (Paper, error) {
	paper := p.paper()
	var err error
	paper.Bytes, err = d.keptFile(p.Digest)
	if errors.Is(err, localstore.ErrFileDamaged) || errors.Is(err, localstore.ErrNoFile) || err == nil && !paper.whole() {
		return Paper{}, errors.Join(ErrPreparedDamaged, err, d.dropPrepared(p))
	}
	return paper, err
}

// keptFile reads a file that is kept beside the store.
func (d *Desk) keptFile(digest string) ([]byte, error) {
	content, size, err := d.store.OpenFile(digest)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(content, size+1))
	return body, errors.Join(err, content.Close())
}

// whole says whether the bytes of the paper are those of its digest.
func (p Paper) whole() bool {
	sum := sha256.Sum256(p.Bytes)
	return hex.EncodeToString(sum[:]) == p.Digest
}

// dropPrepared throws a prepared paper away: first what names the file.
func (d *Desk) dropPrepared(p Prepared) error {
	return errors.Join(d.store.DropDraft(draftPrepared, p.ID), d.store.DropFile(p.Digest))
}

// sweepPrepared throws away what was prepared and can't be signed any more: because the centre has taken or
// refused the signature, or because something has changed. A signature on its way keeps its file.
func (d *Desk) sweepPrepared() error {
	all, err := d.keptPapers()
	if err != nil || len(all) == 0 {
		return err
	}
	for _, p := range all {
		signed, failure := d.signature(p.ID)
		keep := failure != nil || underWay(signed)
		if !keep && signed == "" {
			keep, failure = d.stands(p)
		}
		if err = errors.Join(err, failure); !keep && failure == nil {
			err = errors.Join(err, d.dropPrepared(p))
		}
	}
	return err
}

// sweepFiles throws away the files beside the store that nothing names, which a crash has left.
func (d *Desk) sweepFiles() error {
	all, err := d.keptPapers()
	if err != nil {
		return err
	}
	named := make([]string, len(all))
	for i, p := range all {
		named[i] = p.Digest
	}
	_, err = d.store.SweepFiles(named)
	return err
}

// tidyPrepared does both; what fails is tried again with the next round, and told where somebody waits.
func (d *Desk) tidyPrepared(doing string, tidy func() error) {
	if err := tidy(); err != nil && !errors.Is(err, localstore.ErrClosed) {
		d.log.Error(doing, "cause", err)
	}
}

// after is what a signature goes after: under a certificate it follows the marks that it speaks of.
func (p Paper) after() string {
	if p.Kind != api.ObjectKindCertificate || strings.TrimSpace(p.Purchase) == "" {
		return ""
	}
	return pageAggregate + pageID(p.Purchase, p.Direction)
}
