package app

import (
	"slices"
	"unicode"
)

// Piece is a run of words of a text beside another text.
type Piece struct {
	Text string
	Kind PieceKind
}

// PieceKind says which of two texts a piece is in.
type PieceKind int

// The kinds.
const (
	PieceSame PieceKind = iota // in both
	PieceNew                   // in the text alone
	PieceGone                  // in the text that it is compared with alone
)

// differMost bounds the work of comparing: words of one text times words of the other.
const differMost = 4 << 20

// Differ compares a text, word by word, with the one that it came from. What is the same and new makes the
// text; what is the same and gone, the other one.
func Differ(was, now string) []Piece {
	old, fresh := wordsOf(was), wordsOf(now)
	begin := 0
	for begin < len(old) && begin < len(fresh) && old[begin] == fresh[begin] {
		begin++
	}
	end := 0
	for end < len(old)-begin && end < len(fresh)-begin && old[len(old)-1-end] == fresh[len(fresh)-1-end] {
		end++
	}
	var d differing
	d.add(PieceSame, old[:begin]...)
	d.middle(old[begin:len(old)-end], fresh[begin:len(fresh)-end])
	d.add(PieceSame, old[len(old)-end:]...)
	return d.pieces
}

type differing struct{ pieces []Piece }

// add puts words behind what is there, in one piece with words of the same kind.
func (d *differing) add(kind PieceKind, words ...string) {
	for _, w := range words {
		if n := len(d.pieces); n > 0 && d.pieces[n-1].Kind == kind {
			d.pieces[n-1].Text += w
			continue
		}
		d.pieces = append(d.pieces, Piece{Text: w, Kind: kind})
	}
}

// middle compares what begins and ends with other words, by their longest common subsequence.
func (d *differing) middle(old, fresh []string) {
	if len(old)*len(fresh) > differMost {
		d.add(PieceGone, old...)
		d.add(PieceNew, fresh...)
		return
	}
	// common[i][j] is how many words old[i:] and fresh[j:] have in common, in order.
	common := make([][]int32, len(old)+1)
	for i := range common {
		common[i] = make([]int32, len(fresh)+1)
	}
	for i, o := range slices.Backward(old) {
		for j, f := range slices.Backward(fresh) {
			if o == f {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(old) && j < len(fresh) {
		switch {
		case old[i] == fresh[j]:
			d.add(PieceSame, old[i])
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			d.add(PieceGone, old[i])
			i++
		default:
			d.add(PieceNew, fresh[j])
			j++
		}
	}
	d.add(PieceGone, old[i:]...)
	d.add(PieceNew, fresh[j:]...)
}

// wordsOf cuts a text into words, each with the blanks behind it.
func wordsOf(text string) (words []string) {
	from, blank := 0, false
	for i, r := range text {
		if space := unicode.IsSpace(r); blank && !space {
			words = append(words, text[from:i])
			from = i
			blank = false
		} else {
			blank = space
		}
	}
	if from < len(text) {
		words = append(words, text[from:])
	}
	return words
}
