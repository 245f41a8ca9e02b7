//go:build unix

package token

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// privateOutput takes the standard output away from the driver, which may print to it what is no
// frame: what it prints is thrown away. Nor shall a crash leave an image of the memory that a PIN is in.
func privateOutput() (*os.File, error) {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return nil, fmt.Errorf("forbidding images of the memory: %w", err)
	}
	kept, err := unix.Dup(1)
	if err != nil {
		return nil, fmt.Errorf("keeping the standard output: %w", err)
	}
	unix.CloseOnExec(kept)
	nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("keeping the standard output: %w", err)
	}
	defer nowhere.Close()
	if err := unix.Dup2(int(nowhere.Fd()), 1); err != nil {
		return nil, fmt.Errorf("keeping the standard output: %w", err)
	}
	return os.NewFile(uintptr(kept), "answers"), nil
}
