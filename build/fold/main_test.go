package main

import (
	"os"
	"testing"
)

func TestTheCommittedAssemblyIsWhatIsWritten(t *testing.T) {
	for name, text := range files() {
		committed, err := os.ReadFile("../../signing/gost/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if string(committed) != text {
			t.Errorf("signing/gost/%s is stale: run go generate ./signing/gost", name)
		}
	}
}
