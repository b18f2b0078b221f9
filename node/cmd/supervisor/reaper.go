package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
)

// As the first process of its PID namespace the supervisor inherits every orphan (the shims above
// all) and must wait for them too, so nobody but the reaper calls wait.
var children = struct {
	sync.Mutex
	exits map[int]chan syscall.WaitStatus
}{exits: map[int]chan syscall.WaitStatus{}}

func startReaper() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGCHLD)
	go func() {
		for range signals {
			reapAll()
		}
	}()
}

func reapAll() {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
		deliver(pid, status)
	}
}

func deliver(pid int, status syscall.WaitStatus) {
	children.Lock()
	defer children.Unlock()
	if exit, ours := children.exits[pid]; ours {
		delete(children.exits, pid)
		exit <- status
	}
}

// startChild starts a command; its status comes on the channel once. The lock is held across the
// start so that a child that ends at once is still known when the reaper looks for it.
func startChild(command *exec.Cmd) (<-chan syscall.WaitStatus, error) {
	children.Lock()
	defer children.Unlock()
	if err := command.Start(); err != nil {
		return nil, err
	}
	exit := make(chan syscall.WaitStatus, 1)
	children.exits[command.Process.Pid] = exit
	return exit, nil
}

// runHelper runs a short command to its end and returns what it printed.
func runHelper(command *exec.Cmd) (string, error) {
	output, err := os.CreateTemp("", "helper-")
	if err != nil {
		return "", err
	}
	defer os.Remove(output.Name())
	defer output.Close()
	// A file, not a buffer: os/exec would wait for a pipe's end by itself.
	command.Stdout, command.Stderr = output, output
	if err := giveInput(command); err != nil {
		return "", err
	}
	exit, err := startChild(command)
	if err != nil {
		return "", err
	}
	status := <-exit
	printed, _ := os.ReadFile(output.Name())
	if status.ExitStatus() != 0 {
		return string(bytes.TrimSpace(printed)), errors.New(describeExit(status))
	}
	return string(bytes.TrimSpace(printed)), nil
}

// giveInput turns a reader into a file for the same reason.
func giveInput(command *exec.Cmd) error {
	if command.Stdin == nil {
		return nil
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(command.Stdin); err != nil {
		return err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	go func() {
		defer write.Close()
		_, _ = write.Write(text.Bytes())
	}()
	command.Stdin = read
	return nil
}
