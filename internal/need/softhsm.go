package need

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// SoftHSM gives the path of SoftHSM's PKCS#11 module, which has one token then, of the test's own and empty, under
// the label and the PIN.
func SoftHSM(t *testing.T, label, pin string) (module string) {
	t.Helper()
	Program(t, "softhsm2-util")
	for _, pattern := range []string{
		"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so", "/usr/lib*/pkcs11/libsofthsm2.so",
		"/usr/lib*/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so",
	} {
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			module = found[0]
			break
		}
	}
	if module == "" {
		missing(t, "SoftHSM's PKCS#11 module")
	}
	folder := t.TempDir()
	config := filepath.Join(folder, "softhsm2.conf")
	settings := "directories.tokendir = " + folder + "\nobjectstore.backend = file\nlog.level = ERROR\n"
	if err := os.WriteFile(config, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", config)
	out, err := exec.Command("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", pin).CombinedOutput()
	if err != nil {
		t.Fatalf("making a token: %v\n%s", err, out)
	}
	return module
}
