//go:build !amd64

package gost

func foldMul(z, x, y *element) { foldMulGeneric(z, x, y) }

func foldSquare(z, x *element) { foldSquareGeneric(z, x) }

func foldAdd(z, x, y *element) { foldAddGeneric(z, x, y) }

func foldSub(z, x, y *element) { foldSubGeneric(z, x, y) }
