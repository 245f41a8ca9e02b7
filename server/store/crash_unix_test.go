//go:build unix

package store

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestAStoreInAFolderThatCantBeWrittenSaysWhy(t *testing.T) {
	// Nothing is forbidden to root: his child is somebody else, who has to reach the program and the folder.
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	program, folder := filepath.Join(dir, "program"), filepath.Join(dir, "folder")
	content, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []error{
		os.WriteFile(program, content, 0o755), os.Mkdir(folder, 0o755), os.Chmod(dir, 0o755), os.Chmod(folder, 0o555),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	cmd, said := startChild(t, program, "open", filepath.Join(folder, "centre.db"), func(cmd *exec.Cmd) {
		if os.Geteuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
	})
	if !said.Scan() || !strings.Contains(said.Text(), "permission denied") {
		t.Errorf("it says: %s", said.Text())
	}
	if err := cmd.Wait(); err == nil {
		t.Error("it ended well")
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("it left %v %v", left, err)
	}
}
