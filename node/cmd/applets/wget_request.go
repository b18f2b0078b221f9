package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// request is what goes over the wire. Headers of the user's replace ours of that name.
func (d *Download) request(target URL, proxied bool, from int64) []byte {
	var text bytes.Buffer
	method, line := "GET", "/"+target.path
	if d.body != nil {
		method = "POST"
	}
	if proxied {
		scheme := map[bool]string{false: "http", true: "https"}[target.secure]
		line = scheme + "://" + target.host + line
	}
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\n", method, line)
	own := d.options.all("header")
	header := func(name, value string) {
		if !slices.ContainsFunc(own, func(given string) bool { return isHeader(given, name) }) {
			fmt.Fprintf(&text, "%s: %s\r\n", name, value)
		}
	}
	header("Host", target.host)
	header("User-Agent", d.options.last("U", "Wget"))
	text.WriteString("Connection: close\r\n")
	if target.user != "" {
		header("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(target.user)))
	}
	if from > 0 {
		header("Range", fmt.Sprintf("bytes=%d-", from))
	}
	for _, given := range own {
		text.WriteString(given + "\r\n")
	}
	if d.body != nil {
		header("Content-Type", "application/x-www-form-urlencoded")
		fmt.Fprintf(&text, "Content-Length: %d\r\n", len(d.body))
	}
	text.WriteString("\r\n")
	text.Write(d.body)
	return text.Bytes()
}

func isHeader(given, name string) bool {
	start, _, found := strings.Cut(given, ":")
	return found && strings.EqualFold(start, name)
}
