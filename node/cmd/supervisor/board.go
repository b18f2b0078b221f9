package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// State is one component's line in status.json.
type State struct {
	Name     string `json:"name"`
	PID      int    `json:"pid"` // in the node's PID namespace; 0 while it is not running
	Running  bool   `json:"running"`
	Restarts int    `json:"restarts"`
	Since    string `json:"since"`     // RFC 3339, UTC
	LastExit string `json:"last_exit"` // why it ended last; empty if it never did
}

// NodeState is one node's line in status.json, as the API server has it.
type NodeState struct {
	Name    string `json:"name"`
	Ready   bool   `json:"ready"`
	Message string `json:"message"` // why it is not Ready
}

// Board is what the launcher reads: status.json, replaced whole at every change.
type Board struct {
	mutex      sync.Mutex
	Phase      string      `json:"phase"` // starting, ready, repairing or failed
	Step       string      `json:"step"`  // what is being waited for while starting
	Problem    string      `json:"problem"`
	Seconds    float64     `json:"seconds"` // from the start to ready
	Components []State     `json:"components"`
	Nodes      []NodeState `json:"nodes"`
	began      time.Time
	deaths     chan struct{} // has one entry when a component ended since the last look
}

func newBoard() *Board {
	return &Board{
		Phase: "starting", Components: []State{}, Nodes: []NodeState{}, began: time.Now(),
		deaths: make(chan struct{}, 1),
	}
}

func (b *Board) step(name string) {
	b.change(func() { b.Step = name })
}

// ready says so, unless a component ended while the last steps were being looked at.
func (b *Board) ready() {
	b.change(func() {
		if len(b.deaths) > 0 {
			return
		}
		if b.Seconds == 0 {
			b.Seconds = time.Since(b.began).Seconds()
		}
		b.Phase, b.Step, b.Problem = "ready", "", ""
	})
}

func (b *Board) failed(problem string) {
	b.change(func() { b.Phase, b.Problem = "failed", problem })
}

func (b *Board) running(name string, pid int) {
	b.change(func() {
		state := b.find(name)
		if state.Since != "" {
			state.Restarts++
		}
		state.PID, state.Running, state.Since = pid, true, now()
	})
}

func (b *Board) ended(name, reason string, pause time.Duration) {
	b.change(func() {
		state := b.find(name)
		state.PID, state.Running, state.Since = 0, false, now()
		state.LastExit = reason + ", again in " + pause.String()
		if b.Phase == "ready" {
			b.Phase = "repairing"
		}
	})
	select {
	case b.deaths <- struct{}{}:
	default: // one is enough
	}
}

// allRunning names a component that is not running.
func (b *Board) allRunning() error {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, component := range b.Components {
		if !component.Running {
			return fmt.Errorf("%s: %s", component.Name, component.LastExit)
		}
	}
	return nil
}

// node writes down how a node is; one that stays as it was changes nothing.
func (b *Board) node(node nodeObject, gone bool) {
	ready, message := node.ready()
	state := NodeState{node.Metadata.Name, ready, message}
	if ready {
		state.Message = ""
	}
	if !gone && b.nodeIs(state) {
		return
	}
	b.change(func() {
		b.Nodes = slices.DeleteFunc(b.Nodes, func(one NodeState) bool { return one.Name == state.Name })
		if !gone {
			b.Nodes = append(b.Nodes, state)
		}
		slices.SortFunc(b.Nodes, func(x, y NodeState) int { return strings.Compare(x.Name, y.Name) })
	})
}

func (b *Board) nodeIs(state NodeState) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return slices.Contains(b.Nodes, state)
}

// nodesReady names a node that is not Ready; that many there must be.
func (b *Board) nodesReady(wanted int) error {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, node := range b.Nodes {
		if !node.Ready {
			return fmt.Errorf("node %s is not Ready: %s", node.Name, node.Message)
		}
	}
	if len(b.Nodes) < wanted {
		return fmt.Errorf("%d of %d nodes are there", len(b.Nodes), wanted)
	}
	return nil
}

func (b *Board) find(name string) *State {
	for i := range b.Components {
		if b.Components[i].Name == name {
			return &b.Components[i]
		}
	}
	b.Components = append(b.Components, State{Name: name})
	slices.SortFunc(b.Components, func(x, y State) int { return strings.Compare(x.Name, y.Name) })
	return b.find(name)
}

func (b *Board) change(edit func()) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	edit()
	data, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return
	}
	path := filepath.Join(folderPath, "status.json")
	if os.WriteFile(path+".new", append(data, '\n'), 0o644) == nil {
		_ = os.Rename(path+".new", path)
	}
}

func now() string { return time.Now().UTC().Format(time.RFC3339) }
