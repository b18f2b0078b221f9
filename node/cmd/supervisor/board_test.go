package main

import (
	"strings"
	"testing"
	"time"
)

func TestARestartIsCountedAndSaid(t *testing.T) {
	board := newBoard()
	board.running("kubelet", 7)
	board.ready()
	if board.Phase != "ready" || board.allRunning() != nil {
		t.Fatalf("%+v", board)
	}
	board.ended("kubelet", "killed by signal 9 (killed)", 200*time.Millisecond)
	if board.Phase != "repairing" || board.allRunning() == nil {
		t.Errorf("after the end: %+v", board)
	}
	board.running("kubelet", 8)
	state := board.find("kubelet")
	if state.Restarts != 1 || !strings.Contains(state.LastExit, "again in 200ms") {
		t.Errorf("%+v", state)
	}
}

func TestNotReadyWhileADeathWasNotLookedAt(t *testing.T) {
	board := newBoard()
	board.running("etcd", 7)
	board.ended("etcd", "ended with exit code 1", time.Second)
	board.running("etcd", 8)
	board.ready()
	if board.Phase == "ready" {
		t.Error("ready although a component ended meanwhile")
	}
	<-board.deaths
	board.ready()
	if board.Phase != "ready" {
		t.Error("not ready although the end was looked at")
	}
}
