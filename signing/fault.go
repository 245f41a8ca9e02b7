package signing

import "errors"

// Errors of opening a key.
var (
	// ErrNotPKCS12 means that the data is something else than a PKCS#12 key file.
	ErrNotPKCS12 = errors.New("not a PKCS#12 file")
	// ErrDamaged means that a PKCS#12 file is cut short or inconsistent.
	ErrDamaged = errors.New("damaged key file")
	// ErrWrongPassword means that the file's MAC doesn't match under the password.
	ErrWrongPassword = errors.New("wrong password")
	// ErrNoKey means that the file holds no private key with its certificate.
	ErrNoKey = errors.New("no private key with its certificate in the file")
	// ErrUnsupportedKey means a key, or a protection of it, that this package has no algorithm for.
	ErrUnsupportedKey = errors.New("unsupported key")
	// ErrLegacyKey is the [ErrUnsupportedKey] of GOST keys by the standard of 2004.
	ErrLegacyKey = &kindOf{parent: ErrUnsupportedKey, text: "GOST keys of 2004 are not supported"}
	// ErrCostly means that the file demands more password stretching than is reasonable.
	ErrCostly = errors.New("key file demands too many iterations")
)

// Errors of signing.
var (
	// ErrAuthKey means that a key for logging in was offered for a document.
	ErrAuthKey = errors.New("authentication key can't sign documents")
	// ErrNotForSigning means a certificate whose key usage allows neither documents nor logins.
	ErrNotForSigning = errors.New("certificate is not meant for signing")
	// ErrExpired means that the certificate's validity has ended.
	ErrExpired = errors.New("certificate has expired")
	// ErrNotYetValid means that the certificate's validity has not begun.
	ErrNotYetValid = errors.New("certificate is not yet valid")
	// ErrOtherPerson means that the certificate is somebody else's than expected.
	ErrOtherPerson = errors.New("certificate belongs to another person")
	// ErrLoginText means that a document begins as a login text does.
	ErrLoginText = errors.New("content is a login text, not a document")
	// ErrClosed means that the key has been closed.
	ErrClosed = errors.New("key is closed")
	// ErrSelfCheck means that a fresh signature didn't verify: the key and the certificate disagree.
	ErrSelfCheck = errors.New("fresh signature doesn't verify")
	// ErrOtherContent means that the signature to sign beside is over another content, is none, or is such
	// that nobody could verify the one who joins it.
	ErrOtherContent = errors.New("signature to join is over another content")
	// ErrTooLarge means an attached signature of a content that large, with nowhere to write it to.
	ErrTooLarge = errors.New("content is too large to be put into a signature in memory")
)

// Errors of logging in and of trust.
var (
	// ErrBadLoginText means a login text with an empty or many-lined field.
	ErrBadLoginText = errors.New("malformed login text")
	// ErrLoginExpired means that a login came after its text's expiry.
	ErrLoginExpired = errors.New("login text has expired")
	// ErrInvalid means that a signature was checked and refused; see [InvalidError].
	ErrInvalid = errors.New("signature is not valid")
	// ErrNotCertificate means that the data is no X.509 certificate.
	ErrNotCertificate = errors.New("not a certificate")
	// ErrNotPinned means that an anchor is not one of the pinned national ones.
	ErrNotPinned = errors.New("anchor is not a pinned one")
	// ErrDemoAnchor means that a demo's or the test contour's authority was offered as an anchor.
	ErrDemoAnchor = errors.New("anchor is a demo or test authority")
)

// InvalidError is an [ErrInvalid] with the report that says why.
type InvalidError struct{ Report Report }

func (e *InvalidError) Error() string {
	for _, s := range e.Report.Steps {
		if s.Outcome == Failed {
			return ErrInvalid.Error() + ": " + string(s.Name) + ": " + s.Reason
		}
	}
	return ErrInvalid.Error()
}

func (e *InvalidError) Unwrap() error { return ErrInvalid }

// kindOf is an error that is also its parent.
type kindOf struct {
	parent error
	text   string
}

func (e *kindOf) Error() string { return e.text }
func (e *kindOf) Unwrap() error { return e.parent }

// Fault is the stable code of an error of this package, the <code> of the text key
// "signing.fault.<code>"; "" for nil and "unknown" for an error of somebody else.
func Fault(err error) string {
	if err == nil {
		return ""
	}
	for _, f := range faults() {
		if errors.Is(err, f.err) {
			return f.code
		}
	}
	return "unknown"
}

type fault struct {
	err  error
	code string
}

// faults lists the more special errors before those that they wrap.
func faults() []fault {
	return []fault{
		{ErrNotPKCS12, "not_key_file"},
		{ErrDamaged, "damaged"},
		{ErrWrongPassword, "wrong_password"},
		{ErrNoKey, "no_key"},
		{ErrLegacyKey, "legacy_key"},
		{ErrUnsupportedKey, "unsupported_key"},
		{ErrCostly, "costly"},
		{ErrAuthKey, "auth_key"},
		{ErrNotForSigning, "not_for_signing"},
		{ErrExpired, "expired"},
		{ErrNotYetValid, "not_yet_valid"},
		{ErrOtherPerson, "other_person"},
		{ErrLoginText, "login_text"},
		{ErrClosed, "closed"},
		{ErrSelfCheck, "self_check"},
		{ErrOtherContent, "other_content"},
		{ErrTooLarge, "too_large"},
		{ErrBadLoginText, "bad_login_text"},
		{ErrLoginExpired, "login_expired"},
		{ErrInvalid, "invalid"},
		{ErrNotCertificate, "not_certificate"},
		{ErrNotPinned, "not_pinned"},
		{ErrDemoAnchor, "demo_anchor"},
	}
}
