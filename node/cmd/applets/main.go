// Command applets is what Debian's busybox lacks of Docker Hub's: it is linked under each of its
// names and does what that name asks for, with busybox's options, messages and exit codes.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Applet is one command. What it returns becomes the exit code and, but for Exit, the message.
type Applet struct {
	usage string
	run   func(args []string) error
}

// Exit ends an applet with this code and without a message.
type Exit int

func (e Exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// Misuse is answered with what is wrong, if that can be said, and how the applet is used.
type Misuse string

func (m Misuse) Error() string { return string(m) }

func applets() map[string]Applet {
	return map[string]Applet{
		"flock":      {flockUsage, flock},
		"install":    {installUsage, install},
		"mountpoint": {mountpointUsage, mountpoint},
		"nc":         {ncUsage, nc},
		"nice":       {niceUsage, nice},
		"nohup":      {nohupUsage, nohup},
		"pgrep":      {pgrepUsage, pgrep},
		"pkill":      {pkillUsage, pkill},
		"printenv":   {printenvUsage, printenv},
		"su":         {suUsage, su},
		"wget":       {wgetUsage, wget},
	}
}

func main() {
	name := filepath.Base(os.Args[0])
	applet, known := applets()[name]
	if !known {
		fmt.Fprintf(os.Stderr, "%s: applet not found\n", name)
		os.Exit(127)
	}
	os.Exit(exitCode(name, applet.usage, applet.run(os.Args[1:])))
}

func exitCode(name, usage string, err error) int {
	var code Exit
	var misuse Misuse
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &misuse):
		if misuse != "" {
			fmt.Fprintf(os.Stderr, "%s: %s\n", name, misuse)
		}
		fmt.Fprintf(os.Stderr, "BusyBox v1.35.0 multi-call binary.\n\nUsage: %s\n", usage)
	default:
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	}
	return 1
}

// failed is what was tried, and the system's reason in C's words where there is one.
func failed(err error, format string, values ...any) error {
	text := fmt.Sprintf(format, values...)
	var number syscall.Errno
	if !errors.As(err, &number) {
		return errors.New(text)
	}
	reason := number.Error()
	if 'a' <= reason[0] && reason[0] <= 'z' {
		reason = string(reason[0]-'a'+'A') + reason[1:]
	}
	return errors.New(text + ": " + reason)
}
