package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"net"
	"os"
	"os/exec"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// joinNetwork waits for the link that the launcher moves here and gives it its address.
func joinNetwork(config Config) error {
	link, err := waitForLink(config.Uplink, 10*time.Second)
	if err != nil {
		return err
	}
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(loopback); err != nil {
		return err
	}
	if err := setUp(link, config.NodeAddress, config.LinkBits); err != nil {
		return err
	}
	// A default route is what makes Service addresses routable before they are translated.
	route := &netlink.Route{LinkIndex: link.Attrs().Index, Gw: net.ParseIP(config.HostAddress)}
	if err := netlink.RouteAdd(route); err != nil {
		return fmt.Errorf("default route by %s: %w", config.HostAddress, err)
	}
	return allowForwarding()
}

// setUp gives a link its IPv4 address and its network's prefix length.
func setUp(link netlink.Link, address string, bits int) error {
	network := &net.IPNet{IP: net.ParseIP(address).To4(), Mask: net.CIDRMask(bits, 32)}
	if err := netlink.AddrAdd(link, &netlink.Addr{IPNet: network}); err != nil {
		return err
	}
	return netlink.LinkSetUp(link)
}

func waitForLink(name string, limit time.Duration) (netlink.Link, error) {
	deadline := time.Now().Add(limit)
	for {
		link, err := netlink.LinkByName(name)
		if err == nil {
			return link, nil
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("link %s did not appear in %s: %w", name, limit, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func allowForwarding() error {
	settings := map[string]string{
		"/proc/sys/net/ipv4/ip_forward":                 "1",
		"/proc/sys/net/ipv4/ip_unprivileged_port_start": "0",
	}
	for path, value := range settings {
		if err := os.WriteFile(path, []byte(value), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// fencePods keeps what Pods start inside the cluster: no host, no other network.
func fencePods(config Config) error {
	rules, err := render("egress.nft", config)
	if err != nil {
		return err
	}
	command := exec.Command("nft", "-f", "-")
	command.Stdin = bytes.NewReader(rules)
	if output, err := runHelper(command); err != nil {
		return fmt.Errorf("nft: %w: %s", err, output)
	}
	return nil
}

func setHostName(name string) error {
	return unix.Sethostname([]byte(name))
}
