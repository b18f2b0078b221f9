package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
)

// Config is what the launcher decided: one cluster, its addresses and its folders.
type Config struct {
	Name        string `json:"name"`         // cluster, node and host name
	NodeAddress string `json:"node_address"` // IPv4 of the node's end of the link
	HostAddress string `json:"host_address"` // IPv4 of the host's end
	LinkBits    int    `json:"link_bits"`    // prefix length of the link's network
	PodRange    string `json:"pod_range"`    // CIDR
	ServiceNet  string `json:"service_range"`
	APIAddress  string `json:"api_address"` // ClusterIP of the Service kubernetes
	DNSAddress  string `json:"dns_address"` // ClusterIP of the Service kube-dns
	Programs    string `json:"programs"`    // folder with kube and its links, the shim and cni/
	Images      string `json:"images"`      // folder of the OCI layout
	Folder      string `json:"folder"`      // this cluster's own folder
	RuncPath    string `json:"runc"`
	CgroupRoot  string `json:"cgroup_root"` // e.g. /podgrade-node
	Uplink      string `json:"uplink"`      // name of the link inside, e.g. eth0
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
	return config, config.check()
}

func (c Config) check() error {
	for _, address := range []string{c.NodeAddress, c.HostAddress, c.APIAddress, c.DNSAddress} {
		if net.ParseIP(address) == nil {
			return fmt.Errorf("%q is no IP address", address)
		}
	}
	for _, cidr := range []string{c.PodRange, c.ServiceNet} {
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
	filesPath    = "/run/podgrade/files" // generated settings, keys and certificates
)
