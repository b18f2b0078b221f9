package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// Response is the answer's body, to be read, and what its head said.
type Response struct {
	io.Reader
	connection net.Conn
	length     int64 // -1: not said
	partial    bool
	location   string
}

func (r *Response) Close() { r.connection.Close() }

// share is how many percent of the announced size have come.
func (r *Response) share(size int64) int {
	if r.length <= 0 || size >= r.length {
		return 100
	}
	return int(size * 100 / r.length)
}

func (d *Download) exchange(connection net.Conn, request []byte, from int64) (*Response, error) {
	if _, err := connection.Write(request); err != nil {
		return nil, d.lost(err, "error getting response")
	}
	input := bufio.NewReader(connection)
	response := &Response{connection: connection, length: -1}
	status, err := d.status(input)
	if err != nil {
		return nil, err
	}
	response.partial = status == 206
	if from > 0 && !response.partial {
		fmt.Fprintln(d.log, "wget: restart failed")
	}
	response.Reader = input
	return response, d.head(input, response, status)
}

// status reads the status line, past "100 Continue", and fails unless it promises a file.
func (d *Download) status(input *bufio.Reader) (int, error) {
	for {
		line, err := d.line(input)
		if err != nil {
			return 0, err
		}
		_, rest, _ := strings.Cut(line, " ")
		code, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		status, _ := strconv.Atoi(code)
		switch status {
		case 0, 100:
			for line != "" {
				if line, err = d.line(input); err != nil {
					return 0, err
				}
			}
			continue
		case 200, 201, 202, 203, 204, 300, 301, 302, 303, 307, 308:
			return status, nil
		case 206:
			if d.options.has("c") {
				return status, nil
			}
		}
		return 0, fmt.Errorf("server returned error: %s", line)
	}
}

func (d *Download) line(input *bufio.Reader) (string, error) {
	line, err := input.ReadString('\n')
	if err != nil && (line == "" || !errors.Is(err, io.EOF)) {
		if errors.Is(err, io.EOF) {
			return "", errors.New("error getting response")
		}
		return "", d.lost(err, "error getting response")
	}
	line = strings.ReplaceAll(line, "\t", " ")
	if end := strings.IndexFunc(line, func(r rune) bool { return r < ' ' }); end >= 0 {
		line = line[:end]
	}
	if d.options.has("S") {
		fmt.Fprintf(d.log, "  %s\n", line)
	}
	return line, nil
}

// head reads the headers and sets how the body is read.
func (d *Download) head(input *bufio.Reader, response *Response, status int) error {
	for {
		line, err := d.line(input)
		if err != nil || line == "" {
			return err
		}
		name, value, found := strings.Cut(line, ":")
		if !found {
			return fmt.Errorf("bad header line: %s", line)
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(name) {
		case "content-length":
			if response.length, err = strconv.ParseInt(value, 10, 64); err != nil || response.length < 0 {
				return fmt.Errorf("content-length %s is garbage", value)
			}
			if _, isChunked := response.Reader.(*chunked); !isChunked {
				response.Reader = &exactly{input, response.length}
			}
		case "transfer-encoding":
			if !strings.EqualFold(value, "chunked") {
				return fmt.Errorf("transfer encoding '%s' is not supported", value)
			}
			response.Reader, response.length = &chunked{input: input}, -1
		case "location":
			if status >= 300 {
				response.location = value
			}
		}
	}
}
