package gost

import "golang.org/x/sys/cpu"

func lookUp(entry *affine, window *[combHalf]affine, place uint64) {
	if cpu.X86.HasAVX2 {
		lookUpWide(entry, window, place)
		return
	}
	lookUpGeneric(entry, window, place)
}

// lookUpWide is lookUpGeneric with 32 bytes at a time.
//
//go:noescape
func lookUpWide(entry *affine, window *[combHalf]affine, place uint64)
