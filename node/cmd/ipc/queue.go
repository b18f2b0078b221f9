package main

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	queueName   = "ch6_ipc" // /dev/mqueue/ch6_ipc; the kernel wants the name without a slash
	queueLength = 10
	messageSize = 1024
)

// attributes is struct mq_attr of mq_open(2): flags, room, message size, messages there.
type attributes struct {
	flags, maximum, size, current int64
	_                             [4]int64
}

// queue is a POSIX message queue (mq_overview(7)): the Pod's containers share them, as they share
// the IPC namespace.
type queue uintptr

func openQueue(flags int, wanted *attributes) (queue, error) {
	name, err := unix.BytePtrFromString(queueName)
	if err != nil {
		return 0, err
	}
	handle, err := call(unix.SYS_MQ_OPEN, uintptr(unsafe.Pointer(name)), uintptr(flags), 0o644,
		uintptr(unsafe.Pointer(wanted)), 0)
	return queue(handle), err
}

// send waits while the queue is full.
func (q queue) send(text string) error {
	var message [messageSize]byte
	copy(message[:], text)
	_, err := call(unix.SYS_MQ_TIMEDSEND, uintptr(q), uintptr(unsafe.Pointer(&message)), messageSize, 0, 0)
	return err
}

// receive waits while the queue is empty.
func (q queue) receive() (string, error) {
	var message [messageSize]byte
	size, err := call(unix.SYS_MQ_TIMEDRECEIVE, uintptr(q), uintptr(unsafe.Pointer(&message)), messageSize, 0, 0)
	if err != nil {
		return "", err
	}
	return unix.ByteSliceToString(message[:size]), nil
}

func removeQueue() {
	if name, err := unix.BytePtrFromString(queueName); err == nil {
		_, _ = call(unix.SYS_MQ_UNLINK, uintptr(unsafe.Pointer(name)), 0, 0, 0, 0)
	}
}

func call(number, a, b, c, d, e uintptr) (uintptr, error) {
	for {
		result, _, problem := unix.Syscall6(number, a, b, c, d, e, 0)
		if problem == 0 {
			return result, nil
		}
		if !errors.Is(problem, unix.EINTR) {
			return 0, problem
		}
	}
}
