package main

import (
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// batchFromHere makes this process, and all that it will start, tasks that do not interrupt others
// when they wake up (SCHED_BATCH, sched(7)): where a whole cluster shares two cores, interrupting one
// another takes a part of them that can be felt (docs/performance.md).
//
// A thread has its policy from the one that started it, and Go has started threads already: so the
// program begins anew, which keeps its process ID. It returns where that is done or not allowed.
func batchFromHere() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if changed, err := beBatch(); err != nil || !changed {
		return
	}
	if program, err := os.Executable(); err == nil {
		_ = syscall.Exec(program, os.Args, os.Environ())
	}
}

// beBatch changes the policy of the calling thread alone, keeps its nice value, and says whether the
// policy was another one before.
func beBatch() (bool, error) {
	attributes, err := unix.SchedGetAttr(0, 0)
	if err != nil || attributes.Policy == unix.SCHED_BATCH {
		return false, err
	}
	attributes.Policy = unix.SCHED_BATCH
	return true, unix.SchedSetAttr(0, attributes, 0)
}
