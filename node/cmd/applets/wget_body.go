package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// exactly is a body of a known size: an earlier end is an error.
type exactly struct {
	input *bufio.Reader
	left  int64
}

func (e *exactly) Read(data []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	count, err := e.input.Read(data[:min(int64(len(data)), e.left)])
	e.left -= int64(count)
	if errors.Is(err, io.EOF) && e.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return count, err
}

// chunked is a body in pieces, each after its size in hexadecimal.
type chunked struct {
	input *bufio.Reader
	piece exactly
	begun bool
	done  bool
}

func (c *chunked) Read(data []byte) (int, error) {
	if c.piece.left == 0 && !c.done {
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	if c.done {
		return 0, io.EOF
	}
	return c.piece.Read(data)
}

func (c *chunked) next() error {
	if c.begun {
		if _, err := c.input.ReadString('\n'); err != nil {
			return early(err)
		}
	}
	c.begun = true
	line, err := c.input.ReadString('\n')
	if err != nil {
		return early(err)
	}
	text, _, _ := strings.Cut(strings.TrimSpace(line), ";")
	size, err := strconv.ParseInt(text, 16, 64)
	if err != nil || size < 0 {
		return fmt.Errorf("bad chunk length '%s'", strings.TrimSpace(line))
	}
	c.piece, c.done = exactly{c.input, size}, size == 0
	return nil
}

func early(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
