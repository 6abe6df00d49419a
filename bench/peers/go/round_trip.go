// The round-trip workload with a goroutine and a channel per entity; see ../README.md.
package main

import (
	"flag"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// One message an entity receives: go (drive it) or the acknowledgement of its status.
type message struct {
	isAck    bool
	sequence uint32
}

// What an entity tells its central.
type status struct {
	entity   uint32
	sequence uint32
	energy   int64
}

const energyMj = 22 // of an entity and round
const minRounds = 3

// A number that shares no cache line with its neighbours.
type padded struct {
	n int64
	_ [120]byte
}

type entity struct {
	inbox chan message
}

func (e *entity) run(id uint32, central chan<- status, remaining *int64, done *sync.WaitGroup) {
	var sequence uint32
	var energy int64
	for m := range e.inbox {
		if !m.isAck {
			sequence++
			energy += energyMj
			central <- status{id, sequence, energy}
			continue
		}
		if m.sequence != sequence {
			panic("an acknowledgement out of order")
		}
		if atomic.AddInt64(remaining, -1) == 0 {
			done.Done()
		}
	}
}

func central(inbox <-chan status, entities []entity, total *int64) {
	for s := range inbox {
		*total += s.energy
		entities[s.entity].inbox <- message{isAck: true, sequence: s.sequence}
	}
}

func main() {
	count := flag.Int("entities", 100000, "entities")
	centrals := flag.Int("centrals", 4, "centrals")
	seconds := flag.Float64("seconds", 3, "time to measure")
	workers := flag.Int("workers", runtime.NumCPU(), "GOMAXPROCS")
	flag.Parse()
	runtime.GOMAXPROCS(*workers)

	entities := make([]entity, *count)
	inboxes := make([]chan status, *centrals)
	remaining := make([]padded, *centrals) // entities of this central not yet acknowledged
	totals := make([]padded, *centrals)
	var done sync.WaitGroup
	for i := range entities {
		// go and acknowledgement never wait together: the next go comes after all acknowledgements.
		entities[i].inbox = make(chan message, 1)
	}
	for c := range inboxes {
		inboxes[c] = make(chan status, 1024)
		go central(inboxes[c], entities, &totals[c].n)
	}
	begins := func(c int) int { return c * *count / *centrals } // its first entity
	for c := range inboxes {
		for i := begins(c); i < begins(c+1); i++ {
			go entities[i].run(uint32(i), inboxes[c], &remaining[c].n, &done)
		}
	}

	round := func() {
		done.Add(*centrals)
		for c := range remaining {
			atomic.StoreInt64(&remaining[c].n, int64(begins(c+1)-begins(c)))
		}
		for c := 0; c < *centrals; c++ {
			go func(c int) { // a starter per central
				for i := begins(c); i < begins(c+1); i++ {
					entities[i].inbox <- message{}
				}
			}(c)
		}
		done.Wait()
	}
	round() // warm: stacks, channels, pages
	rounds := 0
	begin := time.Now()
	for time.Since(begin).Seconds() < *seconds || rounds < minRounds {
		round()
		rounds++
	}
	elapsed := time.Since(begin).Seconds()

	var total int64
	for c := range totals {
		total += totals[c].n
	}
	all := int64(rounds + 1) // with the one that warmed up
	checksum := "failed"
	if total == energyMj*int64(*count)*(all*(all+1)/2) {
		checksum = "ok"
	}
	fmt.Printf("{\"per_second\": %.0f, \"rounds\": %d, \"energy_mj\": %d, \"checksum\": %q}\n",
		float64(rounds)*float64(*count)/elapsed, all, total, checksum)
}
