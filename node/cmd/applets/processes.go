package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

const pgrepUsage = `pgrep [-flanovx] [-s SID|-P PPID|PATTERN]

Display process(es) selected by regex PATTERN

	-l	Show command name too
	-a	Show command line too
	-f	Match against entire command line
	-n	Show the newest process only
	-o	Show the oldest process only
	-v	Negate the match
	-x	Match whole name (not substring)
	-s	Match session ID (0 for current)
	-P	Match parent process ID`

const pkillUsage = `pkill [-l|-SIGNAL] [-xfvno] [-s SID|-P PPID|PATTERN]

Send signal to processes selected by regex PATTERN

	-l	List all signals
	-x	Match whole name (not substring)
	-f	Match against entire command line
	-s SID	Match session ID (0 for current)
	-P PPID	Match parent process ID
	-v	Negate the match
	-n	Signal the newest process only
	-o	Signal the oldest process only`

// Process is one that runs, as /proc tells.
type Process struct {
	pid, parent, session int
	name                 string   // the kernel's, at most 15 bytes
	command              []string // empty for the kernel's own
}

func pgrep(args []string) error {
	options, err := Syntax{letters: "vlafxons:P:"}.parse(args)
	if err != nil {
		return err
	}
	return eachSelected(options, func(process Process, shown string) {
		switch {
		case options.has("a"):
			fmt.Println(process.pid, process.line())
		case options.has("l"):
			fmt.Println(process.pid, shown)
		default:
			fmt.Println(process.pid)
		}
	})
}

func pkill(args []string) error {
	signal := syscall.SIGTERM
	if len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		if named, known := signalNamed(args[0][1:]); known {
			signal, args = named, args[1:]
		}
	}
	options, err := Syntax{letters: "vlafxons:P:"}.parse(args)
	if err != nil {
		return err
	}
	if options.has("l") {
		listSignals()
		return nil
	}
	return eachSelected(options, func(process Process, _ string) {
		_ = syscall.Kill(process.pid, signal)
	})
}

// eachSelected fails with 1, silently, when no process was selected.
func eachSelected(options Options, act func(process Process, shown string)) error {
	selection, err := newSelection(options)
	if err != nil {
		return err
	}
	selected := 0
	for _, process := range selection.ordered(processes("/proc")) {
		shown, wanted := selection.wants(process)
		if !wanted {
			continue
		}
		act(process, shown)
		selected++
		if options.has("o") || options.has("n") {
			break
		}
	}
	if selected == 0 {
		return Exit(1)
	}
	return nil
}

// Selection says which processes are meant.
type Selection struct {
	options         Options
	pattern         *regexp.Regexp // nil: any
	session, parent int            // -1: any
	self            int
}

func newSelection(options Options) (Selection, error) {
	selection := Selection{options: options, session: -1, parent: -1, self: os.Getpid()}
	var err error
	if options.has("s") {
		if selection.session, err = options.number("s", 0); err == nil && selection.session == 0 {
			selection.session, err = unix.Getsid(0)
		}
	}
	if options.has("P") && err == nil {
		selection.parent, err = options.number("P", 0)
	}
	if err != nil {
		return selection, err
	}
	free := selection.session < 0 && selection.parent < 0
	if len(options.rest) > 1 || free && len(options.rest) == 0 {
		return selection, Misuse("")
	}
	if len(options.rest) == 1 {
		if selection.pattern, err = regexp.CompilePOSIX(options.rest[0]); err != nil {
			return selection, fmt.Errorf("bad regex '%s'", options.rest[0])
		}
	}
	return selection, nil
}

// ordered is the oldest first, or the newest when only that one is wanted.
func (s Selection) ordered(processes []Process) []Process {
	if s.options.has("n") {
		slices.Reverse(processes)
	}
	return processes
}

// wants tells whether a process is meant and which of its names the pattern was compared with.
func (s Selection) wants(process Process) (string, bool) {
	if process.pid == s.self || s.parent >= 0 && process.parent != s.parent ||
		s.session >= 0 && process.session != s.session {
		return "", false
	}
	shown := process.shown(s.options.has("f"))
	if s.pattern == nil {
		return shown, true
	}
	place := s.pattern.FindStringIndex(shown)
	if place == nil && shown != process.name {
		shown = process.name
		place = s.pattern.FindStringIndex(shown)
	}
	matches := place != nil
	if s.options.has("x") && matches {
		matches = place[0] == 0 && place[1] == len(shown)
	}
	return shown, matches != s.options.has("v")
}

func (p Process) shown(whole bool) string {
	if whole || len(p.command) == 0 {
		return p.line()
	}
	return p.command[0]
}

func (p Process) line() string {
	if len(p.command) == 0 {
		return p.name
	}
	return strings.Join(p.command, " ")
}

// processes lists those of a /proc by their number.
func processes(folder string) []Process {
	entries, _ := os.ReadDir(folder)
	var found []Process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if process, err := readProcess(filepath.Join(folder, entry.Name()), pid); err == nil {
			found = append(found, process)
		}
	}
	slices.SortFunc(found, func(a, b Process) int { return a.pid - b.pid })
	return found
}

// readProcess reads `stat`: number (name) state parent group session …; the name may hold anything.
func readProcess(folder string, pid int) (Process, error) {
	process := Process{pid: pid}
	stat, err := os.ReadFile(filepath.Join(folder, "stat"))
	if err != nil {
		return process, err
	}
	text := string(stat)
	opened, closed := strings.Index(text, "("), strings.LastIndex(text, ")")
	fields := strings.Fields(text[closed+1:])
	if opened < 0 || closed < opened || len(fields) < 4 {
		return process, syscall.EINVAL
	}
	process.name = text[opened+1 : closed]
	process.parent, _ = strconv.Atoi(fields[1])
	process.session, _ = strconv.Atoi(fields[3])
	line, _ := os.ReadFile(filepath.Join(folder, "cmdline"))
	if line := strings.TrimRight(string(line), "\x00"); line != "" {
		process.command = strings.Split(line, "\x00")
	}
	return process, nil
}

// signalNamed knows 1, HUP, hup and SIGHUP.
func signalNamed(name string) (syscall.Signal, bool) {
	if number, err := strconv.Atoi(name); err == nil {
		return syscall.Signal(number), number >= 0 && number < 65
	}
	name = "SIG" + strings.TrimPrefix(strings.ToUpper(name), "SIG")
	signal := unix.SignalNum(name)
	return signal, signal != 0
}

func listSignals() {
	for number := syscall.Signal(1); number < 32; number++ {
		fmt.Printf("%2d) %s\n", number, strings.TrimPrefix(unix.SignalName(number), "SIG"))
	}
}
