package signing

import (
	"crypto/x509"
	"sync"
)

// seal remembers whether a list or an answer bears the seal of an authority. To check it is what
// costs, and the same piece of evidence is asked of for many signers and stamps.
type seal struct {
	mu    sync.Mutex
	known map[string]*refusal // by the authority's certificate in DER
}

func (s *seal) check(authority *x509.Certificate, check func() *refusal) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	refused, known := s.known[string(authority.Raw)]
	if !known {
		refused = check()
		if s.known == nil {
			s.known = map[string]*refusal{}
		}
		s.known[string(authority.Raw)] = refused
	}
	return refused
}
