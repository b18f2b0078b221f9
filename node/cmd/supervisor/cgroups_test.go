package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestOnlyWhatIsBelowATreeIsRemoved(t *testing.T) {
	tree := filepath.Join(t.TempDir(), "node")
	for _, folder := range []string{"kubepods/besteffort/pod1/c1", "kubepods/burstable", "other"} {
		if err := os.MkdirAll(filepath.Join(tree, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := emptyTree(tree); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(tree)
	if err != nil || len(left) != 0 {
		t.Error(left, err)
	}
	if err := emptyTree(filepath.Join(tree, "never", "there")); err != nil {
		t.Error(err)
	}
}
