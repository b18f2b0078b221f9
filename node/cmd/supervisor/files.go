package main

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed files
var templates embed.FS

// settings says under which name each template is written, below filesPath.
var settings = map[string]string{
	"containerd.toml": "containerd.toml",
	"cni.conflist":    "cni/10-podgrade.conflist",
	"kubelet.yaml":    "kubelet.yaml",
	"kube-proxy.yaml": "kube-proxy.yaml",
	"scheduler.yaml":  "scheduler.yaml",
	"Corefile":        "Corefile",
	"resolv.conf":     "resolv.conf",
}

func render(name string, config Config) ([]byte, error) {
	functions := template.FuncMap{"join": strings.Join}
	parsed, err := template.New(name).Funcs(functions).ParseFS(templates, "files/"+name)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := parsed.Execute(&text, config); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

func writeSettings(config Config) error {
	for name, target := range settings {
		text, err := render(name, config)
		if err != nil {
			return err
		}
		if err := writeFile(target, text); err != nil {
			return err
		}
	}
	return writeMirrors()
}

// writeMirrors sends every pull, of whatever registry, to the registry of our own: an image that
// is not there then fails at once, as it would with the world within reach.
func writeMirrors() error {
	hosts := fmt.Sprintf("server = %q\n[host.%q]\ncapabilities = [\"pull\", \"resolve\"]\n",
		registryURL, registryURL)
	for _, registry := range []string{"_default", "docker.io", "registry.k8s.io"} {
		if err := writeFile("certs.d/"+registry+"/hosts.toml", []byte(hosts)); err != nil {
			return err
		}
	}
	return nil
}

// user is one who talks to the API server with a certificate, and gets a kubeconfig for it.
type user struct {
	file, name string
	groups     []string
}

func writeKeys(config Config) (admin Pair, authority *Authority, err error) {
	if authority, err = newAuthority(); err != nil {
		return admin, nil, err
	}
	if err = writeServers(config, authority); err != nil {
		return admin, nil, err
	}
	if err = writeNodeKeys(config, authority, ""); err != nil {
		return admin, nil, err
	}
	users := []user{
		{"admin", "kubernetes-admin", []string{"system:masters"}},
		{"controller-manager", "system:kube-controller-manager", nil},
		{"scheduler", "system:kube-scheduler", nil},
		{"coredns", "system:coredns", nil},
	}
	for _, user := range users {
		pair, err := writeUser(config, authority, user)
		if err != nil {
			return admin, nil, err
		}
		if user.file == "admin" {
			admin = pair
		}
	}
	return admin, authority, nil
}

// writeNodeKeys writes what a node needs to have and to be trusted, below a folder of filesPath.
func writeNodeKeys(config Config, authority *Authority, folder string) error {
	if err := writeFile(filepath.Join(folder, "ca.crt"), authority.pem); err != nil {
		return err
	}
	name := "system:node:" + config.Name
	pair, err := authority.issue(name, nil, []string{config.Name, config.NodeAddress})
	if err != nil {
		return err
	}
	if err := pair.write(filepath.Join(folder, "kubelet")); err != nil {
		return err
	}
	for _, user := range []user{
		{filepath.Join(folder, "kube-proxy"), "system:kube-proxy", nil},
		{filepath.Join(folder, "kubelet-client"), name, []string{"system:nodes"}},
	} {
		if _, err := writeUser(config, authority, user); err != nil {
			return err
		}
	}
	return nil
}

func writeUser(config Config, authority *Authority, user user) (Pair, error) {
	pair, err := authority.issue(user.name, user.groups, nil)
	if err != nil {
		return pair, err
	}
	return pair, writeFile(user.file+".kubeconfig", kubeconfigFor(config, authority.pem, pair))
}

func writeServers(config Config, authority *Authority) error {
	apiNames := []string{
		"kubernetes", "kubernetes.default", "kubernetes.default.svc",
		"kubernetes.default.svc.cluster.local", "localhost",
		config.Name, config.APIAddress, config.NodeAddress, "127.0.0.1",
	}
	certificates := []struct {
		file, name string
		groups     []string
		hosts      []string
	}{
		{"apiserver", "kube-apiserver", nil, apiNames},
		{"apiserver-kubelet", "kube-apiserver-kubelet-client", []string{"system:masters"}, nil},
		{"service-accounts", "service-accounts", nil, nil},
	}
	for _, wanted := range certificates {
		pair, err := authority.issue(wanted.name, wanted.groups, wanted.hosts)
		if err != nil {
			return err
		}
		if err := pair.write(wanted.file); err != nil {
			return err
		}
	}
	return nil
}

func kubeconfigFor(config Config, authority []byte, pair Pair) []byte {
	return fmt.Appendf(nil, `apiVersion: v1
kind: Config
current-context: %[1]s
clusters:
- name: %[1]s
  cluster:
    server: https://%[2]s:6443
    certificate-authority-data: %[3]s
users:
- name: %[1]s
  user:
    client-certificate-data: %[4]s
    client-key-data: %[5]s
contexts:
- name: %[1]s
  context:
    cluster: %[1]s
    user: %[1]s
`, config.Name, config.Server, base64.StdEncoding.EncodeToString(authority),
		base64.StdEncoding.EncodeToString(pair.certificate),
		base64.StdEncoding.EncodeToString(pair.key))
}

// publishKubeconfig puts the administrator's kubeconfig where the launcher finds it.
func publishKubeconfig() error {
	data, err := os.ReadFile(filepath.Join(filesPath, "admin.kubeconfig"))
	if err != nil {
		return err
	}
	path := filepath.Join(folderPath, "kubeconfig")
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
