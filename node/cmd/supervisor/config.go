package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// Config is what the launcher decided: one cluster, its addresses and its folders.
type Config struct {
	Name        string `json:"name"`         // cluster, node and host name; of a further node, its own
	NodeAddress string `json:"node_address"` // IPv4 of the node's end of the link
	HostAddress string `json:"host_address"` // IPv4 of the host's end
	LinkBits    int    `json:"link_bits"`    // prefix length of the link's network
	PodRange    string `json:"pod_range"`    // CIDR, of the whole cluster
	NodePods    string `json:"node_pods"`    // the part of it that this node's Pods have
	ServiceNet  string `json:"service_range"`
	APIAddress  string `json:"api_address"` // ClusterIP of the Service kubernetes
	DNSAddress  string `json:"dns_address"` // ClusterIP of the Service kube-dns
	Programs    string `json:"programs"`    // folder with kube and its links, the shim and cni/
	Images      string `json:"images"`      // folder of the OCI layout
	Folder      string `json:"folder"`      // this cluster's own folder
	RuncPath    string `json:"runc"`
	CgroupRoot  string `json:"cgroup_root"` // e.g. /podgrade-node
	Uplink      string `json:"uplink"`      // name of the link inside, e.g. eth0
	Nodes       []Node `json:"nodes"`       // the further nodes; none on most clusters
	// What follows is told to further nodes only; the control plane finds it out by itself.
	Server string   `json:"server"` // the control plane's node address
	Peers  []string `json:"peers"`  // the addresses of all nodes
	Keys   string   `json:"keys"`   // folder of this node's keys and settings
}

// Node is what a further node has of its own. Its link ends on the control plane, its gateway.
type Node struct {
	Name       string `json:"name"`
	Address    string `json:"address"`
	Gateway    string `json:"gateway"`   // IPv4 of the link's other end
	PodRange   string `json:"pod_range"` // CIDR of its Pods
	CgroupRoot string `json:"cgroup_root"`
}

func readConfig(path string) (Config, error) {
	var config Config
	data, err := os.ReadFile(path)
	if err != nil {
		return config, err
	}
	if err := json.Unmarshal(data, &config); err != nil {
		return config, fmt.Errorf("%s: %w", path, err)
	}
	if config.Server == "" {
		config.Server, config.Peers = config.NodeAddress, []string{config.NodeAddress}
		for _, node := range config.Nodes {
			config.Peers = append(config.Peers, node.Address)
		}
	}
	return config, config.check()
}

// further says whether this is a node that another one is the control plane of.
func (c Config) further() bool { return c.Server != c.NodeAddress }

// of is what a further node is told; its paths are those it finds here when it starts.
func (c Config) of(node Node) Config {
	theirs := c
	theirs.Name, theirs.CgroupRoot, theirs.NodePods = node.Name, node.CgroupRoot, node.PodRange
	theirs.NodeAddress, theirs.HostAddress = node.Address, node.Gateway
	theirs.Programs, theirs.Images = programsPath, imagesPath
	theirs.Folder = filepath.Join(folderPath, nodesFolder, node.Name)
	theirs.Keys = filepath.Join(filesPath, nodesFolder, node.Name)
	theirs.Nodes = nil
	return theirs
}

func (c Config) check() error {
	for _, address := range append([]string{
		c.NodeAddress, c.HostAddress, c.APIAddress, c.DNSAddress, c.Server,
	}, c.Peers...) {
		if net.ParseIP(address) == nil {
			return fmt.Errorf("%q is no IP address", address)
		}
	}
	for _, cidr := range []string{c.PodRange, c.NodePods, c.ServiceNet} {
		if _, _, err := net.ParseCIDR(cidr); err != nil {
			return err
		}
	}
	return nil
}

// Where things are inside the node's own mount namespace, whatever the host calls them.
const (
	runFolder    = "/run"
	programsPath = "/run/podgrade/programs"
	imagesPath   = "/run/podgrade/images"
	folderPath   = "/run/podgrade/folder"
	filesPath    = "/run/podgrade/files"   // generated settings, keys and certificates
	volumesPath  = "/tmp/hostpath_pv"      // where the controller manager puts persistent volumes
	sharedPath   = "/run/podgrade/volumes" // the same folder, on a further node
	nodesFolder  = "nodes"                 // in the cluster's folder and in filesPath: further nodes
)
