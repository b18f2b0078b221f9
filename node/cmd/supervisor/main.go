// Command supervisor is the first process of a node: it arranges the namespaces it was started
// in, starts every component, keeps them running and says in status.json how they are. When it
// ends, its PID namespace ends, and with it everything else.
package main

import (
	"fmt"
	"os"
	"time"
)

const patience = 60 * time.Second // for each step of the start, on a slow machine

func main() {
	if len(os.Args) != 2 || os.Getpid() != 1 {
		fmt.Fprintln(os.Stderr, "usage: unshare --pid --fork --mount --net --uts --ipc … supervisor CONFIG")
		os.Exit(2)
	}
	config, err := readConfig(os.Args[1])
	if err == nil {
		err = prepare(config)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "supervisor:", err)
		os.Exit(1)
	}
	board := newBoard()
	if err := bringUp(config, board); err != nil {
		board.failed(err.Error())
		fmt.Fprintln(os.Stderr, "supervisor:", err)
	}
	select {} // components are kept running until this process is ended
}

// watch looks again, after a component ended, until all is well. It never gives up: what is kept
// running may come right later.
func watch(config Config, board *Board, api *API) {
	for range board.deaths {
		for {
			err := awaitReady(config, board, api)
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
	if err := publishKubeconfig(); err != nil {
		return err
	}
	board.step("images")
	if err := <-imported; err != nil {
		return fmt.Errorf("images: %w", err)
	}
	if err := awaitReady(config, board, api); err != nil {
		return err
	}
	go watch(config, board, api)
	return nil
}

func awaitReady(config Config, board *Board, api *API) error {
	steps := []struct {
		name  string
		check func() error
	}{
		{"API server", func() error { return api.get("/readyz", nil) }},
		{"components", board.allRunning},
		{"node", func() error { return api.nodeReady(config.Name) }},
		{"DNS", func() error { return resolves(config.NodeAddress) }},
		{"Services", func() error { return resolves(config.DNSAddress) }},
		{"ServiceAccount", func() error {
			return api.get("/api/v1/namespaces/default/serviceaccounts/default", nil)
		}},
	}
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
