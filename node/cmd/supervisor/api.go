package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"sigs.k8s.io/yaml"
)

// API is the few requests that the supervisor itself sends, as the administrator.
type API struct {
	base   string
	client *http.Client
}

func newAPI(config Config, admin Pair, authority *Authority) (*API, error) {
	certificate, err := tls.X509KeyPair(admin.certificate, admin.key)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{
		Certificates: []tls.Certificate{certificate}, RootCAs: roots, MinVersion: tls.VersionTLS12,
	}}
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	return &API{"https://" + config.NodeAddress + ":6443", client}, nil
}

func (a *API) get(path string, into any) error {
	response, err := a.client.Get(a.base + path)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s: %.300s", path, response.Status, body)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(body, into)
}

// create makes an object; one that is there already is left as it is.
func (a *API) create(path string, object json.RawMessage) error {
	response, err := a.client.Post(a.base+path, "application/json", bytes.NewReader(object))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	switch response.StatusCode {
	case http.StatusOK, http.StatusCreated, http.StatusConflict:
		return nil
	}
	return fmt.Errorf("POST %s: %s: %.300s", path, response.Status, body)
}

func createObjects(config Config, api *API) error {
	text, err := render("objects.yaml", config)
	if err != nil {
		return err
	}
	var wanted []struct {
		Path   string          `json:"path"`
		Object json.RawMessage `json:"object"`
	}
	if err := yaml.Unmarshal(text, &wanted); err != nil {
		return err
	}
	for _, item := range wanted {
		if err := api.create(item.Path, item.Object); err != nil {
			return err
		}
	}
	return nil
}

func (a *API) nodeReady(name string) error {
	var node struct {
		Status struct {
			Conditions []struct{ Type, Status, Message string }
		}
	}
	if err := a.get("/api/v1/nodes/"+name, &node); err != nil {
		return err
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == "Ready" && condition.Status == "True" {
			return nil
		}
	}
	return fmt.Errorf("node %s is not Ready", name)
}

// resolves asks a DNS server for the API server's name.
func resolves(server string) error {
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string,
	) (net.Conn, error) {
		return (&net.Dialer{Timeout: time.Second}).DialContext(ctx, network, server+":53")
	}}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := resolver.LookupHost(ctx, "kubernetes.default.svc.cluster.local.")
	return err
}

// until tries again every few milliseconds; the last error is what the limit reports.
func until(limit time.Duration, attempt func() error) error {
	deadline := time.Now().Add(limit)
	for {
		err := attempt()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not within %s: %w", limit, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
