package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

const ncUsage = `nc [OPTIONS] HOST PORT  - connect
nc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen

	-e PROG	Run PROG after connect (must be last)
	-l	Listen mode, for inbound connects
	-lk	With -e, provides persistent server
	-p PORT	Local port
	-s ADDR	Local address
	-w SEC	Timeout for connects and final net reads
	-i SEC	Delay interval for lines sent
	-n	Don't do DNS resolution
	-u	UDP mode
	-v	Verbose
	-z	Zero-I/O mode (scanning)`

// Cat is one run of nc.
type Cat struct {
	options       Options
	program       []string // of -e
	wait, between time.Duration
	network       string // tcp, udp
	input         io.Reader
	output        io.Writer
	log           io.Writer
}

func nc(args []string) error {
	cat := Cat{network: "tcp", input: os.Stdin, output: os.Stdout, log: os.Stderr}
	args, cat.program = cutProgram(args)
	options, err := Syntax{letters: "np:s:uvw:lki:z"}.parse(args)
	if err != nil {
		return err
	}
	listens := options.has("l") || options.has("k")
	if len(options.rest) > 2 || !listens && len(options.rest) == 0 {
		return Misuse("")
	}
	cat.options = options
	if options.has("u") {
		cat.network = "udp"
	}
	if err := cat.times(); err != nil {
		return err
	}
	if listens {
		return cat.listen()
	}
	return cat.call()
}

// cutProgram takes off what -e runs: it is all that follows.
func cutProgram(args []string) (options, program []string) {
	for i, word := range args {
		if letters, found := strings.CutSuffix(word, "e"); found && len(letters) > 0 &&
			letters[0] == '-' && strings.Trim(letters[1:], "nuvlkz") == "" {
			options = append([]string{}, args[:i]...)
			if letters != "-" {
				options = append(options, letters)
			}
			return options, args[i+1:]
		}
	}
	return args, nil
}

func (c *Cat) times() error {
	wait, err := c.options.number("w", 0)
	if err != nil {
		return err
	}
	between, err := c.options.number("i", 0)
	c.wait, c.between = time.Duration(wait)*time.Second, time.Duration(between)*time.Second
	return err
}

func (c *Cat) say(often int, format string, values ...any) {
	if c.options.count("v") >= often {
		fmt.Fprintf(c.log, format+"\n", values...)
	}
}

// peer is the address that the words name: its name as given and its number.
func (c *Cat) peer() (host, address string, err error) {
	host, port := c.options.rest[0], "0"
	if len(c.options.rest) == 2 {
		port = c.options.rest[1]
	}
	number, err := net.LookupPort(c.network, port)
	if err != nil {
		return host, "", fmt.Errorf("bad port '%s'", port)
	}
	resolved, err := resolve(host)
	if err != nil {
		return host, "", fmt.Errorf("bad address '%s'", host)
	}
	return host, net.JoinHostPort(resolved, fmt.Sprint(number)), nil
}

func (c *Cat) call() error {
	host, address, err := c.peer()
	if err != nil {
		return err
	}
	dialer := net.Dialer{Timeout: c.wait}
	if dialer.LocalAddr, err = c.local(); err != nil {
		return err
	}
	connection, err := dialer.Dial(c.network, address)
	if err == nil && c.options.has("z") && c.network == "udp" {
		err = knock(connection)
	}
	if err != nil {
		// Refused is what a scan expects: said only when asked for twice.
		if c.options.count("v") > 1 || !errors.Is(err, syscall.ECONNREFUSED) {
			c.say(1, "nc: %v", failed(reason(err), "%s (%s)", host, address))
		}
		return Exit(1)
	}
	defer connection.Close()
	c.say(1, "%s (%s) open", host, address)
	switch {
	case c.program != nil:
		return c.hand(connection)
	case c.options.has("z"):
		return nil
	}
	return c.shovel(connection)
}

// local is where a connection comes from, when -p or -s say so.
func (c *Cat) local() (net.Addr, error) {
	if !c.options.has("p") && !c.options.has("s") {
		return nil, nil
	}
	place := net.JoinHostPort(c.options.last("s", ""), c.options.last("p", "0"))
	if c.network == "udp" {
		address, err := net.ResolveUDPAddr("udp", place)
		return address, err
	}
	address, err := net.ResolveTCPAddr("tcp", place)
	return address, err
}

// reason is the system's error, also for a time that was our own.
func reason(err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return syscall.ETIMEDOUT
	}
	return err
}

// knock sends twice: a refusal of the first comes back with the second.
func knock(connection net.Conn) error {
	for range 2 {
		if _, err := connection.Write([]byte{0}); err != nil {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
	return nil
}
