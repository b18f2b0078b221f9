package main

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

func su(args []string) error {
	options, err := Syntax{letters: "lmpc:s:"}.parse(args)
	if err != nil {
		return err
	}
	words := options.rest
	login := options.has("l")
	if len(words) > 0 && words[0] == "-" {
		login, words = true, words[1:]
	}
	name := "root"
	if len(words) > 0 {
		name, words = words[0], words[1:]
	}
	someone, err := user.Lookup(name)
	if err != nil {
		return fmt.Errorf("unknown user %s", name)
	}
	if os.Getuid() != 0 {
		return errors.New("must be suid to work properly")
	}
	shell := options.last("s", shellOf(name))
	command := append([]string{shell}, words...)
	if options.has("c") {
		command = append([]string{shell, "-c", options.last("c", "")}, words...)
	}
	if !options.has("m") && !options.has("p") {
		settle(someone, shell, login)
	}
	if err := turnInto(someone); err != nil {
		return err
	}
	if login {
		return becomeAs(shell, append([]string{"-" + filepath.Base(shell)}, command[1:]...))
	}
	return become(command)
}

// settle gives the environment that belongs to a user, and nothing else at a login.
func settle(someone *user.User, shell string, login bool) {
	if login {
		terminal := os.Getenv("TERM")
		os.Clearenv()
		os.Setenv("TERM", terminal)
		os.Setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
		_ = os.Chdir(someone.HomeDir)
	}
	os.Setenv("HOME", someone.HomeDir)
	os.Setenv("SHELL", shell)
	if login || someone.Uid != "0" {
		os.Setenv("USER", someone.Username)
		os.Setenv("LOGNAME", someone.Username)
	}
}

func turnInto(someone *user.User) error {
	uid, _ := strconv.Atoi(someone.Uid)
	gid, _ := strconv.Atoi(someone.Gid)
	groups := []int{gid}
	if names, err := someone.GroupIds(); err == nil {
		groups = nil
		for _, name := range names {
			group, _ := strconv.Atoi(name)
			groups = append(groups, group)
		}
	}
	if err := syscall.Setgroups(groups); err != nil {
		return failed(err, "setgroups")
	}
	if err := syscall.Setgid(gid); err != nil {
		return failed(err, "setgid")
	}
	if err := syscall.Setuid(uid); err != nil {
		return failed(err, "setuid")
	}
	return nil
}

// shellOf is the last field of a user's line in /etc/passwd.
func shellOf(name string) string {
	data, _ := os.ReadFile("/etc/passwd")
	for line := range strings.Lines(string(data)) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) == 7 && fields[0] == name && fields[6] != "" {
			return fields[6]
		}
	}
	return "/bin/sh"
}
