package ncalayer

import "errors"

// Errors of NCALayer. Whether the signature that it gives can serve is said by the errors of package
// signing.
var (
	// ErrAbsent means that nobody answers at NCALayer's address: it is not running.
	ErrAbsent = errors.New("NCALayer is not running")
	// ErrCancelled means that the person closed NCALayer's window without signing.
	ErrCancelled = errors.New("cancelled in NCALayer")
	// ErrRefused means that NCALayer reports a failure.
	ErrRefused = errors.New("NCALayer reports a failure")
	// ErrOutdated means that NCALayer lacks the module that signs.
	ErrOutdated = errors.New("NCALayer lacks its signing module")
	// ErrLate means that there was no answer in time; one that comes later is not taken.
	ErrLate = errors.New("no answer from NCALayer in time")
	// ErrBroken means that the connection ended before the answer.
	ErrBroken = errors.New("connection to NCALayer ended")
	// ErrMalformed means an answer that is no answer of NCALayer's, or a huge one.
	ErrMalformed = errors.New("malformed answer from NCALayer")
	// ErrOtherContent means that the answer is no signature over what was to be signed.
	ErrOtherContent = errors.New("NCALayer's signature is not over the content")
	// ErrKind means a kind of signature that is not asked of NCALayer: attached, or beside another.
	ErrKind = errors.New("NCALayer is asked for detached signatures alone")
)

// Fault is the stable code of an error of this package, the <code> of the text key
// "ncalayer.fault.<code>"; "" for nil and for an error of somebody else.
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

func faults() []fault {
	return []fault{
		{ErrAbsent, "absent"},
		{ErrCancelled, "cancelled"},
		{ErrRefused, "refused"},
		{ErrOutdated, "outdated"},
		{ErrLate, "late"},
		{ErrBroken, "broken"},
		{ErrMalformed, "malformed"},
		{ErrOtherContent, "other_content"},
		{ErrKind, "kind"},
	}
}
