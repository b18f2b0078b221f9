package main

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"time"
)

func (c *Cat) listen() error {
	place := net.JoinHostPort(c.options.last("s", ""), c.options.last("p", "0"))
	if c.network == "udp" {
		return c.listenUDP(place)
	}
	listener, err := net.Listen("tcp", place)
	if err != nil {
		return failed(err, "bind")
	}
	defer listener.Close()
	c.say(1, "listening on %s ...", listener.Addr())
	persistent := c.options.has("k") || c.options.count("l") > 1
	for {
		connection, err := c.accept(listener.(*net.TCPListener))
		if err != nil {
			return err
		}
		if persistent && c.program != nil {
			go func() { _ = c.serve(connection) }()
			continue
		}
		listener.Close()
		if c.program != nil {
			return c.hand(connection)
		}
		return c.shovel(connection)
	}
}

// accept waits for the peer that was named, or for anybody.
func (c *Cat) accept(listener *net.TCPListener) (net.Conn, error) {
	if c.wait > 0 {
		_ = listener.SetDeadline(time.Now().Add(c.wait))
	}
	for {
		connection, err := listener.Accept()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, errors.New("timeout")
		}
		if err != nil {
			return nil, failed(err, "accept")
		}
		if c.expected(connection.RemoteAddr().String()) {
			local, remote := connection.LocalAddr(), connection.RemoteAddr()
			c.say(1, "connect to %s from %s (%s)", local, c.name(remote), remote)
			return connection, nil
		}
		c.say(1, "nc: connect from wrong ip/port %s ignored", connection.RemoteAddr())
		connection.Close()
	}
}

func (c *Cat) expected(remote string) bool {
	if len(c.options.rest) == 0 {
		return true
	}
	_, address, err := c.peer()
	if err != nil {
		return false
	}
	host, port, _ := net.SplitHostPort(address)
	theirs, theirPort, _ := net.SplitHostPort(remote)
	return host == theirs && (port == "0" || port == theirPort)
}

func (c *Cat) name(remote net.Addr) string {
	host, port, _ := net.SplitHostPort(remote.String())
	if c.options.has("n") {
		return remote.String()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	names, err := net.DefaultResolver.LookupAddr(ctx, host)
	if err != nil || len(names) == 0 {
		return remote.String()
	}
	return net.JoinHostPort(strings.TrimSuffix(names[0], "."), port)
}

// listenUDP talks with whoever speaks first.
func (c *Cat) listenUDP(place string) error {
	local, err := net.ResolveUDPAddr("udp", place)
	if err != nil {
		return failed(err, "bind")
	}
	socket, err := net.ListenUDP("udp", local)
	if err != nil {
		return failed(err, "bind")
	}
	c.say(1, "listening on %s ...", socket.LocalAddr())
	if c.wait > 0 {
		_ = socket.SetReadDeadline(time.Now().Add(c.wait))
	}
	first := make([]byte, 1<<16)
	count, remote, err := socket.ReadFromUDP(first)
	if err != nil {
		return errors.New("timeout")
	}
	_ = socket.SetReadDeadline(time.Time{})
	c.say(1, "connect to %s from %s (%s)", socket.LocalAddr(), c.name(remote), remote)
	return c.shovel(&conversation{UDPConn: socket, remote: remote, first: first[:count]})
}

// conversation is a socket that listens, bound to one peer, whose first words are read again.
type conversation struct {
	*net.UDPConn
	remote *net.UDPAddr
	first  []byte
}

func (c *conversation) Read(data []byte) (int, error) {
	if c.first != nil {
		count := copy(data, c.first)
		c.first = nil
		return count, nil
	}
	return c.UDPConn.Read(data)
}

func (c *conversation) Write(data []byte) (int, error) { return c.WriteToUDP(data, c.remote) }
