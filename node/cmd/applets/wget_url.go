package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// URL is an address as wget takes it apart.
type URL struct {
	secure           bool
	user, host, path string // host with its port, path without the first slash
}

func parseURL(text string) (URL, error) {
	var parsed URL
	scheme, rest, found := strings.Cut(text, "://")
	switch {
	case !found:
		rest = text
	case scheme == "https":
		parsed.secure = true
	case scheme != "http":
		return parsed, fmt.Errorf("not an http or ftp url: %s", text)
	}
	end := strings.IndexAny(rest, "/?#")
	if end >= 0 {
		parsed.path = strings.TrimPrefix(rest[end:], "/")
		rest = rest[:end]
	}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		user, err := url.PathUnescape(rest[:at])
		if err != nil {
			user = rest[:at]
		}
		parsed.user, rest = user, rest[at+1:]
	}
	parsed.host = rest
	return parsed, nil
}

// follow is where a Location leads.
func (u URL) follow(location string) (URL, error) {
	if path, same := strings.CutPrefix(location, "/"); same {
		u.path = path
		return u, nil
	}
	next, err := parseURL(location)
	if next.user == "" {
		next.user = u.user
	}
	return next, err
}

func (u URL) address() (host, port string) {
	port = "80"
	if u.secure {
		port = "443"
	}
	if host, given, err := net.SplitHostPort(u.host); err == nil {
		return host, given
	}
	return strings.Trim(u.host, "[]"), port
}

// resolve gives the first address of a name, an IPv4 one if there is one.
func resolve(host string) (string, error) {
	if _, err := netip.ParseAddr(host); err == nil {
		return host, nil
	}
	if host == "" {
		return "", errors.New("no name")
	}
	addresses, err := net.DefaultResolver.LookupNetIP(context.Background(), "ip", host)
	if err != nil || len(addresses) == 0 {
		return "", errors.Join(err, errors.New("no address"))
	}
	for _, address := range addresses {
		if address.Unmap().Is4() {
			return address.Unmap().String(), nil
		}
	}
	return addresses[0].String(), nil
}

// secured is the connection with TLS; as with busybox, nobody looks at the certificate.
func (d *Download) secured(connection net.Conn, host string) (net.Conn, error) {
	if !d.noted {
		fmt.Fprintln(d.log, "wget: note: TLS certificate validation not implemented")
		d.noted = true
	}
	settings := &tls.Config{InsecureSkipVerify: true, ServerName: host, MinVersion: tls.VersionTLS12}
	secured := tls.Client(connection, settings)
	if err := secured.Handshake(); err != nil {
		connection.Close()
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			return nil, errTimedOut
		}
		return nil, errors.New("TLS error from peer")
	}
	return secured, nil
}
