//go:build !windows

package main

import "syscall"

// noRoom are a full disk, a used-up quota and a limit on the size of a file.
var noRoom = []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}
