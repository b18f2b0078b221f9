package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	flockUsage = `flock [-sxun] FD | { FILE [-c] PROG ARGS }

[Un]lock file descriptor, or lock FILE, run PROG

	-s	Shared lock
	-x	Exclusive lock (default)
	-u	Unlock FD
	-n	Fail rather than wait`
	mountpointUsage = `mountpoint [-q] { [-dn] DIR | -x DEVICE }

Check if DIR is a mountpoint

	-q	Quiet
	-d	Print major:minor of the filesystem`
	niceUsage = `nice [-n ADJUST] [PROG ARGS]

Change scheduling priority, run PROG

	-n ADJUST	Adjust priority by ADJUST`
	nohupUsage    = "nohup PROG ARGS\n\nRun PROG immune to hangups, with output to a non-tty"
	printenvUsage = "printenv [VARIABLE]...\n\nPrint environment VARIABLEs.\nIf no VARIABLE specified, print all."
	suUsage       = `su [-lmp] [-s SH] [-] [USER [FILE ARGS | -c 'CMD']]

Run shell under USER (by default, root)

	-,-l	Clear environment, go to home dir, run shell as login shell
	-p,-m	Do not set new $HOME, $SHELL, $USER, $LOGNAME
	-c CMD	Command to pass to 'sh -c'
	-s SH	Shell to use instead of user's default`
)

func printenv(names []string) error {
	if len(names) == 0 {
		for _, pair := range os.Environ() {
			fmt.Println(pair)
		}
		return nil
	}
	var result error
	for _, name := range names {
		if value, set := os.LookupEnv(name); set {
			fmt.Println(value)
		} else {
			result = Exit(1)
		}
	}
	return result
}

func nohup(args []string) error {
	if len(args) == 0 {
		return Misuse("")
	}
	signal.Ignore(syscall.SIGHUP)
	if isTerminal(os.Stdout) {
		file, err := os.OpenFile("nohup.out", os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil {
			return failed(err, "can't open 'nohup.out'")
		}
		fmt.Fprintln(os.Stderr, "nohup: appending output to nohup.out")
		if err := unix.Dup2(int(file.Fd()), 1); err != nil {
			return err
		}
	}
	if isTerminal(os.Stderr) {
		if err := unix.Dup2(1, 2); err != nil {
			return err
		}
	}
	return become(args)
}

func nice(args []string) error {
	options, err := Syntax{letters: "+n:"}.parse(args)
	if err != nil {
		return err
	}
	// A priority belongs to one thread; become goes on with that one.
	runtime.LockOSThread()
	now, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		return failed(err, "getpriority")
	}
	now = 20 - now // the kernel's answer is never negative
	if len(options.rest) == 0 {
		fmt.Println(now)
		return nil
	}
	by, err := strconv.Atoi(options.last("n", "10"))
	if err != nil {
		return fmt.Errorf("invalid number '%s'", options.last("n", ""))
	}
	if err := unix.Setpriority(unix.PRIO_PROCESS, 0, now+by); err != nil {
		return failed(err, "setpriority(%d)", now+by)
	}
	return become(options.rest)
}

func mountpoint(args []string) error {
	options, err := Syntax{letters: "qd"}.parse(args)
	if err != nil || len(options.rest) != 1 {
		return errors.Join(err, Misuse(""))
	}
	name := options.rest[0]
	var here, above unix.Stat_t
	if err := unix.Lstat(name, &here); err != nil {
		return quietly(options, failed(err, "%s", name))
	}
	if here.Mode&unix.S_IFMT != unix.S_IFDIR {
		return quietly(options, failed(syscall.ENOTDIR, "%s", name))
	}
	if err := unix.Stat(name+"/..", &above); err != nil {
		return quietly(options, failed(err, "%s/..", name))
	}
	isOne := here.Dev != above.Dev || here.Ino == above.Ino
	if options.has("d") {
		fmt.Printf("%d:%d\n", unix.Major(here.Dev), unix.Minor(here.Dev))
	} else if !options.has("q") {
		fmt.Printf("%s is %sa mountpoint\n", name, map[bool]string{false: "not "}[isOne])
	}
	if !isOne {
		return Exit(1)
	}
	return nil
}

func quietly(options Options, err error) error {
	if options.has("q") {
		return Exit(1)
	}
	return err
}
