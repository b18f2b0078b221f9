package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestAFurtherNodeIsToldItsOwn(t *testing.T) {
	theirs := example.of(example.Nodes[0])
	if !theirs.further() || example.further() {
		t.Error("which one is the control plane?")
	}
	if err := theirs.check(); err != nil {
		t.Error(err)
	}
	if theirs.Server != example.NodeAddress || theirs.NodeAddress != "10.213.0.6" ||
		theirs.HostAddress != "10.213.0.5" || theirs.NodePods != "10.244.16.0/20" ||
		theirs.PodRange != example.PodRange || len(theirs.Nodes) != 0 {
		t.Errorf("%+v", theirs)
	}
	if theirs.Folder == example.Folder || theirs.Programs != programsPath {
		t.Errorf("paths of the host: %+v", theirs)
	}
}

func TestAFurtherNodeTalksToTheControlPlane(t *testing.T) {
	theirs := example.of(example.Nodes[0])
	for name, wanted := range map[string]string{
		"resolv.conf":     "nameserver 10.213.0.2",
		"cni.conflist":    `"subnet": "10.244.16.0/20"`,
		"kubelet.yaml":    "address: 10.213.0.6",
		"kube-proxy.yaml": "hostnameOverride: podgrade-test-2",
	} {
		text, err := render(name, theirs)
		if err != nil || !strings.Contains(string(text), wanted) {
			t.Errorf("%s: %v %s", name, err, text)
		}
	}
	kubeconfig := string(kubeconfigFor(theirs, nil, Pair{}))
	if !strings.Contains(kubeconfig, "server: https://10.213.0.2:6443") {
		t.Error(kubeconfig)
	}
}

func TestPodsOfSeveralNodesReachNodesOnlyWhereTheyMay(t *testing.T) {
	several, err := render("egress.nft", example)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(several), "daddr { 10.213.0.2, 10.213.0.6 } tcp dport 30000-32767") {
		t.Errorf("%s", several)
	}
	alone := example
	alone.Nodes, alone.Peers = nil, []string{"10.213.0.2"}
	one, err := render("egress.nft", alone)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(one), "6443") != 1 {
		t.Errorf("a node alone has no way to others: %s", one)
	}
}

func TestTheControllerManagerGivesOutRangesOfTheNodesSize(t *testing.T) {
	if !slices.Contains(controllerArguments(example), "--node-cidr-mask-size=20") {
		t.Error(controllerArguments(example))
	}
}

func node(t *testing.T, name, ready string) (made nodeObject) {
	t.Helper()
	text := `{"metadata": {"name": "` + name + `"}, "status": {"conditions": [` +
		`{"type": "Ready", "status": "` + ready + `", "message": "so it is"}]}}`
	if err := json.Unmarshal([]byte(text), &made); err != nil {
		t.Fatal(err)
	}
	return made
}

func TestTheBoardNamesANodeThatIsNotReady(t *testing.T) {
	board := newBoard()
	board.node(node(t, "b", "Unknown"), false)
	board.node(node(t, "a", "True"), false)
	err := board.nodesReady(2)
	if err == nil || !strings.Contains(err.Error(), "node b is not Ready: so it is") {
		t.Error(err)
	}
	board.node(node(t, "b", "True"), false)
	if err := board.nodesReady(2); err != nil {
		t.Error(err)
	}
	if board.nodesReady(3) == nil {
		t.Error("a node that never came is not missed")
	}
	board.node(node(t, "b", "True"), true)
	if want := []NodeState{{"a", true, ""}}; !slices.Equal(board.Nodes, want) {
		t.Errorf("%+v", board.Nodes)
	}
}
