package main

import (
	"os"
	"testing"
)

func TestTheCommittedAssemblyIsWhatIsWritten(t *testing.T) {
	committed, err := os.ReadFile("../../signing/gost/fold_amd64.s")
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != assembly() {
		t.Error("signing/gost/fold_amd64.s is stale: run go generate ./signing/gost")
	}
}
