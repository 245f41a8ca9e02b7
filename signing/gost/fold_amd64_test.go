package gost

import (
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// An old processor takes the ways in Go: the same tests pass when the newer instructions are hidden.
func TestWithoutTheNewerInstructionsEverythingPassesToo(t *testing.T) {
	again := exec.CommandContext(t.Context(), os.Args[0],
		"-test.run", "Folded|EveryWay|WhatIsSigned|Standards|KalkanCrypts|LookUp|Laws|SumOfMany", "-test.skip", t.Name())
	again.Env = append(again.Environ(), "GODEBUG=cpu.bmi2=off,cpu.adx=off,cpu.avx2=off,cpu.avx512ifma=off")
	if said, err := again.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

// The assembly that is made never branches; the look-up's only branch counts the entries.
func TestTheAssemblyBranchesOnNothingSecret(t *testing.T) {
	jump := regexp.MustCompile(`(?m)^\s+(J[A-Z]+|CALL|LOOP[A-Z]*)\b`)
	for file, want := range map[string]int{"fold_amd64.s": 0, "lanes_amd64.s": 0, "comb_amd64.s": 1} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := jump.FindAllString(string(text), -1); len(found) != want {
			t.Errorf("%s branches %d times: %q", file, len(found), found)
		}
	}
}
