package gost

import "golang.org/x/sys/cpu"

//go:generate go run ../../build/fold .

// hasWide tells whether the machine has MULX, ADCX and ADOX, as those of Intel have since 2014 and of AMD since 2017.
func hasWide() bool { return cpu.X86.HasBMI2 && cpu.X86.HasADX }

func foldMul(z, x, y *element) {
	if hasWide() {
		foldMulWide(z, x, y)
		return
	}
	foldMulGeneric(z, x, y)
}

func foldSquare(z, x *element) {
	if hasWide() {
		foldSquareWide(z, x)
		return
	}
	foldSquareGeneric(z, x)
}

func foldAdd(z, x, y *element) { foldAddWords(z, x, y) }

func foldSub(z, x, y *element) { foldSubWords(z, x, y) }

//go:noescape
func foldMulWide(z, x, y *element)

//go:noescape
func foldSquareWide(z, x *element)

//go:noescape
func foldAddWords(z, x, y *element)

//go:noescape
func foldSubWords(z, x, y *element)
