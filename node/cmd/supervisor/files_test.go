package main

import (
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

var example = Config{
	Name: "podgrade-test", NodeAddress: "10.213.0.2", HostAddress: "10.213.0.1", LinkBits: 30,
	PodRange: "10.244.0.0/16", NodePods: "10.244.0.0/20", ServiceNet: "10.96.0.0/16", APIAddress: "10.96.0.1",
	DNSAddress: "10.96.0.10", Server: "10.213.0.2", Peers: []string{"10.213.0.2", "10.213.0.6"},
	Nodes: []Node{{
		Name: "podgrade-test-2", Address: "10.213.0.6", Gateway: "10.213.0.5",
		PodRange: "10.244.16.0/20", CgroupRoot: "/podgrade-test-2",
	}},
	Programs: "/programs", Images: "/images", Folder: "/folder", RuncPath: "/usr/sbin/runc", CgroupRoot: "/podgrade-test",
}

func TestEverySettingIsFilledIn(t *testing.T) {
	for name := range settings {
		text, err := render(name, example)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if strings.Contains(string(text), "{{") || strings.Contains(string(text), "<no value>") {
			t.Errorf("%s has holes", name)
		}
		if strings.HasSuffix(name, ".yaml") {
			var content map[string]any
			if err := yaml.Unmarshal(text, &content); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestObjectsHaveAPathEach(t *testing.T) {
	text, err := render("objects.yaml", example)
	if err != nil {
		t.Fatal(err)
	}
	var objects []struct {
		Path   string
		Object map[string]any
	}
	if err := yaml.UnmarshalStrict(text, &objects); err != nil {
		t.Fatal(err)
	}
	for _, object := range objects {
		if !strings.HasPrefix(object.Path, "/api") || object.Object["kind"] == nil {
			t.Errorf("%+v", object)
		}
	}
}

func TestCertificatesAreSignedByTheAuthority(t *testing.T) {
	authority, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.issue("kube-apiserver", nil, []string{"kubernetes", "10.96.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(pair.certificate)
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.pem)
	for _, host := range []string{"kubernetes", "10.96.0.1"} {
		if _, err := certificate.Verify(x509.VerifyOptions{Roots: roots, DNSName: host}); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	if err := example.check(); err != nil {
		t.Error(err)
	}
	wrong := example
	wrong.PodRange = "10.244.0.0"
	if wrong.check() == nil {
		t.Error("a range without a length was accepted")
	}
}
