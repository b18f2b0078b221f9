// Command supervisor is the first process of a node: it arranges the namespaces it was started
// in, starts every component, keeps them running and says in status.json how they are. When it
// ends, its PID namespace ends, and with it everything else.
package main

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"time"
)

const patience = 60 * time.Second // for each step of the start, on a slow machine

func main() {
	if len(os.Args) != 2 || os.Getpid() != 1 {
		fmt.Fprintln(os.Stderr, "usage: unshare --pid --fork --mount --net --uts --ipc … supervisor CONFIG")
		os.Exit(2)
	}
	batchFromHere()
	config, err := readConfig(os.Args[1])
	if err == nil {
		err = prepare(config)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "supervisor:", err)
		os.Exit(1)
	}
	board := newBoard()
	bring := bringUp
	if config.further() {
		bring = bringUpFurther
	}
	if err := bring(config, board); err != nil {
		board.failed(err.Error())
		fmt.Fprintln(os.Stderr, "supervisor:", err)
	}
	select {} // components are kept running until this process is ended
}

// watch looks again, after a component ended, until all is well. It never gives up: what is kept
// running may come right later.
func watch(board *Board, look func() error) {
	for range board.deaths {
		for {
			err := look()
			if err == nil {
				break
			}
			board.failed(err.Error())
		}
	}
}

// prepare does what must be right before anything is started.
func prepare(config Config) error {
	startReaper()
	if config.further() {
		if err := ownView(); err != nil {
			return err
		}
	}
	if err := setHostName(config.Name); err != nil {
		return err
	}
	if err := arrangeMounts(config); err != nil {
		return err
	}
	if err := joinNetwork(config); err != nil {
		return err
	}
	return fencePods(config)
}

func bringUp(config Config, board *Board) error {
	board.step("keys and settings")
	admin, authority, err := writeKeys(config)
	if err != nil {
		return err
	}
	if err := writeSettings(config); err != nil {
		return err
	}
	if err := serveImages(); err != nil {
		return err
	}
	start(first(config), board)
	imported := make(chan error, 1)
	go func() { imported <- importImages() }()

	board.step("API server")
	api, err := newAPI(config, admin, authority)
	if err != nil {
		return err
	}
	if err := until(patience, func() error { return api.get("/readyz", nil) }); err != nil {
		return fmt.Errorf("API server: %w", err)
	}
	if err := until(patience, func() error { return createObjects(config, api) }); err != nil {
		return err
	}
	start(second(config), board)
	go followNodes(board, api)
	nodes, err := furtherNodes(config, authority, api)
	if err != nil {
		return err
	}
	start(nodes, board)
	if err := publishKubeconfig(); err != nil {
		return err
	}
	board.step("images")
	if err := <-imported; err != nil {
		return fmt.Errorf("images: %w", err)
	}
	look := func() error { return awaitReady(config, board, api) }
	if err := look(); err != nil {
		return err
	}
	go watch(board, look)
	return nil
}

// bringUpFurther starts what a further node consists of. That the cluster counts it as Ready is
// for the control plane to see.
func bringUpFurther(config Config, board *Board) error {
	board.step("keys and settings")
	if err := writeSettings(config); err != nil {
		return err
	}
	if err := serveImages(); err != nil {
		return err
	}
	start([]Component{containerd()}, board)
	if err := until(patience, containerdListens); err != nil {
		return fmt.Errorf("containerd: %w", err)
	}
	start(ofFurtherNode(config), board)
	board.step("images")
	if err := importImages(); err != nil {
		return fmt.Errorf("images: %w", err)
	}
	look := func() error { return take(board, []step{{"components", board.allRunning}}) }
	if err := look(); err != nil {
		return err
	}
	go watch(board, look)
	return nil
}

// containerdListens: the kubelet would end, and be started again, before it does.
func containerdListens() error {
	connection, err := net.Dial("unix", "/run/containerd/containerd.sock")
	if err != nil {
		return err
	}
	return connection.Close()
}

// followNodes keeps the board's lines of nodes true.
func followNodes(board *Board, api *API) {
	for {
		_ = api.watchNodes(board.node) // it ends with the API server, and begins anew with it
		time.Sleep(firstPause)
	}
}

// step is one thing that must be so before the node counts as ready.
type step struct {
	name  string
	check func() error
}

func awaitReady(config Config, board *Board, api *API) error {
	return take(board, []step{
		{"API server", func() error { return api.get("/readyz", nil) }},
		{"components", board.allRunning},
		{"node", func() error {
			return cmp.Or(nodesStarted(config), board.nodesReady(1+len(config.Nodes)))
		}},
		{"DNS", func() error { return resolves(config.NodeAddress) }},
		{"Services", func() error { return resolves(config.DNSAddress) }},
		{"ServiceAccount", func() error {
			return api.get("/api/v1/namespaces/default/serviceaccounts/default", nil)
		}},
	})
}

// take waits for each step in turn, and says on the board for which.
func take(board *Board, steps []step) error {
	for _, step := range steps {
		board.step(step.name)
		if err := until(patience, step.check); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	board.ready()
	return nil
}

func start(components []Component, board *Board) {
	for _, component := range components {
		go keepRunning(component, board)
	}
}

func serveImages() error {
	registry, err := readLayout(imagesPath)
	if err != nil {
		return err
	}
	return registry.serve()
}
