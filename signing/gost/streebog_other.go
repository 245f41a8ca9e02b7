//go:build !amd64

package gost

// compress makes h the state after the block m, before which n bits were hashed.
func compress(h, n, m *vector) { compressByTables(h, n, m) }
