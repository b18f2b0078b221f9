package main

import (
	"github.com/coredns/coredns/core/dnsserver"

	// The plug-ins that the node's Corefile uses; the rest of CoreDNS is left out.
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/template"
)

// The order decides who answers first: the template takes only what Kubernetes does not serve.
func init() {
	dnsserver.Directives = []string{"bind", "ready", "errors", "kubernetes", "template"}
}
