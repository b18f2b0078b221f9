// Command ipc is the program of the image allingeek/ch6_ipc: two processes that pass values
// through a POSIX message queue.
//
//	ipc [-producer]   makes the queue, sends 500 random bytes in hexadecimal, then "done", and
//	                  removes the queue; waits whenever ten values have not been fetched
//	ipc -consumer     prints what it receives until "done"; exits 1 if there is no queue
package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	count = 500
	last  = "done"
)

func main() {
	work := consume
	if len(os.Args) < 2 || strings.HasPrefix(os.Args[1], "-producer") {
		work = produce
	}
	if err := work(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func produce() error {
	queue, err := openQueue(unix.O_CREAT|unix.O_WRONLY, &attributes{maximum: queueLength, size: messageSize})
	if err != nil {
		return fmt.Errorf("the queue cannot be made: %w", err)
	}
	defer removeQueue()
	for range count {
		value := fmt.Sprintf("%x", rand.IntN(256))
		fmt.Println("Produced:", value)
		if err := queue.send(value); err != nil {
			return err
		}
	}
	return queue.send(last)
}

func consume() error {
	queue, err := openQueue(unix.O_RDONLY, nil)
	if err != nil {
		return fmt.Errorf("no queue: the producer has not started, or its memory is not shared with me: %w", err)
	}
	for value := ""; value != last; {
		if value, err = queue.receive(); err != nil {
			return err
		}
		fmt.Println("Consumed:", value)
	}
	return nil
}
