package token

import "errors"

// Errors of tokens and of their drivers.
var (
	// ErrUnavailable means that this build of the program has no PKCS#11 in it (no cgo).
	ErrUnavailable = errors.New("this build of the program can't reach tokens")
	// ErrNoDriver means that the module's file is not there or is no PKCS#11 module.
	ErrNoDriver = errors.New("no PKCS#11 driver at the path")
	// ErrCrashed means that the driver took its process down, or spoke out of turn.
	ErrCrashed = errors.New("the token's driver crashed")
	// ErrHung means that the driver did not answer in time; its process was ended.
	ErrHung = errors.New("the token's driver does not answer")
	// ErrRemoved means that the token, or the session with it, is no longer there: open the key again.
	ErrRemoved = errors.New("the token was removed")
	// ErrWrongPIN means that the token refused the PIN. It has counted the attempt, once.
	ErrWrongPIN = errors.New("wrong PIN")
	// ErrLocked means that the PIN is locked after too many wrong ones.
	ErrLocked = errors.New("the PIN is locked")
	// ErrPINExpired means that the token wants a new PIN before it serves.
	ErrPINExpired = errors.New("the PIN has expired")
	// ErrNoKey means that the token holds no private key for the certificate.
	ErrNoKey = errors.New("no private key for the certificate on the token")
	// ErrUnsupported means that the token has no mechanism for the key's algorithm.
	ErrUnsupported = errors.New("the token can't sign with this kind of key")
	// ErrRefused means that the owner refused on the token itself.
	ErrRefused = errors.New("refused on the token")
	// ErrDevice is every other failure that the token or its driver reports.
	ErrDevice = errors.New("the token reports a failure")
	// ErrSelfCheck means that what the token returned is not the key's signature.
	ErrSelfCheck = errors.New("the token's signature doesn't verify")
)

// Fault is the stable code of an error of this package, the <code> of the text key
// "token.fault.<code>"; "" for nil and for an error of somebody else.
func Fault(err error) string {
	for _, f := range faults() {
		if errors.Is(err, f.err) {
			return f.code
		}
	}
	return ""
}

type fault struct {
	err  error
	code string
}

// faults are also how an error crosses the pipe: as its code.
func faults() []fault {
	return []fault{
		{ErrUnavailable, "unavailable"},
		{ErrNoDriver, "no_driver"},
		{ErrCrashed, "crashed"},
		{ErrHung, "hung"},
		{ErrRemoved, "removed"},
		{ErrWrongPIN, "wrong_pin"},
		{ErrLocked, "locked"},
		{ErrPINExpired, "pin_expired"},
		{ErrNoKey, "no_key"},
		{ErrUnsupported, "unsupported"},
		{ErrRefused, "refused"},
		{ErrDevice, "device"},
		{ErrSelfCheck, "self_check"},
	}
}

// faultOf is the error of a code; [ErrDevice] for a code that nobody knows.
func faultOf(code string) error {
	for _, f := range faults() {
		if f.code == code {
			return f.err
		}
	}
	return ErrDevice
}
