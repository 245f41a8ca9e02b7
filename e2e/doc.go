// Package e2e drives the real program in a real window: its input is X events alone, its outcomes
// are read from the central API and from the pixels of the screen. The program has no hook for it.
//
// Its limit: it knows the program by its words, as a person does; a reworded button is a changed test.
package e2e
