//go:build cgo

package token

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/miekg/pkcs11"
)

// available tells whether this build can load a driver.
const available = true

// Bounds of what is taken from a driver.
const (
	maxSlots       = 64
	maxObjects     = 256 // certificates on a token
	maxCertificate = 64 << 10
)

// module is a PKCS#11 module, loaded with the first request, so that a crash has somebody to answer
// to. It serves one request at a time.
type module struct {
	path string
	ctx  *pkcs11.Ctx // nil until it is loaded
	why  error       // it can't be
	keys map[uint64]openKey
	last uint64 // handle that was given
}

type openKey struct {
	slot    uint
	session pkcs11.SessionHandle
	object  pkcs11.ObjectHandle
}

func loadDriver(path string) driver { return &module{path: path, keys: map[uint64]openKey{}} }

func (m *module) load() error {
	if m.ctx != nil || m.why != nil {
		return m.why
	}
	ctx := pkcs11.New(m.path)
	if ctx == nil {
		m.why = ErrNoDriver
		return m.why
	}
	if err := ctx.Initialize(); err != nil {
		m.why = faultIn(err)
		return m.why
	}
	m.ctx = ctx
	return nil
}

func (m *module) end() {
	if m.ctx != nil {
		_ = m.ctx.Finalize() // the process ends all the same
	}
}

// list reads what a token shows to everybody: no PIN is needed for certificates.
func (m *module) list() ([]Entry, error) {
	entries := []Entry{}
	err := m.eachToken(func(slot uint, on Entry) error {
		found, err := m.certificates(slot, on)
		if err != nil && !errors.Is(err, ErrRemoved) { // it went while we looked: then it is not there
			return err
		}
		entries = append(entries, found...)
		return nil
	})
	return entries, err
}

// eachToken goes through the tokens that are in.
func (m *module) eachToken(do func(slot uint, on Entry) error) error {
	if err := m.load(); err != nil {
		return err
	}
	slots, err := m.ctx.GetSlotList(true)
	if err != nil {
		return faultIn(err)
	}
	for _, slot := range slots[:min(maxSlots, len(slots))] {
		info, err := m.ctx.GetTokenInfo(slot)
		if err != nil {
			continue // not recognised, or gone
		}
		err = do(slot, Entry{
			Token:   strings.TrimSpace(info.Label),
			Serial:  strings.TrimSpace(info.SerialNumber),
			LastTry: info.Flags&pkcs11.CKF_USER_PIN_FINAL_TRY != 0,
			Locked:  info.Flags&pkcs11.CKF_USER_PIN_LOCKED != 0,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *module) certificates(slot uint, on Entry) ([]Entry, error) {
	session, err := m.ctx.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
	if err != nil {
		return nil, faultIn(err)
	}
	defer func() { _ = m.ctx.CloseSession(session) }()
	objects, err := m.find(session, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE),
		pkcs11.NewAttribute(pkcs11.CKA_CERTIFICATE_TYPE, pkcs11.CKC_X_509),
	})
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, object := range objects {
		values, err := m.ctx.GetAttributeValue(session, object, []*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_ID, nil), pkcs11.NewAttribute(pkcs11.CKA_VALUE, nil),
		})
		if err != nil || len(values) != 2 || len(values[0].Value) == 0 || len(values[1].Value) > maxCertificate {
			continue // an object that can't be read hides no other
		}
		certificate, err := x509.ParseCertificate(values[1].Value)
		if err != nil || certificate.IsCA {
			continue
		}
		entry := on
		entry.ID, entry.Certificate = values[0].Value, values[1].Value
		entries = append(entries, entry)
	}
	return entries, nil
}

func (m *module) find(session pkcs11.SessionHandle, template []*pkcs11.Attribute) ([]pkcs11.ObjectHandle, error) {
	if err := m.ctx.FindObjectsInit(session, template); err != nil {
		return nil, faultIn(err)
	}
	defer func() { _ = m.ctx.FindObjectsFinal(session) }()
	var all []pkcs11.ObjectHandle
	for len(all) < maxObjects {
		some, _, err := m.ctx.FindObjects(session, 32)
		if err != nil {
			return nil, faultIn(err)
		}
		if len(some) == 0 {
			break
		}
		all = append(all, some...)
	}
	return all, nil
}

// open logs in, once, to the token that the entry names, wherever it is now.
func (m *module) open(entry Entry, with mechanism, pin []byte) (uint64, error) {
	slot, found := uint(0), false
	err := m.eachToken(func(at uint, on Entry) error {
		if !sameToken(on, entry) || found {
			return nil
		}
		slot, found = at, true
		if on.Locked {
			return ErrLocked
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if !found {
		return 0, ErrRemoved
	}
	if err := m.can(slot, with); err != nil {
		return 0, err
	}
	m.leave(slot)
	session, err := m.ctx.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
	if err != nil {
		return 0, faultIn(err)
	}
	object, err := m.login(session, entry.ID, pin)
	if err != nil {
		_ = m.ctx.CloseSession(session)
		return 0, err
	}
	m.last++
	m.keys[m.last] = openKey{slot, session, object}
	return m.last, nil
}

// sameToken tells whether two entries name the same token.
func sameToken(a, b Entry) bool { return a.Token == b.Token && a.Serial == b.Serial }

// can asks before the PIN is spent.
func (m *module) can(slot uint, with mechanism) error {
	known, err := m.ctx.GetMechanismList(slot)
	if err != nil {
		return faultIn(err)
	}
	if !slices.ContainsFunc(known, func(k *pkcs11.Mechanism) bool { return uint64(k.Mechanism) == uint64(with) }) {
		return fmt.Errorf("%w: mechanism %#x", ErrUnsupported, uint64(with))
	}
	return nil
}

// leave ends what is open on a slot: a login would else stand for whoever comes next, with any PIN.
func (m *module) leave(slot uint) {
	_ = m.ctx.CloseAllSessions(slot) // on a token that has gone there are none
	for handle, key := range m.keys {
		if key.slot == slot {
			delete(m.keys, handle)
		}
	}
}

func (m *module) login(session pkcs11.SessionHandle, id, pin []byte) (pkcs11.ObjectHandle, error) {
	// The binding wants a string; this one is the buffer itself, which is overwritten afterwards.
	if err := m.ctx.Login(session, pkcs11.CKU_USER, unsafe.String(unsafe.SliceData(pin), len(pin))); err != nil {
		return 0, faultIn(err)
	}
	objects, err := m.find(session, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY),
		pkcs11.NewAttribute(pkcs11.CKA_ID, bytes.Clone(id)),
	})
	if err != nil {
		return 0, err
	}
	if len(objects) == 0 {
		return 0, ErrNoKey
	}
	return objects[0], nil
}

func (m *module) sign(handle uint64, with mechanism, data []byte) ([]byte, error) {
	key, open := m.keys[handle]
	if !open {
		return nil, ErrRemoved
	}
	err := m.ctx.SignInit(key.session, []*pkcs11.Mechanism{pkcs11.NewMechanism(uint(with), nil)}, key.object)
	if err != nil {
		return nil, faultIn(err)
	}
	signature, err := m.ctx.Sign(key.session, data)
	if err != nil {
		return nil, faultIn(err)
	}
	return signature, nil
}

func (m *module) close(handle uint64) error {
	if key, open := m.keys[handle]; open {
		m.leave(key.slot)
	}
	return nil
}

// faultIn is the error of this package for what a driver returned (PKCS#11 2.40, 5.1).
func faultIn(err error) error {
	var code pkcs11.Error
	if !errors.As(err, &code) {
		return errors.Join(ErrDevice, err)
	}
	var known error
	switch code {
	case pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_INVALID, pkcs11.CKR_PIN_LEN_RANGE:
		known = ErrWrongPIN
	case pkcs11.CKR_PIN_LOCKED:
		known = ErrLocked
	case pkcs11.CKR_PIN_EXPIRED, pkcs11.CKR_USER_PIN_NOT_INITIALIZED:
		known = ErrPINExpired
	case pkcs11.CKR_DEVICE_REMOVED, pkcs11.CKR_TOKEN_NOT_PRESENT, pkcs11.CKR_TOKEN_NOT_RECOGNIZED,
		pkcs11.CKR_OBJECT_HANDLE_INVALID, pkcs11.CKR_KEY_HANDLE_INVALID, pkcs11.CKR_SESSION_HANDLE_INVALID,
		pkcs11.CKR_SESSION_CLOSED, pkcs11.CKR_SLOT_ID_INVALID, pkcs11.CKR_USER_NOT_LOGGED_IN:
		known = ErrRemoved
	case pkcs11.CKR_MECHANISM_INVALID, pkcs11.CKR_MECHANISM_PARAM_INVALID, pkcs11.CKR_KEY_TYPE_INCONSISTENT,
		pkcs11.CKR_KEY_FUNCTION_NOT_PERMITTED:
		known = ErrUnsupported
	case pkcs11.CKR_FUNCTION_CANCELED, pkcs11.CKR_FUNCTION_REJECTED:
		known = ErrRefused
	default:
		known = ErrDevice
	}
	return fmt.Errorf("%w: %w", known, err)
}
