package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
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

// nodeObject is as much of a Node as is looked at here.
type nodeObject struct {
	Metadata struct{ Name string }
	Status   struct {
		Conditions []struct{ Type, Status, Message string }
	}
}

// ready says whether the cluster counts the node as Ready, and why not.
func (n nodeObject) ready() (ready bool, message string) {
	for _, condition := range n.Status.Conditions {
		if condition.Type == "Ready" {
			return condition.Status == "True", condition.Message
		}
	}
	return false, "it has not said anything yet"
}

// watchNodes tells every node that there is, and each change, until the watch ends.
func (a *API) watchNodes(changed func(node nodeObject, gone bool)) error {
	endless := &http.Client{Transport: a.client.Transport}
	response, err := endless.Get(a.base + "/api/v1/nodes?watch=1")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("watch of nodes: %s", response.Status)
	}
	decoder := json.NewDecoder(response.Body)
	for {
		var event struct {
			Type   string
			Object nodeObject
		}
		if err := decoder.Decode(&event); err != nil {
			return err
		}
		if event.Type == "ERROR" {
			return errors.New("watch of nodes ended")
		}
		changed(event.Object, event.Type == "DELETED")
	}
}

// markLost says of a node that nothing of it runs.
func (a *API) markLost(name string) error {
	at := time.Now().UTC().Format(time.RFC3339)
	body := fmt.Sprintf(`{"status": {"conditions": [{"type": "Ready", "status": "Unknown",
		"reason": "NodeEnded", "message": "The node's processes ended.",
		"lastHeartbeatTime": %[1]q, "lastTransitionTime": %[1]q}]}}`, at)
	request, err := http.NewRequest(http.MethodPatch,
		a.base+"/api/v1/nodes/"+name+"/status", strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/strategic-merge-patch+json")
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
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
