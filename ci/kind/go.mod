// What kind's node needs beside the programs of ../../node. These are only the modules that the node
// lacks: parts.py joins them with the node's go.mod, so that both are built from the same versions and
// what was compiled for the node is not compiled again.
module podgrade.dev/kind

go 1.26.8

require (
	github.com/Sirupsen/logrus v0.11.0 // indirect
	github.com/coredns/corefile-migration v1.0.31 // indirect
	github.com/dnstap/golang-dnstap v0.4.0 // indirect
	github.com/farsightsec/golang-framestream v0.3.0 // indirect
	github.com/kelseyhightower/envconfig v1.4.0 // indirect
	github.com/rancher/local-path-provisioner v0.0.30 // indirect
	github.com/urfave/cli v1.19.1 // indirect
	k8s.io/system-validators v1.12.1 // indirect
	sigs.k8s.io/sig-storage-lib-external-provisioner/v10 v10.0.1 // indirect
)
