package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// generatedIsFresh makes every *.gen.go anew and fails when one changed, came or went. The new ones stay: to commit
// them is all that is left to do.
func generatedIsFresh(ctx context.Context, dir string) error {
	before, err := generatedFiles(dir)
	if err != nil {
		return err
	}
	generate := command(ctx, "go", "generate", "./...")
	generate.Dir = dir
	if out, err := generate.Output(); err != nil {
		return fmt.Errorf("go generate: %w\n%s", err, out)
	}
	after, err := generatedFiles(dir)
	if err != nil {
		return err
	}
	if stale := differences(before, after); len(stale) > 0 {
		return fmt.Errorf("these were stale and have been made anew, commit them: %s", strings.Join(stale, ", "))
	}
	return nil
}

// generatedFiles gives the digest of each *.gen.go below dir by its path.
func generatedFiles(dir string) (map[string][sha256.Size]byte, error) {
	digests := map[string][sha256.Size]byte{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != dir && strings.HasPrefix(entry.Name(), ".") {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".gen.go") {
			return nil
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		digests[path] = sha256.Sum256(content)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the generated files: %w", err)
	}
	return digests, nil
}

func differences(before, after map[string][sha256.Size]byte) []string {
	all := maps.Clone(before)
	maps.Copy(all, after)
	var changed []string
	for _, path := range slices.Sorted(maps.Keys(all)) {
		old, had := before[path]
		now, has := after[path]
		if had != has || old != now {
			changed = append(changed, path)
		}
	}
	return changed
}
