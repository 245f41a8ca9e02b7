//go:build !amd64

package gost

func lookUp(entry *affine, window *[combHalf]affine, place uint64) {
	lookUpGeneric(entry, window, place)
}
