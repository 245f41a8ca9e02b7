#include "textflag.h"

// func lookUpWide(entry *affine, window *[combHalf]affine, place uint64)
//
// Y0…Y3 collect the entry, Y4 counts, Y5 is one, Y6 the place, Y7 all ones where they are equal.
TEXT ·lookUpWide(SB), NOSPLIT, $0-24
	MOVQ         entry+0(FP), DI
	MOVQ         window+8(FP), SI
	VPBROADCASTQ place+16(FP), Y6
	VPXOR        Y0, Y0, Y0
	VPXOR        Y1, Y1, Y1
	VPXOR        Y2, Y2, Y2
	VPXOR        Y3, Y3, Y3
	VPXOR        Y4, Y4, Y4
	VPCMPEQQ     Y5, Y5, Y5
	VPSRLQ       $63, Y5, Y5
	MOVQ         $32, CX

next:
	VPCMPEQQ Y4, Y6, Y7
	VPADDQ   Y5, Y4, Y4
	VPAND    0(SI), Y7, Y8
	VPAND    32(SI), Y7, Y9
	VPAND    64(SI), Y7, Y10
	VPAND    96(SI), Y7, Y11
	VPOR     Y8, Y0, Y0
	VPOR     Y9, Y1, Y1
	VPOR     Y10, Y2, Y2
	VPOR     Y11, Y3, Y3
	ADDQ     $128, SI
	DECQ     CX
	JNZ      next

	VMOVDQU Y0, 0(DI)
	VMOVDQU Y1, 32(DI)
	VMOVDQU Y2, 64(DI)
	VMOVDQU Y3, 96(DI)
	VZEROUPPER
	RET
