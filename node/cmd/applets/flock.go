package main

import (
	"errors"
	"fmt"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

func flock(args []string) error {
	options, err := Syntax{letters: "+sxnu", long: map[string]string{
		"shared": "s", "exclusive": "x", "unlock": "u", "nonblock": "n",
	}}.parse(args)
	if err != nil {
		return err
	}
	if len(options.rest) == 0 {
		return Misuse("")
	}
	number, err := lockable(options.rest)
	if err != nil {
		return err
	}
	switch err := unix.Flock(number, lockMode(options)); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return Exit(1)
	case err != nil:
		return failed(err, "flock")
	}
	command := options.rest[1:]
	if len(command) == 0 {
		return nil
	}
	if command[0] == "-c" || command[0] == "--command" {
		if len(command) != 2 {
			return errors.New("-c takes only one argument")
		}
		command = []string{"/bin/sh", "-c", command[1]}
	}
	// The lock goes with the open file, which the command takes over, and ends with it.
	return become(command)
}

// lockable is an open file of the caller's, or one that is opened and stays open.
func lockable(words []string) (int, error) {
	if len(words) == 1 {
		number, err := strconv.Atoi(words[0])
		if err != nil {
			return 0, fmt.Errorf("invalid number '%s'", words[0])
		}
		return number, nil
	}
	number, err := unix.Open(words[0], unix.O_RDONLY|unix.O_NOCTTY|unix.O_CREAT, 0o666)
	if errors.Is(err, syscall.EISDIR) {
		number, err = unix.Open(words[0], unix.O_RDONLY|unix.O_NOCTTY, 0)
	}
	if err != nil {
		return 0, failed(err, "can't open '%s'", words[0])
	}
	return number, nil
}

func lockMode(options Options) int {
	mode := unix.LOCK_EX
	switch {
	case options.has("u"):
		mode = unix.LOCK_UN
	case options.has("s"):
		mode = unix.LOCK_SH
	}
	if options.has("n") {
		mode |= unix.LOCK_NB
	}
	return mode
}
