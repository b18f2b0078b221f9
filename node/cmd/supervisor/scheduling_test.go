package main

import (
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

func TestWhatABatchThreadStartsIsBatchToo(t *testing.T) {
	done := make(chan string)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		if _, err := beBatch(); err != nil {
			done <- err.Error()
			return
		}
		out, err := exec.Command("sh", "-c", "read line </proc/$$/stat && echo ${line##*) }").Output()
		if err != nil {
			done <- err.Error()
			return
		}
		done <- strings.Fields(string(out))[38] // field 41 of proc_pid_stat(5)
	}()
	if got := <-done; got != "3" {
		t.Errorf("the policy of a child is %s, not that of SCHED_BATCH (3)", got)
	}
}
