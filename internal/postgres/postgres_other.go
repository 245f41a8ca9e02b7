//go:build !unix

// Package postgres gives a test a real PostgreSQL database; on this system it skips the test.
package postgres

import "testing"

// Start skips the test.
func Start(t testing.TB) {
	t.Helper()
	t.Skip("a PostgreSQL server of the test's own runs on Unix only")
}

// URL skips the test.
func URL(t testing.TB) string {
	t.Helper()
	Start(t)
	return ""
}
