#include "textflag.h"

// LPS makes X the vector LPS(X) of RFC 6986.
//	Z16…Z23  matrices, the n-th for the vector turned by n words
//	Z24…Z27  substitution
//	Z28      transposition
#define LPS(X) \
	VPMOVB2M X, K1                  \ // S: bit 7 of a byte chooses the half of the table
	VMOVDQA64 X, Z2                 \
	VMOVDQA64 X, Z3                 \
	VPERMI2B Z25, Z24, Z2           \
	VPERMI2B Z27, Z26, Z3           \
	VPBLENDMB Z3, Z2, K1, Z2        \
	VALIGNQ $1, Z2, Z2, Z3          \ // L: every word of the result takes something of every word
	VALIGNQ $2, Z2, Z2, Z4          \
	VALIGNQ $3, Z2, Z2, Z5          \
	VALIGNQ $4, Z2, Z2, Z6          \
	VALIGNQ $5, Z2, Z2, Z7          \
	VALIGNQ $6, Z2, Z2, Z8          \
	VALIGNQ $7, Z2, Z2, Z9          \
	VGF2P8AFFINEQB $0, Z16, Z2, Z2  \
	VGF2P8AFFINEQB $0, Z17, Z3, Z3  \
	VGF2P8AFFINEQB $0, Z18, Z4, Z4  \
	VGF2P8AFFINEQB $0, Z19, Z5, Z5  \
	VGF2P8AFFINEQB $0, Z20, Z6, Z6  \
	VGF2P8AFFINEQB $0, Z21, Z7, Z7  \
	VGF2P8AFFINEQB $0, Z22, Z8, Z8  \
	VGF2P8AFFINEQB $0, Z23, Z9, Z9  \
	VPTERNLOGQ $0x96, Z4, Z3, Z2    \
	VPTERNLOGQ $0x96, Z7, Z6, Z5    \
	VPXORQ Z9, Z8, Z8               \
	VPTERNLOGQ $0x96, Z8, Z5, Z2    \
	VPERMB Z2, Z28, X               // P

// func compressByVectors(h, n, m *vector, k *instructed)
TEXT ·compressByVectors(SB), NOSPLIT, $0-32
	MOVQ h+0(FP), DI
	MOVQ n+8(FP), SI
	MOVQ m+16(FP), DX
	MOVQ k+24(FP), AX

	VMOVDQU64 0(AX), Z16
	VMOVDQU64 64(AX), Z17
	VMOVDQU64 128(AX), Z18
	VMOVDQU64 192(AX), Z19
	VMOVDQU64 256(AX), Z20
	VMOVDQU64 320(AX), Z21
	VMOVDQU64 384(AX), Z22
	VMOVDQU64 448(AX), Z23
	VMOVDQU64 512(AX), Z24
	VMOVDQU64 576(AX), Z25
	VMOVDQU64 640(AX), Z26
	VMOVDQU64 704(AX), Z27
	VMOVDQU64 768(AX), Z28

	VMOVDQU64 (DI), Z0
	VMOVDQU64 (DX), Z1
	VPXORQ Z0, Z1, Z10 // h ⊕ m, for the end
	VPXORQ (SI), Z0, Z0
	LPS(Z0)

	ADDQ $832, AX
	MOVQ $12, CX
round:
	VPXORQ Z0, Z1, Z1
	VPXORQ (AX), Z0, Z0
	LPS(Z0)
	LPS(Z1)
	ADDQ $64, AX
	DECQ CX
	JNZ round

	VPTERNLOGQ $0x96, Z1, Z0, Z10
	VMOVDQU64 Z10, (DI)
	VZEROUPPER
	RET
