//go:build !cgo

package token

// available tells whether this build can load a driver.
const available = false

func loadDriver(string) driver { return missing{ErrUnavailable} }

// missing is the driver that a build without cgo has.
type missing struct{ why error }

func (m missing) list() ([]Entry, error)                         { return nil, m.why }
func (m missing) open(Entry, mechanism, []byte) (uint64, error)  { return 0, m.why }
func (m missing) sign(uint64, mechanism, []byte) ([]byte, error) { return nil, m.why }
func (m missing) close(uint64) error                             { return m.why }
func (m missing) end()                                           {}
