package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

const cgroupsPath = "/sys/fs/cgroup"

// emptyCgroups removes the control groups of dead Pods below a node's own, as a machine that
// starts again has none: the kubelet looks for the containers of each that it finds for seconds.
func emptyCgroups(root string) error {
	trees := []string{filepath.Join(cgroupsPath, root)} // version 2
	hierarchies, _ := filepath.Glob(filepath.Join(cgroupsPath, "*", root))
	var problems []error
	for _, tree := range append(trees, hierarchies...) {
		problems = append(problems, emptyTree(tree))
	}
	return errors.Join(problems...)
}

// emptyTree removes all folders below one, the deepest first. Their files are the kernel's.
func emptyTree(tree string) error {
	var folders []string
	_ = filepath.WalkDir(tree, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && path != tree {
			folders = append(folders, path)
		}
		return nil // one that cannot be read is gone
	})
	slices.Reverse(folders)
	for _, folder := range folders {
		if err := os.Remove(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
