package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheServerIsTheFirstOfResolvConf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "resolv.conf")
	text := "search default.svc.cluster.local\nnameserver 10.96.0.10\nnameserver 10.96.0.11\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if server := configuredServer(path); server != "10.96.0.10" {
		t.Error(server)
	}
	if server := configuredServer(path + ".none"); server != "127.0.0.1" {
		t.Error(server)
	}
}
