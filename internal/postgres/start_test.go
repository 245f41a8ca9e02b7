//go:build unix

package postgres

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
)

func TestAServerThatDoesNotStartSaysWhyAndLeavesNothing(t *testing.T) {
	var s server
	err := s.start("/no/such/folder")
	if err == nil || !strings.Contains(err.Error(), "/no/such/folder/initdb") {
		t.Errorf("it says: %v", err)
	}
	if _, err := os.Stat(s.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its folder is still there: %v", err)
	}
}
