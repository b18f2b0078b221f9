package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// needless is what no container looks at, by prefix.
var needless = []string{
	"dev/", "proc/", "sys/", "usr/share/doc/", "usr/share/man/", "usr/share/info/",
	"usr/share/locale/", "usr/share/lintian/", "usr/share/bash-completion/", "usr/share/bug/",
	"usr/lib/gconv/", "lib/gconv/", "etc/cron.daily/", "etc/init.d/", "etc/logrotate.d/", "lib/systemd/",
	"usr/lib/systemd/", "etc/default/", "var/cache/apt/", "var/lib/apt/",
	"etc/apt/", "etc/dpkg/", "etc/fstab", "etc/hostname", "etc/resolv.conf", "var/lib/dpkg/",
}

// packageLayer is the root file system unpacked from Debian packages, without what the base's own
// has already. Layers are not compressed: they never leave the machine, and unpacking is what a
// cluster's start waits for.
func packageLayer(recipe Recipe, sources Sources) (v1.Layer, error) {
	if len(recipe.Packages) == 0 {
		return nil, nil
	}
	known, err := entriesOf(recipe.Base, sources)
	if err != nil {
		return nil, err
	}
	input, err := os.Open(sources.root(recipe.Title))
	if err != nil {
		return nil, err
	}
	defer input.Close()
	var output bytes.Buffer
	needed := func(header *tar.Header) bool {
		return !isOneOf(needless, header) && !isOneOf(recipe.Without, header) && !known[keyOf(header)]
	}
	if err := copyIf(needed, tar.NewWriter(&output), tar.NewReader(input)); err != nil {
		return nil, err
	}
	return static.NewLayer(output.Bytes(), types.OCIUncompressedLayer), nil
}

// entry is what makes an unpacked file the same as another's.
type entry struct {
	name, link string
	kind       byte
	size, mode int64
}

func keyOf(header *tar.Header) entry {
	return entry{header.Name, header.Linkname, header.Typeflag, header.Size, header.Mode}
}

// entriesOf lists what a base was unpacked to: the same packages unpack to the same files.
func entriesOf(base string, sources Sources) (map[entry]bool, error) {
	known := map[entry]bool{}
	if base == "" {
		return known, nil
	}
	input, err := os.Open(sources.root(base))
	if err != nil {
		return nil, err
	}
	defer input.Close()
	for reader := tar.NewReader(input); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return known, nil
		}
		if err != nil {
			return nil, err
		}
		known[keyOf(header)] = true
	}
}

func copyIf(needed func(*tar.Header) bool, output *tar.Writer, input *tar.Reader) error {
	for {
		header, err := input.Next()
		if errors.Is(err, io.EOF) {
			return output.Close()
		}
		if err != nil {
			return err
		}
		if !needed(header) {
			continue
		}
		if err := output.WriteHeader(header); err != nil {
			return err
		}
		if _, err := io.Copy(output, input); err != nil {
			return err
		}
	}
}

// architectureFolder is left out of names: usr/lib/x86_64-linux-gnu/gconv counts as usr/lib/gconv.
var architectureFolder = regexp.MustCompile(`^((?:usr/)?lib/)[a-z0-9_]+-linux-gnu/`)

func isOneOf(prefixes []string, header *tar.Header) bool {
	name := architectureFolder.ReplaceAllString(strings.TrimPrefix(header.Name, "./"), "$1")
	return slices.ContainsFunc(prefixes, func(prefix string) bool {
		isFolder := name == prefix && header.Typeflag == tar.TypeDir
		return strings.HasPrefix(name, prefix) && !isFolder
	})
}

// ownLayer is what the recipe itself adds.
func ownLayer(recipe Recipe, sources Sources) (v1.Layer, error) {
	var output bytes.Buffer
	writer := &layerWriter{tar: tar.NewWriter(&output)}
	writer.folders(recipe.Folders)
	writer.files(recipe.Files)
	writer.programs(recipe.Programs, sources.programs)
	writer.applets(recipe, sources)
	writer.links(recipe.Links)
	if writer.err == nil {
		writer.err = writer.tar.Close()
	}
	if writer.err != nil {
		return nil, writer.err
	}
	return static.NewLayer(output.Bytes(), types.OCIUncompressedLayer), nil
}

// layerWriter keeps the first error, so that each kind of entry reads straight on.
type layerWriter struct {
	tar *tar.Writer
	err error
}

func (w *layerWriter) add(header tar.Header, data []byte) {
	if w.err != nil {
		return
	}
	header.Name = strings.TrimPrefix(header.Name, "/")
	header.Size = int64(len(data))
	if w.err = w.tar.WriteHeader(&header); w.err == nil {
		_, w.err = w.tar.Write(data)
	}
}

func (w *layerWriter) folders(folders map[string]Folder) {
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		folder := folders[name]
		w.add(tar.Header{
			Typeflag: tar.TypeDir, Name: name + "/", Mode: octal(folder.Mode, 0o755),
			Uid: folder.Owner, Gid: folder.Owner,
		}, nil)
	}
}

func (w *layerWriter) files(files map[string]File) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := files[name]
		w.add(tar.Header{
			Typeflag: tar.TypeReg, Name: name, Mode: octal(file.Mode, 0o644),
		}, []byte(file.Text))
	}
}

func (w *layerWriter) programs(programs map[string]string, folder string) {
	for _, name := range slices.Sorted(maps.Keys(programs)) {
		data, err := os.ReadFile(filepath.Join(folder, programs[name]))
		if w.err == nil {
			w.err = err
		}
		w.add(tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o755}, data)
	}
}

func (w *layerWriter) links(links map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(links)) {
		w.add(tar.Header{
			Typeflag: tar.TypeSymlink, Name: name, Linkname: links[name], Mode: 0o777,
		}, nil)
	}
}

// applets links busybox once for each applet, unless the recipe has something of that name.
func (w *layerWriter) applets(recipe Recipe, sources Sources) {
	if recipe.Applets == "" || w.err != nil {
		return
	}
	names, err := os.ReadFile(filepath.Join(sources.roots, recipe.Title+".applets"))
	if err != nil {
		w.err = fmt.Errorf("names of busybox's applets: %w", err)
		return
	}
	for _, name := range strings.Fields(string(names)) {
		place := path.Join("/bin", name)
		_, program := recipe.Programs[place]
		_, link := recipe.Links[place]
		if program || link || name == "busybox" {
			continue
		}
		w.add(tar.Header{
			Typeflag: tar.TypeSymlink, Name: place, Linkname: recipe.Applets, Mode: 0o777,
		}, nil)
	}
}

// octal reads a mode written in decimal digits as the octal number that is meant: 755, 1777.
func octal(digits, otherwise int64) int64 {
	if digits == 0 {
		return otherwise
	}
	mode, err := strconv.ParseInt(strconv.FormatInt(digits, 10), 8, 64)
	if err != nil {
		return otherwise
	}
	return mode
}
