package main

import "syscall"

// noRoom are ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
var noRoom = []syscall.Errno{39, 112}
