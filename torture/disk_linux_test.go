package torture

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
)

// disk is a small one of its own, in memory.
type disk struct {
	t      *testing.T
	folder string
}

// smallDisk mounts one. Only root may: where the tests are run by somebody else, what stands for it are the tests of
// localstore and of the centre's store, with a limit on the size of a file.
func smallDisk(t *testing.T, size int) disk {
	t.Helper()
	d := disk{t, t.TempDir()}
	err := syscall.Mount("tmpfs", d.folder, "tmpfs", 0, fmt.Sprintf("size=%d", size))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skip("only root mounts a small disk")
	}
	ok(t, err)
	t.Cleanup(func() {
		if err := syscall.Unmount(d.folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d disk) grow(size int) {
	d.t.Helper()
	ok(d.t, syscall.Mount("tmpfs", d.folder, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%d", size)))
}

// fill takes all the room that is left, but for a little.
func (d disk) fill(path string) {
	d.t.Helper()
	var room syscall.Statfs_t
	ok(d.t, syscall.Statfs(d.folder, &room))
	const left = 256 << 10
	ok(d.t, os.WriteFile(path, make([]byte, max(0, int(room.Bavail)*int(room.Bsize)-left)), 0o600))
}
