package main

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test's own program is the applets, when it is started under the name of one.
func TestMain(m *testing.M) {
	if _, known := applets()[filepath.Base(os.Args[0])]; known {
		main()
	}
	os.Exit(m.Run())
}

// applet is a command that runs one of the applets as a program of its own.
func applet(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(self, args...)
	command.Args[0] = name
	return command
}

func output(t *testing.T, command *exec.Cmd) (text string, code int) {
	t.Helper()
	data, _ := command.CombinedOutput()
	return string(data), command.ProcessState.ExitCode()
}

func TestOptions(t *testing.T) {
	syntax := Syntax{letters: "qO:n::", long: map[string]string{"quiet": "q", "output": "O="}}
	for _, line := range []string{"-qO x a b", "-q -Ox a b", "a -q b -O x", "--quiet --output=x -- a b", "--outp x a -qnv b"} {
		options, err := syntax.parse(strings.Fields(line))
		if err != nil || !options.has("q") || options.last("O", "") != "x" || !slices.Equal(options.rest, []string{"a", "b"}) {
			t.Error(line, options, err)
		}
	}
	for line, expected := range map[string]string{
		"-qO": "option requires an argument -- 'O'", "-:": "invalid option -- ':'", "--nix": "unrecognized option '--nix'",
		"--output": "option '--output' requires an argument", "--quiet=1": "option '--quiet' doesn't allow an argument",
	} {
		if _, err := syntax.parse(strings.Fields(line)); err == nil || err.Error() != expected {
			t.Error(line, err)
		}
	}
	options, err := Syntax{letters: "+n:"}.parse([]string{"-n", "5", "sleep", "-n"})
	if err != nil || options.last("n", "") != "5" || !slices.Equal(options.rest, []string{"sleep", "-n"}) {
		t.Error(options, err)
	}
}

func sleeper(t *testing.T, length string) int {
	t.Helper()
	command := exec.Command("sleep", length)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() })
	go func() { _ = command.Wait() }()
	return command.Process.Pid
}

func TestPgrep(t *testing.T) {
	length := "98" + strconv.Itoa(os.Getpid())
	first, second := strconv.Itoa(sleeper(t, length)), strconv.Itoa(sleeper(t, length+"1"))
	parent := strconv.Itoa(os.Getpid())
	for line, expected := range map[string]string{
		"-f sleep." + length:               first + "\n" + second + "\n",
		"-xf sleep." + length:              first + "\n",
		"-fn sleep." + length:              second + "\n",
		"-fo sleep." + length:              first + "\n",
		"-fl sleep." + length + "$":        first + " sleep " + length + "\n",
		"-a -x -P " + parent + " sleep":    first + " sleep " + length + "\n" + second + " sleep " + length + "1\n",
		"-l -P " + parent + " slee":        first + " sleep\n" + second + " sleep\n",
		"-x -P " + parent + " slee":        "",
		"-fx no.such.program." + length:    "",
		"-v -P " + parent + " sleep|pgrep": "",
	} {
		text, code := output(t, applet(t, "pgrep", strings.Fields(line)...))
		if text != expected || code != map[bool]int{true: 1}[expected == ""] {
			t.Error(line, code, text)
		}
	}
}

func TestPkill(t *testing.T) {
	length := "97" + strconv.Itoa(os.Getpid())
	pid := sleeper(t, length)
	gone := func() bool {
		for range 100 {
			if syscall.Kill(pid, 0) != nil {
				return true
			}
			time.Sleep(20 * time.Millisecond)
		}
		return false
	}
	for _, signal := range []string{"-0", "-SIGCONT", "-WINCH"} {
		if text, code := output(t, applet(t, "pkill", signal, "-f", "sleep "+length)); code != 0 {
			t.Error(signal, text)
		}
	}
	// Not HUP: it is ignored by all that runs under nohup.
	if _, code := output(t, applet(t, "pkill", "-USR1", "-f", "sleep "+length)); code != 0 || !gone() {
		t.Error(code)
	}
	if _, code := output(t, applet(t, "pkill", "-f", "sleep "+length)); code != 1 {
		t.Error(code)
	}
	if text, _ := output(t, applet(t, "pkill", "-l")); !strings.HasPrefix(text, " 1) HUP\n 2) INT\n") {
		t.Error(text)
	}
}

func TestInstall(t *testing.T) {
	folder := t.TempDir()
	source := filepath.Join(folder, "source")
	if err := os.WriteFile(source, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, expected := range map[string]os.FileMode{
		"-d -m 750 new/sub:new/sub":               0o750 | os.ModeDir,
		"source copy:copy":                        0o755,
		"-m u=rw,go=r source new2:new2":           0o644,
		"-Dm600 source deep/er/name:deep/er/name": 0o600,
		"-Dm600 -t there source:there/source":     0o600,
	} {
		words, place, _ := strings.Cut(line, ":")
		command := applet(t, "install", strings.Fields(words)...)
		command.Dir = folder
		if text, code := output(t, command); code != 0 {
			t.Error(line, text)
		}
		if information, err := os.Stat(filepath.Join(folder, place)); err != nil || information.Mode() != expected {
			t.Error(line, information, err)
		}
	}
	for line, expected := range map[string]string{
		"nix to":            "install: can't stat 'nix': No such file or directory\n",
		"-o nix-user a b":   "install: unknown user nix-user\n",
		"source nix/nix":    "install: can't create 'nix/nix': No such file or directory\n",
		"-m 9 source other": "install: invalid mode '9'\n",
	} {
		command := applet(t, "install", strings.Fields(line)...)
		command.Dir = folder
		if text, code := output(t, command); text != expected || code != 1 {
			t.Error(line, text)
		}
	}
}

func TestSmallOnes(t *testing.T) {
	folder := t.TempDir()
	lock := filepath.Join(folder, "lock")
	for _, each := range []struct {
		line, expected string
		code           int
	}{
		{"printenv ONE NIX TWO", "1\n2\n", 1},
		{"mountpoint /proc", "/proc is a mountpoint\n", 0},
		{"mountpoint " + folder, folder + " is not a mountpoint\n", 1},
		{"mountpoint -q " + folder, "", 1},
		{"mountpoint /nix", "mountpoint: /nix: No such file or directory\n", 1},
		{"nohup sh -c kill$IFS-HUP$IFS$$;echo$IFS'here'", "here\n", 0},
		{"nohup /nix", "nohup: can't execute '/nix': No such file or directory\n", 127},
		{"flock " + lock + " echo locked", "locked\n", 0},
		{"flock " + lock + " -c echo$IFS'locked'", "locked\n", 0},
		{"flock -n " + lock + " false", "", 1},
	} {
		words := strings.Fields(each.line)
		command := applet(t, words[0], words[1:]...)
		command.Env = append(os.Environ(), "ONE=1", "TWO=2")
		text, code := output(t, command)
		if text != each.expected || code != each.code {
			t.Error(each.line, code, text)
		}
	}
}

func TestNiceAdds(t *testing.T) {
	now, _ := output(t, applet(t, "nice"))
	number, err := strconv.Atoi(strings.TrimSpace(now))
	if err != nil {
		t.Fatal(now)
	}
	then, _ := output(t, applet(t, "nice", "-n", "1", "nice"))
	if strings.TrimSpace(then) != strconv.Itoa(min(number+1, 19)) {
		t.Error(now, then)
	}
}

func TestSu(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can")
	}
	text, code := output(t, applet(t, "su", "nobody", "-s", "/bin/sh", "-c", "id -un; echo $USER; exit 3"))
	if text != "nobody\nnobody\n" || code != 3 {
		t.Error(text, code)
	}
	if text, _ := output(t, applet(t, "su", "no-such-user")); text != "su: unknown user no-such-user\n" {
		t.Error(text)
	}
}

func TestALockIsHeldWhileItsCommandRuns(t *testing.T) {
	lock := filepath.Join(t.TempDir(), "lock")
	holder := applet(t, "flock", lock, "sh", "-c", "echo held; read line")
	input, _ := holder.StdinPipe()
	said, _ := holder.StdoutPipe()
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = said.Read(make([]byte, 5))
	if _, code := output(t, applet(t, "flock", "-n", lock, "true")); code != 1 {
		t.Error(code)
	}
	input.Close()
	_ = holder.Wait()
	if _, code := output(t, applet(t, "flock", "-n", lock, "true")); code != 0 {
		t.Error(code)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}

func TestNcScans(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	text, code := output(t, applet(t, "nc", "-zv", "-w", "2", "localhost", port))
	if text != "localhost (127.0.0.1:"+port+") open\n" || code != 0 {
		t.Error(text, code)
	}
	listener.Close()
	for args, expected := range map[string]string{
		"-z": "", "-zv": "", "-zvv": "nc: 127.0.0.1 (127.0.0.1:" + port + "): Connection refused\n",
	} {
		if text, code := output(t, applet(t, "nc", args, "127.0.0.1", port)); text != expected || code != 1 {
			t.Error(args, text, code)
		}
	}
	if text, _ := output(t, applet(t, "nc", "-z", "no-such.invalid", port)); text != "nc: bad address 'no-such.invalid'\n" {
		t.Error(text)
	}
}

// answered asks until somebody listens.
func answered(t *testing.T, question, port string, args ...string) string {
	t.Helper()
	for range 100 {
		command := applet(t, "nc", append(args, "127.0.0.1", port)...)
		command.Stdin = strings.NewReader(question)
		if text, code := output(t, command); code == 0 {
			return text
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("nobody listened")
	return ""
}

func TestNcListens(t *testing.T) {
	port := freePort(t)
	server := applet(t, "nc", "-l", "-p", port)
	server.Stdin = strings.NewReader("answer\n")
	var heard bytes.Buffer
	server.Stdout = &heard
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	if text := answered(t, "question\n", port); text != "answer\n" {
		t.Error(text)
	}
	if err := server.Wait(); err != nil || heard.String() != "question\n" {
		t.Error(err, heard.String())
	}
}

func TestNcServesAgainAndAgain(t *testing.T) {
	port := freePort(t)
	server := applet(t, "nc", "-lk", "-p", port, "-e", "sh", "-c", "read line; echo got $line")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Process.Kill(); _ = server.Wait() }()
	for _, word := range []string{"one", "two"} {
		if text := answered(t, word+"\n", port); text != "got "+word+"\n" {
			t.Error(text)
		}
	}
}

func TestNcDoesNotWaitForASilentPeer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	if text, code := output(t, applet(t, "nc", "-w1", "127.0.0.1", port)); text != "" || code != 0 {
		t.Error(text, code)
	}
}

func TestNcWithUDP(t *testing.T) {
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(socket.LocalAddr().String())
	socket.Close()
	server := applet(t, "nc", "-u", "-l", "-p", port, "-w", "5")
	heard, _ := server.StdoutPipe()
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Process.Kill(); _ = server.Wait() }()
	go func() {
		connection, _ := net.Dial("udp", "127.0.0.1:"+port)
		for range 100 {
			_, _ = connection.Write([]byte("hello"))
			time.Sleep(20 * time.Millisecond)
		}
	}()
	word := make([]byte, 5)
	if _, err := io.ReadFull(heard, word); err != nil || string(word) != "hello" {
		t.Error(string(word), err)
	}
}
