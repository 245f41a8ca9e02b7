package app_test

import (
	"context"
	"testing"
)

// TestADeskCopiesTheRecordsByItself: a damaged file costs what was typed since the last copy.
func TestADeskCopiesTheRecordsByItself(t *testing.T) {
	auditor := given(t).enter("auditor")
	before, err := auditor.Storage()
	ok(t, err)
	over, end := context.WithCancel(ctx)
	end()
	auditor.Run(over)
	after, err := auditor.Storage()
	ok(t, err)
	auditor.Run(over)
	again, err := auditor.Storage()
	ok(t, err)
	if !before.Copied.IsZero() || after.Copied.IsZero() || !again.Copied.Equal(after.Copied) {
		t.Errorf("copied at %v, %v, %v", before.Copied, after.Copied, again.Copied)
	}
}
