package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// become goes on as another program; it only comes back with the reason why it cannot.
func become(command []string) error { return becomeAs(command[0], command) }

func becomeAs(program string, command []string) error {
	path, err := find(program)
	if err == nil {
		err = syscall.Exec(path, command, os.Environ())
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(os.Args[0]), failed(err, "can't execute '%s'", program))
	if errors.Is(err, syscall.ENOENT) {
		return Exit(127)
	}
	return Exit(126)
}

// find looks a program up in PATH.
func find(program string) (string, error) {
	if strings.Contains(program, "/") {
		return program, nil
	}
	for folder := range strings.SplitSeq(os.Getenv("PATH"), ":") {
		path := filepath.Join(folder, program)
		if unix.Access(path, unix.X_OK) == nil {
			return path, nil
		}
	}
	return "", syscall.ENOENT
}

func isTerminal(file *os.File) bool {
	_, err := unix.IoctlGetTermios(int(file.Fd()), unix.TCGETS)
	return err == nil
}
