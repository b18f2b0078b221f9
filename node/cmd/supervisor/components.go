package main

import (
	"path/filepath"
	"strings"
)

func file(name string) string { return filepath.Join(filesPath, name) }

// bits is the prefix length of a CIDR.
func bits(cidr string) string { return cidr[strings.LastIndex(cidr, "/")+1:] }

// first are the components that need nothing else to start.
func first(config Config) []Component {
	return []Component{
		{Name: "etcd", Arguments: etcdArguments(config)},
		containerd(),
		{Name: "kube-apiserver", Arguments: apiserverArguments(config)},
	}
}

// second are those that would only wait, and back off, until the API server answers.
func second(config Config) []Component {
	return []Component{
		kubelet(config),
		kubeProxy(),
		{Name: "kube-controller-manager", Arguments: controllerArguments(config)},
		{Name: "kube-scheduler", Arguments: []string{
			"--config=" + file("scheduler.yaml"),
			"--bind-address=127.0.0.1",
		}},
		{Name: "coredns", Arguments: []string{"-conf", file("Corefile"), "-quiet"}},
	}
}

// ofFurtherNode are all that such a node has besides containerd: the rest is the control plane's.
func ofFurtherNode(config Config) []Component {
	return []Component{kubelet(config), kubeProxy()}
}

func containerd() Component {
	return Component{Name: "containerd", Arguments: []string{"--config", file("containerd.toml")}}
}

func kubelet(config Config) Component {
	return Component{Name: "kubelet", Arguments: []string{
		"--config=" + file("kubelet.yaml"),
		"--kubeconfig=" + file("kubelet-client.kubeconfig"),
		"--hostname-override=" + config.Name,
		"--node-ip=" + config.NodeAddress,
		"--node-labels=podgrade.dev/node=true",
	}}
}

func kubeProxy() Component {
	return Component{Name: "kube-proxy", Arguments: []string{"--config=" + file("kube-proxy.yaml")}}
}

func etcdArguments(config Config) []string {
	return []string{
		"--name=" + config.Name,
		"--data-dir=/var/lib/etcd",
		"--listen-client-urls=http://127.0.0.1:2379",
		"--advertise-client-urls=http://127.0.0.1:2379",
		"--listen-peer-urls=http://127.0.0.1:2380",
		"--initial-advertise-peer-urls=http://127.0.0.1:2380",
		"--initial-cluster=" + config.Name + "=http://127.0.0.1:2380",
		"--unsafe-no-fsync", // a practice cluster: nothing in it outlives the machine
		"--quota-backend-bytes=4294967296",
		"--log-level=warn",
	}
}

func apiserverArguments(config Config) []string {
	return []string{
		"--etcd-servers=http://127.0.0.1:2379",
		"--advertise-address=" + config.NodeAddress,
		"--bind-address=0.0.0.0",
		"--secure-port=6443",
		"--service-cluster-ip-range=" + config.ServiceNet,
		"--tls-cert-file=" + file("apiserver.crt"),
		"--tls-private-key-file=" + file("apiserver.key"),
		"--client-ca-file=" + file("ca.crt"),
		"--kubelet-certificate-authority=" + file("ca.crt"),
		"--kubelet-client-certificate=" + file("apiserver-kubelet.crt"),
		"--kubelet-client-key=" + file("apiserver-kubelet.key"),
		"--kubelet-preferred-address-types=InternalIP",
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + file("service-accounts.crt"),
		"--service-account-signing-key-file=" + file("service-accounts.key"),
		"--authorization-mode=Node,RBAC",
		"--enable-admission-plugins=NodeRestriction",
		"--allow-privileged=true",
		// One class is one user: its requests must not queue behind one another.
		"--enable-priority-and-fairness=false",
		"--max-requests-inflight=1000",
		"--max-mutating-requests-inflight=500",
		"--event-ttl=2h",
		"--profiling=false",
	}
}

func controllerArguments(config Config) []string {
	return []string{
		"--kubeconfig=" + file("controller-manager.kubeconfig"),
		"--authentication-kubeconfig=" + file("controller-manager.kubeconfig"),
		"--authorization-kubeconfig=" + file("controller-manager.kubeconfig"),
		"--bind-address=127.0.0.1",
		"--root-ca-file=" + file("ca.crt"),
		"--service-account-private-key-file=" + file("service-accounts.key"),
		"--use-service-account-credentials=true",
		"--leader-elect=false",
		"--cluster-cidr=" + config.PodRange,
		"--allocate-node-cidrs=true",
		"--node-cidr-mask-size=" + bits(config.NodePods),
		"--service-cluster-ip-range=" + config.ServiceNet,
		"--enable-hostpath-provisioner=true",
		"--flex-volume-plugin-dir=/var/lib/kubelet/volume-plugins",
		"--pvclaimbinder-sync-period=2s",
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
		"--concurrent-namespace-syncs=20",
		"--concurrent-deployment-syncs=20",
		"--concurrent-replicaset-syncs=20",
		"--concurrent-job-syncs=20",
		"--concurrent-service-endpoint-syncs=20",
		"--concurrent-serviceaccount-token-syncs=20",
		"--concurrent-gc-syncs=20",
		"--profiling=false",
	}
}
