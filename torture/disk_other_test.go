//go:build !linux

package torture

import "testing"

// disk is a small one of its own.
type disk struct{ folder string }

func smallDisk(t *testing.T, _ int) disk {
	t.Helper()
	t.Skip("a small disk is mounted on Linux only")
	return disk{}
}

func (disk) grow(int) {}

func (disk) fill(string) {}
