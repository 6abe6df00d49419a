// All that the page knows, and who is told when it changes.
import { ask } from './api.js';
import { newestFirst } from './fault_rows.js';
import { States } from './frames.js';
import { Plan } from './layout.js';
import { rowOf, Series } from './series.js';
import { greeting, Wire } from './wire.js';
import { kClasses } from './palette.js';

const kRowsMax = 10_000;
const kRowsFirst = 1000;
const kCalmMs = 1000;
const kMeasureS = 0.9;  // nearly two pulses
const kHiddenMs = 5000; // from one time to the next that a tab is drawn which nobody sees: its title may change
const kNextMs = 4000;   // from one look for another run to the next

/** Whoever asks for less motion sees changes once a second. */
export const calm = matchMedia('(prefers-reduced-motion: reduce)');

export class Store {
  constructor() {
    this.hello = null;
    this.plan = null;
    this.states = null;
    this.total = new Array(kClasses.length).fill(0);
    this.pulse = null;
    this.rates = { sessions: null, messages: null, speed: null };
    this.from = null;     // the pulse that rates are measured from
    this.series = new Series();
    this.late = {};       // series, pulse, states: the newest, where it is not shown
    this.faults = [];     // newest first
    this.revision = 0;    // of faults
    this.hasOlderFaults = false;  // than those
    this.areFaultsKnown = false;  // they have been asked for
    this.cut = '';        // of what is older than that, some may have been given up or missed
    this.connection = 'connecting';
    this.watchers = 0;    // so many were too many for one more
    this.isPlanAsked = false;
    this.end = null;
    this.hasNext = false;  // another run is served where this one was
    this.isHeld = false;
    this.heardAt = performance.now();
    this.shownAt = -Infinity;  // states
    this.pulseAt = -Infinity;
    this.toldAt = -Infinity;   // listeners
    this.isTellDue = false;
    this.timers = {};     // what is asked again, by name
    this.listeners = new Set();
    this.stateListeners = new Set();
  }

  watch(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  /** Told of each new frame, at once and past all components. */
  onStates(listener) {
    this.stateListeners.add(listener);
    if (this.states) listener(this.states);
    return () => this.stateListeners.delete(listener);
  }
  /** Once for all that comes until the screen is drawn. */
  changed() {
    if (this.isTellDue) return;
    this.isTellDue = true;
    const wait = this.toldAt + (document.hidden ? kHiddenMs : calm.matches ? kCalmMs : 0) - performance.now();
    // Who is not seen has no frames.
    if (wait > 0 || document.hidden) setTimeout(() => this.tell(), wait); else requestAnimationFrame(() => this.tell());
  }
  tell() {
    this.isTellDue = false;
    this.toldAt = performance.now();
    for (const listener of this.listeners) listener();
  }

  connect() {
    this.wire = new Wire({
      text: (message) => this.hear(message),
      states: (states) => {
        this.heardAt = performance.now();
        this.take(Object.assign(new States(0), states));  // the wire goes on with its own, what is shown may be held
      },
      connection: (isOpen, isFull) => {
        if (!isOpen && !this.end) this.connection = isFull ? 'full' : 'lost';
        if (!isOpen && this.end) this.awaitNext();
        this.changed();
      },
    });
    document.addEventListener('visibilitychange', () => {
      this.rest();
      this.isTellDue = false;  // what is due may be so in a while only
      this.changed();
    });
  }
  /** States are of no use to who has some and does not look: nobody sees the tab, or the view is held. */
  rest() {
    this.wire.pause(this.states !== null && (this.isHeld || document.hidden));
  }

  /** A run that is over stays as it ended; whether there is another one, a person may want to know. */
  awaitNext() {
    setTimeout(async () => {
      const hello = document.hidden ? null : await greeting();
      this.hasNext = hello !== null && hello.instance !== this.hello?.instance;
      if (this.hasNext) this.changed(); else this.awaitNext();
    }, kNextMs);
  }

  /** While it is held, what is shown stays as it is; faults are still taken in, so that none is missed. */
  hold(isHeld) {
    if (isHeld === this.isHeld) return;
    this.isHeld = isHeld;
    this.rest();
    if (!isHeld) this.catchUp();
    if (!isHeld && this.hello && !this.end) this.fetchSeries();  // charts have what was meanwhile
    this.changed();
  }

  /** What was heard and is not shown yet: after the end nothing comes to show it with. */
  catchUp() {
    if (this.isHeld) return;
    const { series, pulse, pulseAt, states } = this.late;
    if (series) this.series = series;
    this.late.series = null;
    if (pulse) this.hearPulse(pulse, pulseAt);
    if (this.end && this.pulse) this.pulse = { ...this.pulse, sim_s: this.end.sim_s };
    if (states) this.take(states);
  }

  /** Whether less motion leaves out what comes so soon after what was shown `at`. */
  isTooSoon(at) {
    return calm.matches && !this.end && performance.now() - at < kCalmMs;
  }

  take(states) {
    this.late.states = states;
    if (this.isHeld && this.states) return;
    this.states = states;
    this.rest();
    if (this.plan) states.grow(this.plan.points);
    if (!this.plan || states.points > this.plan.points) this.fetchPlan().catch((error) => console.error(error));
    if (!this.pulse) this.total = states.count(kClasses.length);
    if (this.isTooSoon(this.shownAt)) return;
    this.late.states = null;
    this.shownAt = performance.now();
    for (const listener of this.stateListeners) listener(states);
    this.changed();
  }

  hear(message) {
    if (message.type === 'full') {
      this.watchers = message.watchers;  // of the run nothing was heard
      return;
    }
    if (/hello|pulse/.test(message.type)) this.heardAt = performance.now();  // faults say nothing of states and figures
    if (message.type === 'hello') this.begin(message).catch((error) => console.error(error));
    else if (message.type === 'pulse') {
      this.hearPulse(message);
      if (this.end) this.catchUp();
    } else if (message.type === 'faults') this.addFaults(message.rows);
    else if (message.type === 'missed') {
      if (!this.hello.has_journal) this.hasOlderFaults = true;  // nobody knows the others
      this.fetchFaults();
      this.changed();
    } else if (message.type === 'end') {
      this.end = message;
      this.connection = 'finished';
      this.catchUp();
      this.changed();
    }
  }

  /** Also after the connection was lost: what was missed is asked for. */
  async begin(hello) {
    const isSame = this.hello?.instance === hello.instance;
    this.hello = hello;
    this.connection = 'open';
    if (!isSame) {
      // Another run: what is shown of the one before would be taken for its own.
      this.faults = [];
      this.hasOlderFaults = false;
      this.areFaultsKnown = false;
      this.cut = '';
      this.pulse = null;
      this.rates = { sessions: null, messages: null, speed: null };
      this.from = null;
      this.states = null;
      this.rest();
      this.plan = null;
      this.series = new Series();
      this.late = {};
    }
    if (!this.plan || hello.points !== this.plan.points) await this.fetchPlan().catch((error) => console.error(error));
    this.fetchFaults();
    await this.fetchSeries();
  }

  /** Calls that method once more in a while; who connects anew asks anyhow. */
  again(name) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(() => this.connection === 'open' && this[name](), kNextMs);
  }

  async fetchSeries() {
    const { instance } = this.hello;
    const kept = await ask('/api/v1/series').catch(() => null);
    if (instance !== this.hello.instance) return;
    if (kept) {
      const series = new Series();
      series.prepend(kept);
      if (this.isHeld && this.series.length > 1) this.late.series = series; else this.series = series;
    } else this.again('fetchSeries');
    this.changed();
  }

  /** Where the charge points stand: asked once, and again when some have joined. */
  async fetchPlan() {
    if (this.isPlanAsked) return;
    this.isPlanAsked = true;
    try {
      const { instance } = this.hello;
      const plan = new Plan(await ask('/api/v1/layout'));
      if (instance !== this.hello.instance) return;
      this.states?.grow(plan.points);
      this.plan = plan;
      this.hello = { ...this.hello, points: plan.points };
      this.changed();
    } finally {
      this.isPlanAsked = false;
    }
  }

  /**
   * Rates, over a second and more: two pulses that come close together would say anything. Not from the first one on, which may have
   * waited for this tab.
   */
  measure(pulse) {
    const { from } = this;
    if (!from || pulse.sim_s < from.sim_s) {
      this.from = pulse;
      return;
    }
    const seconds = pulse.wall_s - from.wall_s;  // not this tab's, which may be busy
    const sim = pulse.sim_s - from.sim_s;
    if (seconds < kMeasureS || sim <= 0) return;
    this.rates = {
      sessions: (pulse.sessions.completed - from.sessions.completed) / sim,
      messages: (pulse.messages.delivered - from.messages.delivered) / seconds,
      speed: sim / seconds,
    };
    this.from = pulse;
  }

  hearPulse(pulse, now = performance.now()) {
    const before = this.pulse;
    Object.assign(this.late, { pulse, pulseAt: now });
    if (this.isHeld && before) {
      this.late.series ??= this.series.copy();
      this.late.series.add(rowOf(pulse));
      return;
    }
    if (this.isTooSoon(this.pulseAt)) return;
    if (before) this.measure(pulse);
    this.late.pulse = null;
    this.pulse = pulse;
    this.pulseAt = now;
    this.total = pulse.states;
    this.series.add(rowOf(pulse));
    this.changed();
  }

  async fetchFaults() {
    const { instance, has_journal: hasJournal } = this.hello;
    if (hasJournal) {
      const found = await ask(`/api/v1/faults?limit=${kRowsFirst}`).catch(() => null);
      if (instance !== this.hello.instance) return;
      if (!found) return this.again('fetchFaults');  // until then nobody is told that there is none
      // What was seen while the journal did not answer, it has under a number.
      this.faults = this.faults.filter(({ id }) => id !== null);
      this.hasOlderFaults = false;
      if (found.faults.length === kRowsFirst) this.leaveNoHole(found.faults[kRowsFirst - 1]);
      this.addFaults(found.faults);
    }
    if (this.areFaultsKnown) return;
    this.areFaultsKnown = true;
    this.changed();
  }

  /** More may have been missed than are there again, from `oldest` on: what is older than a hole is left to the journal. */
  leaveNoHole(oldest) {
    this.hasOlderFaults = true;
    if (this.faults.some(({ id }) => id === oldest.id)) return;
    this.cut = oldest.timestamp;
    this.faults = this.faults.filter(({ timestamp }) => timestamp >= this.cut);
  }

  /** Rows of any order, some of which may be here already. */
  addFaults(rows) {
    const known = new Set(this.faults.slice(0, 3000).map(({ id }) => id).filter((id) => id !== null));
    const fresh = rows.filter(({ id }) => id === null || !known.has(id));
    if (fresh.length === 0) return;
    const all = [...fresh, ...this.faults].sort(newestFirst);
    this.faults = all.slice(0, kRowsMax);
    if (all.length > kRowsMax) {
      this.hasOlderFaults = true;
      this.cut = all[kRowsMax].timestamp;
    }
    ++this.revision;
    this.changed();
  }
}
