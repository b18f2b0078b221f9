// Command nslookup answers as BusyBox 1.28's did: it asks as any program asks (search list, /etc
// hosts), prints the first answer and exits 0 when the name was found.
//
//	nslookup NAME [SERVER]
package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 || strings.HasPrefix(os.Args[1], "-") {
		fmt.Fprintln(os.Stderr, "Usage: nslookup HOST [DNS_SERVER]")
		os.Exit(1)
	}
	server := configuredServer("/etc/resolv.conf")
	if len(os.Args) == 3 {
		server = os.Args[2]
	}
	resolver := resolverFor(server)
	fmt.Printf("Server:    %s\n", server)
	printAddress(resolver, 1, server)
	fmt.Println()
	if !answer(resolver, os.Args[1]) {
		os.Exit(1)
	}
}

func answer(resolver *net.Resolver, name string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	addresses, err := resolver.LookupHost(ctx, name)
	if err != nil || len(addresses) == 0 {
		fmt.Fprintf(os.Stderr, "nslookup: can't resolve '%s'\n", name)
		return false
	}
	fmt.Printf("Name:      %s\n", name)
	for i, address := range addresses {
		printAddress(resolver, i+1, address)
	}
	return true
}

func printAddress(resolver *net.Resolver, number int, address string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	names, err := resolver.LookupAddr(ctx, address)
	if err != nil || len(names) == 0 {
		fmt.Printf("Address %d: %s\n", number, address)
		return
	}
	fmt.Printf("Address %d: %s %s\n", number, address, strings.TrimSuffix(names[0], "."))
}

func configuredServer(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return "127.0.0.1"
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) > 1 && fields[0] == "nameserver" {
			return fields[1]
		}
	}
	return "127.0.0.1"
}

func resolverFor(server string) *net.Resolver {
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: 3 * time.Second}).DialContext(
			ctx, network, net.JoinHostPort(server, "53"))
	}
	return &net.Resolver{PreferGo: true, Dial: dial}
}
