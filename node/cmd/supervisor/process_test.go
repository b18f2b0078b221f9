package main

import (
	"slices"
	"testing"
)

func TestOnlyWithPlentyOfMemoryIsGarbageCollectedSeldom(t *testing.T) {
	if seldom := collecting(4 << 30); seldom != nil {
		t.Errorf("4 GiB: %v", seldom)
	}
	if seldom := collecting(8 << 30); !slices.Contains(seldom, "GOGC=400") {
		t.Errorf("8 GiB: %v", seldom)
	}
	if machineMemory() == 0 {
		t.Error("the machine's memory is not known")
	}
}
