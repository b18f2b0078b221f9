package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// hand becomes the program, with the connection as what it reads and writes.
func (c *Cat) hand(connection net.Conn) error {
	file, err := connectionFile(connection)
	if err != nil {
		return err
	}
	for number := range 2 {
		if err := unix.Dup2(int(file.Fd()), number); err != nil {
			return err
		}
	}
	return become(c.program)
}

// serve runs the program beside us.
func (c *Cat) serve(connection net.Conn) error {
	defer connection.Close()
	file, err := connectionFile(connection)
	if err != nil {
		return err
	}
	defer file.Close()
	path, err := find(c.program[0])
	if err != nil {
		return err
	}
	process, err := os.StartProcess(path, c.program, &os.ProcAttr{Files: []*os.File{file, file, os.Stderr}})
	if err != nil {
		fmt.Fprintln(c.log, "nc:", failed(err, "can't execute '%s'", c.program[0]))
		return err
	}
	_, err = process.Wait()
	return err
}

func connectionFile(connection net.Conn) (*os.File, error) {
	if holder, has := connection.(interface{ File() (*os.File, error) }); has {
		return holder.File()
	}
	return nil, errors.New("no descriptor")
}

// shovel carries both ways until both have ended, or the peer is silent for too long after our end.
func (c *Cat) shovel(connection net.Conn) error {
	defer connection.Close()
	arriving := &arriving{Conn: connection, patience: 2 * c.wait}
	arrived := make(chan error, 1)
	go func() {
		_, err := io.Copy(c.output, arriving)
		arrived <- err
	}()
	_ = c.send(connection)
	arriving.hurry()
	if errors.Is(<-arrived, os.ErrDeadlineExceeded) {
		c.say(2, "net timeout")
	}
	return nil
}

// arriving is what the peer sends; once hurried, each wait for it has an end.
type arriving struct {
	net.Conn
	patience time.Duration
	hurried  atomic.Bool
}

func (a *arriving) hurry() {
	a.hurried.Store(true)
	a.extend()
}

func (a *arriving) extend() {
	if a.hurried.Load() && a.patience > 0 {
		_ = a.SetReadDeadline(time.Now().Add(a.patience))
	}
}

func (a *arriving) Read(data []byte) (int, error) {
	a.extend()
	return a.Conn.Read(data)
}

// send carries our side until it ends, and tells the peer that it did.
func (c *Cat) send(connection net.Conn) error {
	err := c.pass(connection)
	if half, can := connection.(interface{ CloseWrite() error }); can {
		_ = half.CloseWrite()
	}
	return err
}

func (c *Cat) pass(connection io.Writer) error {
	if c.between == 0 {
		_, err := io.Copy(connection, c.input)
		return err
	}
	lines := bufio.NewReader(c.input)
	for {
		time.Sleep(c.between)
		line, err := lines.ReadBytes('\n')
		if _, failure := connection.Write(line); failure != nil {
			return failure
		}
		if err != nil {
			return err
		}
	}
}
