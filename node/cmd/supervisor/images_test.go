package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// writeImage puts an image of one layer into the layout and returns its descriptor.
func writeImage(t *testing.T, layout, letter string, early bool) map[string]any {
	t.Helper()
	digest := func(part string) string { return "sha256:" + strings.Repeat(letter, 63) + part }
	manifest, _ := json.Marshal(map[string]any{
		"config": map[string]string{"digest": digest("1")},
		"layers": []map[string]string{{"digest": digest("2")}},
	})
	path := filepath.Join(layout, "blobs", "sha256", digest("0")[7:])
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, manifest, 0o644); err != nil {
		t.Fatal(err)
	}
	annotations := map[string]string{nameAnnotation: letter}
	if early {
		annotations[earlyAnnotation] = "true"
	}
	return map[string]any{"digest": digest("0"), "size": len(manifest), "annotations": annotations}
}

func TestOnlyEarlyImagesAreImported(t *testing.T) {
	layout, folder := t.TempDir(), t.TempDir()
	index, _ := json.Marshal(map[string]any{"schemaVersion": 2, "manifests": []any{
		writeImage(t, layout, "a", true), writeImage(t, layout, "b", false),
	}})
	if err := os.WriteFile(filepath.Join(layout, "index.json"), index, 0o644); err != nil {
		t.Fatal(err)
	}
	blobs, err := writeEarlyIndex(layout, folder)
	if err != nil {
		t.Fatal(err)
	}
	name := "blobs/sha256/" + strings.Repeat("a", 63)
	if !slices.Equal(blobs, []string{name + "0", name + "1", name + "2"}) {
		t.Error(blobs)
	}
	var written struct{ Manifests []map[string]any }
	if err := readJSON(filepath.Join(folder, "index.json"), &written); err != nil {
		t.Fatal(err)
	}
	if len(written.Manifests) != 1 || written.Manifests[0]["size"] == nil {
		t.Error(written)
	}
}
