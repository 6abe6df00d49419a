// CP-1Hz with a goroutine, a timer and a channel per charge point; see ../README.md.
package main

import (
	"flag"
	"fmt"
	"math"
	"math/bits"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const maxOutstanding = 8
const mergeInterval = 100 * time.Millisecond

// ---- how long things took: buckets no wider than 1/128 of their values ----

type histogram struct{ counts [48 * 128]atomic.Uint64 }

func (h *histogram) record(d time.Duration) {
	bucket := uint64(0)
	if d > 0 {
		bucket = uint64(d)
	}
	if bucket >= 256 {
		shift := uint64(bits.Len64(bucket) - 8)
		bucket = shift<<7 + bucket>>shift
	}
	h.counts[bucket].Add(1)
}

// quantile gives the upper edge of the bucket that holds it, in milliseconds.
func (h *histogram) quantile(q float64) float64 {
	var total, seen uint64
	for i := range h.counts {
		total += h.counts[i].Load()
	}
	rank := uint64(math.Ceil(q * float64(total)))
	for i := range h.counts {
		seen += h.counts[i].Load()
		if seen >= rank && seen > 0 {
			edge := uint64(i)
			if i >= 256 {
				shift := edge>>7 - 1
				edge = (edge-shift<<7+1)<<shift - 1
			}
			return float64(edge) / 1e6
		}
	}
	return 0
}

func (h *histogram) json(name string) string {
	return fmt.Sprintf("%q: %.3f, %q: %.3f, %q: %.3f, %q: %.3f",
		name+"_p50_ms", h.quantile(0.5), name+"_p99_ms", h.quantile(0.99),
		name+"_p999_ms", h.quantile(0.999), name+"_max_ms", h.quantile(1))
}

// ---- the charging model ----

const (
	disconnected = iota
	activated
	stopped
	supplying
	fault
)

type model struct {
	random   uint32
	state    uint8
	powerW   float32
	energyWh float32
}

func nextState(state uint8, draw uint32) uint8 {
	switch {
	case state == disconnected && draw < 128:
		return activated
	case state == activated && draw < 64:
		return supplying
	case state == activated && draw >= 252:
		return stopped
	case state == supplying && draw < 16:
		return activated
	case state == supplying && draw >= 254:
		return fault
	case state == stopped && draw < 64:
		return activated
	case state == fault && draw < 128:
		return disconnected
	}
	return state
}

func (m *model) step() {
	m.random = m.random*1664525 + 1013904223
	m.state = nextState(m.state, m.random>>24)
	m.powerW = 0
	if m.state == supplying {
		m.powerW = 225 * float32(16+m.random>>16&63)
	}
	m.energyWh += m.powerW / 3600
}

// ---- messages ----

type status struct {
	cp, seq  uint32
	state    uint8
	powerW   float32
	energyWh float32
}
type reply struct {
	seq    uint32
	limitW float32
}
type shardTotal struct {
	central int
	powerW  float64
}

// ---- the run ----

type run struct {
	entities, centrals, warmUp, seconds int
	start                               time.Time // written before started is closed
	started                             chan struct{}
	over                                sync.WaitGroup
	lateness, roundTrip                 histogram
}

func (r *run) ticks() int { return r.warmUp + r.seconds }
func (r *run) isMeasured(at time.Duration) bool {
	return at >= time.Duration(r.warmUp)*time.Second && at < time.Duration(r.ticks())*time.Second
}

type outstanding struct {
	tick     uint32
	energyWh float32
}

type chargePoint struct {
	model
	id                   uint32
	tick, sent, acked    uint32
	limitW               float32
	replies              chan reply
	waiting              [maxOutstanding]outstanding
	ackedInTime, dropped uint32
	ackedWh              float64
}

func (p *chargePoint) due(tick uint32) time.Duration {
	hash := uint64(p.id * 2654435761)
	return time.Duration(hash*1e9>>32) + time.Duration(tick)*time.Second
}

// run ticks when the clock says so; one tick beyond those of the plan sends nothing and leaves time
// for the last replies.
func (p *chargePoint) run(r *run, central chan<- status) {
	defer r.over.Done()
	<-r.started
	last := uint32(r.ticks())
	timer := time.NewTimer(time.Until(r.start.Add(p.due(0))))
	for p.tick <= last || p.acked < p.sent {
		select {
		case <-timer.C:
			if p.tick < last {
				p.onTick(r, central)
			}
			p.tick++
			if p.tick <= last {
				timer.Reset(time.Until(r.start.Add(p.due(p.tick))))
			}
		case reply := <-p.replies:
			p.onReply(r, reply)
		}
	}
}

func (p *chargePoint) onTick(r *run, central chan<- status) {
	p.step()
	measured := p.tick >= uint32(r.warmUp)
	if p.sent-p.acked == maxOutstanding {
		if measured {
			p.dropped++
		}
		return
	}
	if measured {
		r.lateness.record(time.Since(r.start) - p.due(p.tick))
	}
	p.sent++
	p.waiting[p.sent%maxOutstanding] = outstanding{p.tick, p.energyWh}
	central <- status{p.id, p.sent, p.state, p.powerW, p.energyWh}
}

func (p *chargePoint) onReply(r *run, answer reply) {
	p.acked++
	if answer.seq != p.acked || p.acked > p.sent {
		panic("a reply out of order")
	}
	of := p.waiting[answer.seq%maxOutstanding]
	now := time.Since(r.start)
	if r.isMeasured(now) {
		p.ackedInTime++
	}
	if of.tick >= uint32(r.warmUp) {
		r.roundTrip.record(now - p.due(of.tick))
	}
	p.ackedWh += float64(of.energyWh)
	p.limitW = answer.limitW
}

type central struct {
	index    int
	inbox    chan status
	totals   chan shardTotal
	last     []status
	totalsW  []float64 // by central: the own one up to date, the others as last heard
	allW     float64
	energyWh float64
}

func (c *central) run(r *run, points []chargePoint, all []*central) {
	var merge <-chan time.Time // never, with one central
	if r.centrals > 1 {
		merge = time.NewTicker(mergeInterval).C
	}
	for {
		select {
		case s := <-c.inbox:
			points[s.cp].replies <- c.record(r, s)
		case t := <-c.totals:
			c.allW += t.powerW - c.totalsW[t.central]
			c.totalsW[t.central] = t.powerW
		case <-merge:
			for _, other := range all {
				if other == c {
					continue
				}
				select {
				case other.totals <- shardTotal{c.index, c.totalsW[c.index]}:
				default: // it is behind; the next total says what this one would, and nobody waits in a circle
				}
			}
		}
	}
}

func (c *central) record(r *run, s status) reply {
	last := &c.last[int(s.cp)/r.centrals]
	more := float64(s.powerW) - float64(last.powerW)
	*last = s
	c.totalsW[c.index] += more
	c.allW += more
	c.energyWh += float64(s.energyWh)
	return reply{s.seq, float32(math.Max(0, 22000-c.allW/float64(r.entities)))}
}

// ---- watching it ----

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

func residentBytes() float64 {
	rollup, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		panic(err)
	}
	var kib float64
	at := strings.Index(string(rollup), "Rss:")
	fmt.Sscanf(string(rollup[at:]), "Rss: %f", &kib)
	return kib * 1024
}

func (r *run) spawn() ([]chargePoint, []*central) {
	points := make([]chargePoint, r.entities)
	centrals := make([]*central, r.centrals)
	for c := range centrals {
		size := (r.entities + r.centrals - 1 - c) / r.centrals
		centrals[c] = &central{index: c, inbox: make(chan status, 1024), totals: make(chan shardTotal, r.centrals),
			last: make([]status, size), totalsW: make([]float64, r.centrals)}
	}
	for _, c := range centrals {
		go c.run(r, points, centrals)
	}
	r.over.Add(r.entities)
	for i := range points {
		// A central never waits: there are no more replies than statuses outstanding.
		points[i] = chargePoint{id: uint32(i), model: model{random: uint32(i)}, replies: make(chan reply, maxOutstanding)}
		go points[i].run(r, centrals[i%r.centrals].inbox)
	}
	return points, centrals
}

func main() {
	r := run{started: make(chan struct{})}
	flag.IntVar(&r.entities, "entities", 100000, "charge points")
	flag.IntVar(&r.centrals, "centrals", 1, "centrals")
	flag.IntVar(&r.warmUp, "warm-up", 2, "seconds that are not measured")
	flag.IntVar(&r.seconds, "seconds", 10, "seconds that are")
	flag.Parse()

	before := time.Now()
	points, centrals := r.spawn()
	spawning := time.Since(before)
	r.start = time.Now().Add(time.Second + time.Duration(r.entities)*2*time.Microsecond)
	close(r.started)

	time.Sleep(time.Until(r.start.Add(time.Duration(r.warmUp) * time.Second)))
	begin, cpu := time.Now(), cpuSeconds()
	time.Sleep(time.Until(r.start.Add(time.Duration(r.ticks()) * time.Second)))
	cpu = (cpuSeconds() - cpu) / time.Since(begin).Seconds()
	resident := residentBytes()
	r.over.Wait()

	var acked, ackedInTime, dropped uint64
	var ackedWh, energyWh float64
	for i := range points {
		p := &points[i]
		acked += uint64(p.acked)
		ackedInTime += uint64(p.ackedInTime)
		dropped += uint64(p.dropped)
		ackedWh += p.ackedWh
	}
	for _, c := range centrals {
		energyWh += c.energyWh
	}
	checksum := "failed" // multiples of 1/16 Wh: sums are exact in any order
	if energyWh == ackedWh {
		checksum = "ok"
	}
	perSecond := float64(ackedInTime) / float64(r.seconds)
	fmt.Printf("{\"per_second\": %.1f, \"percent_of_offered\": %.2f, %s, %s, "+
		"\"cpu_per_second\": %.3f, \"rss_bytes_per_entity\": %.0f, \"dropped\": %d, "+
		"\"statuses\": %d, \"energy_wh\": %.4f, \"checksum\": %q, \"spawn_seconds\": %.2f}\n",
		perSecond, 100*perSecond/float64(r.entities), r.lateness.json("late"), r.roundTrip.json("round_trip"),
		cpu, resident/float64(r.entities), dropped, acked, energyWh, checksum, spawning.Seconds())
}
