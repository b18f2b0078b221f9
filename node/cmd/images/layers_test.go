package main

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

func entries(t *testing.T, layer v1.Layer) map[string]*tar.Header {
	t.Helper()
	stream, err := layer.Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*tar.Header{}
	reader := tar.NewReader(stream)
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		found[header.Name] = header
	}
}

func writeRoot(t *testing.T, names ...string) Sources {
	t.Helper()
	var data bytes.Buffer
	writer := tar.NewWriter(&data)
	for _, name := range names {
		if err := writer.WriteHeader(&tar.Header{Name: name, Mode: 0o755}); err != nil {
			t.Fatal(err)
		}
	}
	_ = writer.Close()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "box.tar"), data.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "box.applets"), []byte("sh\nbusybox\nls\nnslookup\n"),
		0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "own"), []byte("program"), 0o755); err != nil {
		t.Fatal(err)
	}
	return Sources{roots: folder, programs: folder}
}

func TestNeedlessFilesAreLeftOut(t *testing.T) {
	sources := writeRoot(t, "./bin/busybox", "./usr/share/doc/x", "./dev/null", "./etc/ufw/x")
	recipe := Recipe{Title: "box", Packages: []string{"busybox"}, Without: []string{"etc/ufw"}}
	layer, err := packageLayer(recipe, sources)
	if err != nil {
		t.Fatal(err)
	}
	found := entries(t, layer)
	if len(found) != 1 || found["./bin/busybox"] == nil {
		t.Errorf("%v", found)
	}
}

func TestWhatTheBaseHasIsNotStoredAgain(t *testing.T) {
	sources := writeRoot(t, "./bin/busybox", "./lib/x86_64-linux-gnu/perl/x")
	data, err := os.ReadFile(sources.root("box"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(sources.root("upon"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	recipe := Recipe{Title: "upon", Base: "box", Packages: []string{"perl"}}
	layer, err := packageLayer(recipe, sources)
	if err != nil {
		t.Fatal(err)
	}
	if found := entries(t, layer); len(found) != 0 {
		t.Errorf("%v", found)
	}
	recipe = Recipe{Title: "upon", Packages: []string{"perl"}, Without: []string{"lib/perl"}}
	if layer, err = packageLayer(recipe, sources); err != nil {
		t.Fatal(err)
	}
	if found := entries(t, layer); len(found) != 1 || found["./bin/busybox"] == nil {
		t.Errorf("the architecture's folder counts: %v", found)
	}
}

func TestABaseHasNoBase(t *testing.T) {
	folder := t.TempDir()
	for title, base := range map[string]string{"one": "two", "two": "three", "three": ""} {
		text := "names: [a/" + title + ":1]\nbase: \"" + base + "\"\n"
		if err := os.WriteFile(filepath.Join(folder, title+".yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := readRecipes(folder); err == nil {
		t.Error("a base upon a base was taken")
	}
}

func TestOwnLayer(t *testing.T) {
	sources := writeRoot(t)
	recipe := Recipe{
		Title: "box", Applets: "/bin/busybox",
		Programs: map[string]string{"/bin/nslookup": "own"},
		Folders:  map[string]Folder{"/tmp": {Mode: 1777}},
		Links:    map[string]string{"/var/log/access.log": "/dev/stdout"},
		Files:    map[string]File{"/etc/passwd": {Text: "root:x:0:0::/:/bin/sh\n"}},
	}
	layer, err := ownLayer(recipe, sources)
	if err != nil {
		t.Fatal(err)
	}
	found := entries(t, layer)
	if found["tmp/"].Mode != 0o1777 || found["etc/passwd"].Mode != 0o644 {
		t.Error("modes are not what the recipe says")
	}
	if found["bin/sh"].Linkname != "/bin/busybox" || found["bin/busybox"] != nil {
		t.Error("applets are not linked to busybox")
	}
	if found["bin/nslookup"].Typeflag != tar.TypeReg {
		t.Error("our program does not win over the applet")
	}
	if found["var/log/access.log"].Linkname != "/dev/stdout" {
		t.Error("a link is missing")
	}
}

func TestRecipesOfTheNodeCanBeRead(t *testing.T) {
	recipes, err := readRecipes("../../images")
	if err != nil || len(recipes) < 10 {
		t.Fatalf("%d recipes, %v", len(recipes), err)
	}
}
