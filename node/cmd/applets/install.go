package main

import (
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const installUsage = `install [-cdDsp] [-o USER] [-g GRP] [-m MODE] [-t DIR] [SOURCE]... DEST

Copy files and set attributes

	-c	Just copy (default)
	-d	Create directories
	-D	Create leading target directories
	-s	Strip symbol table
	-p	Preserve date
	-o USER	Set ownership
	-g GRP	Set group ownership
	-m MODE	Set permissions
	-t DIR	Install to DIR`

var installSyntax = Syntax{letters: "cvbDdpsg:m:o:t:", long: map[string]string{
	"directory": "d", "preserve-timestamps": "p", "strip": "s", "group": "g=", "mode": "m=",
	"owner": "o=", "target-directory": "t=", "verbose": "v",
}}

// Installer gives what it makes its mode and owner.
type Installer struct {
	options      Options
	mode         os.FileMode
	owner, group int // numbers; -1: as it is
}

func install(args []string) error {
	options, err := installSyntax.parse(args)
	if err != nil {
		return err
	}
	installer, err := newInstaller(options)
	if err != nil {
		return err
	}
	if options.has("d") {
		return installer.each(options.rest, installer.folder)
	}
	sources, target := options.rest, options.last("t", "")
	if target == "" {
		if len(sources) < 2 {
			return Misuse("")
		}
		sources, target = sources[:len(sources)-1], sources[len(sources)-1]
	}
	return installer.copies(sources, target)
}

func newInstaller(options Options) (Installer, error) {
	installer := Installer{options: options}
	var err error
	text := options.last("m", "0755")
	if installer.mode, err = parseMode(text); err != nil {
		return installer, fmt.Errorf("invalid mode '%s'", text)
	}
	if installer.owner, err = userNumber(options.last("o", "-1")); err != nil {
		return installer, err
	}
	installer.group, err = groupNumber(options.last("g", "-1"))
	syscall.Umask(0)
	return installer, err
}

// each goes on after a failure, tells it and fails in the end.
func (i Installer) each(names []string, act func(string) error) error {
	if len(names) == 0 {
		return Misuse("")
	}
	var result error
	for _, name := range names {
		if err := act(name); err != nil {
			fmt.Fprintln(os.Stderr, "install:", err)
			result = Exit(1)
		}
	}
	return result
}

func (i Installer) folder(name string) error {
	if err := os.MkdirAll(name, 0o755); err != nil {
		return failed(err, "can't create directory '%s'", name)
	}
	return i.dress(name)
}

func (i Installer) copies(sources []string, target string) error {
	information, err := os.Stat(target)
	isFolder := err == nil && information.IsDir()
	if !isFolder && (len(sources) > 1 || i.options.has("t") && !i.options.has("D")) {
		return failed(syscall.ENOTDIR, "can't stat '%s'", target)
	}
	return i.each(sources, func(source string) error {
		place := target
		if isFolder || i.options.has("t") {
			place = filepath.Join(target, filepath.Base(source))
		}
		if i.options.has("D") {
			if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
				return failed(err, "can't create directory '%s'", filepath.Dir(place))
			}
		}
		return i.copy(source, place)
	})
}

func (i Installer) copy(source, place string) error {
	information, err := os.Stat(source)
	if err != nil {
		return failed(err, "can't stat '%s'", source)
	}
	if information.IsDir() {
		return fmt.Errorf("omitting directory '%s'", source)
	}
	if err := copyFile(source, place); err != nil {
		return err
	}
	if i.options.has("p") {
		if err := os.Chtimes(place, information.ModTime(), information.ModTime()); err != nil {
			return failed(err, "can't preserve times of '%s'", place)
		}
	}
	return i.dress(place)
}

// copyFile makes a new file: who still has the old one open, as its program, keeps it.
func copyFile(source, place string) error {
	input, err := os.Open(source)
	if err != nil {
		return failed(err, "can't open '%s'", source)
	}
	defer input.Close()
	_ = syscall.Unlink(place)
	output, err := os.OpenFile(place, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return failed(err, "can't create '%s'", place)
	}
	if _, err := io.Copy(output, input); err != nil {
		output.Close()
		return failed(err, "error writing to '%s'", place)
	}
	return output.Close()
}

// dress sets the owner first: that takes away setuid.
func (i Installer) dress(place string) error {
	if err := os.Lchown(place, i.owner, i.group); err != nil {
		return failed(err, "can't change ownership of %s", place)
	}
	if err := syscall.Chmod(place, uint32(i.mode)); err != nil {
		return failed(err, "can't change permissions of %s", place)
	}
	return nil
}

// parseMode reads octal digits or clauses like `u=rwx,go=rx`, beginning with no permission at all.
func parseMode(text string) (os.FileMode, error) {
	if number, err := strconv.ParseUint(text, 8, 12); err == nil {
		return os.FileMode(number), nil
	}
	var mode os.FileMode
	for clause := range strings.SplitSeq(text, ",") {
		at := strings.IndexAny(clause, "+-=")
		if at < 0 {
			return 0, syscall.EINVAL
		}
		whom, err := bits(clause[:at], map[rune]os.FileMode{'u': 0o4700, 'g': 0o2070, 'o': 0o7, 'a': 0o7777})
		if err != nil {
			return 0, err
		}
		if at == 0 {
			whom = 0o7777
		}
		what, err := bits(clause[at+1:], map[rune]os.FileMode{
			'r': 0o444, 'w': 0o222, 'x': 0o111, 'X': 0o111, 's': 0o6000, 't': 0o1000,
		})
		if err != nil {
			return 0, err
		}
		switch clause[at] {
		case '=':
			mode = mode&^whom | what&whom
		case '+':
			mode |= what & whom
		case '-':
			mode &^= what & whom
		}
	}
	return mode, nil
}

func bits(letters string, meaning map[rune]os.FileMode) (os.FileMode, error) {
	var all os.FileMode
	for _, letter := range letters {
		bit, known := meaning[letter]
		if !known {
			return 0, syscall.EINVAL
		}
		all |= bit
	}
	return all, nil
}

func userNumber(name string) (int, error) {
	if number, err := strconv.Atoi(name); err == nil {
		return number, nil
	}
	found, err := user.Lookup(name)
	if err != nil {
		return 0, fmt.Errorf("unknown user %s", name)
	}
	return strconv.Atoi(found.Uid)
}

func groupNumber(name string) (int, error) {
	if number, err := strconv.Atoi(name); err == nil {
		return number, nil
	}
	found, err := user.LookupGroup(name)
	if err != nil {
		return 0, fmt.Errorf("unknown group %s", name)
	}
	return strconv.Atoi(found.Gid)
}
