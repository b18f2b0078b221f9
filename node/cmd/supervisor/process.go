package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// Component is one long-running program of the node.
type Component struct {
	Name      string
	Arguments []string
	Variables []string // environment, NAME=value
	Program   string   // below programsPath, if it is not called as the component
	// Namespaces are CLONE_NEW… flags: what the program gets of its own.
	Namespaces uintptr
	Started    func(pid int) error // done once it runs; an error ends it again
	Ended      func()              // done each time it ended
}

const (
	firstPause   = 200 * time.Millisecond
	longestPause = 10 * time.Second
	settled      = 30 * time.Second // after so long alive the back-off begins anew
)

// plenty is how much memory (in bytes) a machine has that may spend some to spare processor time.
const plenty = 6 << 30

// collecting says how seldom programs collect garbage on a machine with so much memory. What
// containerd starts has it, too: shims, runc and CNI plug-ins end before they would collect any.
func collecting(memory uint64) []string {
	if memory < plenty {
		return nil
	}
	return []string{"GOGC=400", "GOMEMLIMIT=1GiB"}
}

// machineMemory is in bytes, 0 if the kernel does not tell.
func machineMemory() uint64 {
	var machine syscall.Sysinfo_t
	if err := syscall.Sysinfo(&machine); err != nil {
		return 0
	}
	return machine.Totalram * uint64(machine.Unit)
}

// keepRunning starts the component and starts it again whenever it ends, with back-off.
func keepRunning(component Component, board *Board) {
	pause := firstPause
	for {
		began := time.Now()
		reason := runOnce(component, board)
		if time.Since(began) > settled {
			pause = firstPause
		}
		board.ended(component.Name, reason, pause)
		if component.Ended != nil {
			component.Ended()
		}
		time.Sleep(pause)
		pause = min(pause*2, longestPause)
	}
}

// runOnce returns why the component is not running any more.
func runOnce(component Component, board *Board) string {
	log, err := openLog(component.Name)
	if err != nil {
		return err.Error()
	}
	defer log.Close()
	program := filepath.Join(programsPath, cmp.Or(component.Program, component.Name))
	command := exec.Command(program, component.Arguments...)
	command.SysProcAttr = &syscall.SysProcAttr{Cloneflags: component.Namespaces}
	base := []string{"PATH=" + programPath(), "HOME=/run/podgrade"}
	command.Env = slices.Concat(base, collecting(machineMemory()), component.Variables)
	command.Dir = "/"
	command.Stdout, command.Stderr = log, log
	exit, err := startChild(command)
	if err != nil {
		return err.Error()
	}
	if component.Started != nil {
		if err := component.Started(command.Process.Pid); err != nil {
			_ = command.Process.Kill()
			<-exit
			return err.Error()
		}
	}
	board.running(component.Name, command.Process.Pid)
	return describeExit(<-exit)
}

func programPath() string {
	return programsPath + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
}

func openLog(name string) (*os.File, error) {
	folder := filepath.Join(folderPath, "logs")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(folder, name+".log"),
		os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
}

func describeExit(status syscall.WaitStatus) string {
	if status.Signaled() {
		return fmt.Sprintf("killed by signal %d (%s)", status.Signal(), status.Signal())
	}
	return fmt.Sprintf("ended with exit code %d", status.ExitStatus())
}
