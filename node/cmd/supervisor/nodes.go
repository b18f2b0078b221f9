package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Further nodes: each is this program once more, in namespaces of its own inside the control
// plane's PID namespace, so that it ends with it. It is kept running like any component.

const lastBreath = 5 * time.Second // until the kernel lets the last control group go

const nodeNamespaces = unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWNET |
	unix.CLONE_NEWUTS | unix.CLONE_NEWIPC

// furtherNodes are the components that are nodes.
func furtherNodes(config Config, authority *Authority, api *API) ([]Component, error) {
	if err := os.MkdirAll(volumesPath, 0o755); err != nil {
		return nil, err
	}
	var nodes []Component
	for number, node := range config.Nodes {
		path, err := writeNode(config.of(node), authority)
		if err != nil {
			return nil, err
		}
		link := fmt.Sprintf("node%d", number+2)
		nodes = append(nodes, Component{
			Name: node.Name, Program: "supervisor", Arguments: []string{path},
			Namespaces: nodeNamespaces,
			Started:    func(pid int) error { return connect(config, node, link, pid) },
			Ended:      func() { lost(api, node) },
		})
	}
	return nodes, nil
}

// writeNode puts a node's keys and configuration where it looks for them.
func writeNode(theirs Config, authority *Authority) (string, error) {
	folder := filepath.Join(nodesFolder, theirs.Name)
	if err := writeNodeKeys(theirs, authority, folder); err != nil {
		return "", err
	}
	data, err := json.MarshalIndent(theirs, "", "  ")
	if err != nil {
		return "", err
	}
	name := filepath.Join(folder, "config.json")
	return filepath.Join(filesPath, name), writeFile(name, data)
}

// connect makes the link to a node that has just started, and the route to its Pods. A link that
// an earlier process of the node had may be there for a moment still.
func connect(config Config, node Node, name string, pid int) error {
	if old, err := netlink.LinkByName(name); err == nil {
		_ = netlink.LinkDel(old) // it is going anyway
	}
	link := &netlink.Veth{
		LinkAttrs: netlink.LinkAttrs{Name: name},
		PeerName:  config.Uplink, PeerNamespace: netlink.NsPid(pid),
	}
	if err := netlink.LinkAdd(link); err != nil {
		return fmt.Errorf("link to %s: %w", node.Name, err)
	}
	if err := setUp(link, node.Gateway, config.LinkBits); err != nil {
		return fmt.Errorf("link to %s: %w", node.Name, err)
	}
	_, pods, err := net.ParseCIDR(node.PodRange)
	if err != nil {
		return err
	}
	route := &netlink.Route{LinkIndex: link.Attrs().Index, Dst: pods, Gw: net.ParseIP(node.Address)}
	if err := netlink.RouteAdd(route); err != nil {
		return fmt.Errorf("route to the Pods of %s: %w", node.Name, err)
	}
	return nil
}

// lost tells the cluster what it would only guess after 50 seconds, and clears what the node's
// next start should not find.
func lost(api *API, node Node) {
	_ = os.Remove(nodeStatus(node.Name))
	_ = api.markLost(node.Name) // an API server that is away will guess
	_ = until(lastBreath, func() error { return emptyCgroups(node.CgroupRoot) })
}

// nodeStatus is where a further node says how it is.
func nodeStatus(name string) string {
	return filepath.Join(folderPath, nodesFolder, name, "status.json")
}

// nodesStarted names a further node that is not through with its start.
func nodesStarted(config Config) error {
	for _, node := range config.Nodes {
		var said struct{ Phase, Step, Problem string }
		if err := readJSON(nodeStatus(node.Name), &said); err != nil {
			return fmt.Errorf("node %s: not started", node.Name)
		}
		if said.Phase != "ready" {
			return fmt.Errorf("node %s: %s %s%s", node.Name, said.Phase, said.Step, said.Problem)
		}
	}
	return nil
}
