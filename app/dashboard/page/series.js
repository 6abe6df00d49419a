// The run as columns over time, from what the server kept and from pulses. Pure.

const kRowsMax = 6000;
const kRowsFresh = 1000;  // the newest stay as they came
const kSteps = 3000;      // of the time before them, once there are too many rows
const kWindow = 15;
const kStartRows = 12;
const kKept = ['sim_s', 'activated', 'supplying', 'stopped', 'fault', 'disconnected',
  'requests_sent', 'sessions_started', 'sessions_completed', 'faults_raised', 'energy_mj', 'power_w',
  'decision_interval_p50_ms', 'decision_interval_p99_ms', 'detection_interval_p99_ms', 'tick_lateness_interval_p99_ms'];

/** A pulse as a row of the series. */
export function rowOf(pulse) {
  const [available, charging, starting, stopped, disconnected, faulted] = pulse.states;
  const recent = pulse.interval_p99_ms ?? {};
  return {
    sim_s: pulse.sim_s,
    activated: available + starting,
    supplying: charging,
    stopped,
    fault: faulted,
    disconnected,
    requests_sent: pulse.requests.sent,
    sessions_started: pulse.sessions.started,
    sessions_completed: pulse.sessions.completed,
    faults_raised: pulse.faults.raised,
    energy_mj: pulse.energy_mj,
    power_w: pulse.power_w,
    decision_interval_p50_ms: pulse.interval_p50_ms?.request_decision ?? 0,
    decision_interval_p99_ms: recent.request_decision ?? 0,
    detection_interval_p99_ms: recent.fault_detection ?? 0,
    tick_lateness_interval_p99_ms: recent.tick_lateness ?? 0,
  };
}

/** What must not be lost where rows become one: the worst of them stands for all; of the rest the last. */
const kWorst = /_interval_|^(fault|stopped|disconnected)$/;
/** One value for each of `lasts`: of all after the one before. */
function merged(values, lasts, isWorst) {
  let next = 0;
  return lasts.map((last) => {
    let value = values[last];
    for (; isWorst && next < last; ++next) value = Math.max(value, values[next]);
    next = last + 1;
    return value;
  });
}

export class Series {
  constructor() {
    this.columns = Object.fromEntries(kKept.map((name) => [name, []]));
  }
  get length() {
    return this.columns.sim_s.length;
  }
  copy() {
    return Object.assign(new Series(), { columns: structuredClone(this.columns) });
  }
  /** What /api/v1/series says; older than all that is here already. */
  prepend({ columns }) {
    const first = this.columns.sim_s[0] ?? Infinity;
    const given = columns.sim_s ?? [];
    let n = 0;
    while (n < given.length && given[n] < first) ++n;
    for (const name of kKept)
      this.columns[name] = [...(columns[name] ?? Array(given.length).fill(0)).slice(0, n), ...this.columns[name]];
  }
  /** Time does not go back; a row at the time of the last one is dropped. */
  add(row) {
    const { columns } = this;
    if (this.length > 0 && row.sim_s <= columns.sim_s[this.length - 1]) return;
    for (const name of kKept) columns[name].push(row[name]);
    if (this.length > kRowsMax) this.thin();
  }
  /** Rows of one step of time become one, but the first and the newest. Steps are powers of two: each is two of those before, and all stay even. */
  thin() {
    const { columns } = this;
    const times = columns.sim_s;
    const fresh = this.length - kRowsFresh;
    const step = 2 ** Math.ceil(Math.log2((times[fresh] - times[0]) / kSteps));
    const stepOf = (i) => Math.floor((times[i] - times[0]) / step);
    const lasts = [...times.keys()].filter((i) => i === 0 || i >= fresh || stepOf(i) !== stepOf(i + 1));
    for (const name of kKept) columns[name] = merged(columns[name], lasts, kWorst.test(name));
  }
  /**
   * How fast a column rises a model second, times `factor`: seen over the last kWindow seconds, or since
   * the row before, whatever is longer.
   * Of what was before row `first` nothing is counted.
   */
  rate(name, factor = 1, first = 0) {
    const values = this.columns[name];
    const times = this.columns.sim_s;
    let from = first;
    return values.map((value, i) => {
      if (i <= first) return null;
      while (from + 1 < i && times[i] - times[from + 1] >= kWindow) ++from;
      return Math.max(0, (value - values[from]) / Math.max(1e-9, times[i] - times[from]) * factor);
    });
  }
  /** The first row after the start-up, in which all are disconnected before they come; 0: they take longer. */
  settled() {
    const { activated, supplying, stopped, fault, disconnected } = this.columns;
    for (let i = 0; i < Math.min(this.length, kStartRows); ++i) {
      const all = activated[i] + supplying[i] + stopped[i] + fault[i] + disconnected[i];
      if (disconnected[i] < all / 10) return i;
    }
    return 0;
  }
  /** The row from which on rates are those of the run: as all come, those that are to supply from the beginning are begun as well. */
  begun() {
    return Math.max(0, Math.min(this.settled() + 1, this.length - 2));
  }
  /** A percentile of what was measured from row to row: a gap where nothing was. */
  measured(name) {
    return this.columns[name].map((value) => (value > 0 ? value : null));
  }
  /**
   * Kilowatts, as the sessions that supply have told them last. A run that has kept no power (an older one, or with a central elsewhere)
   * has that of its energy, millijoules a second over a million: meters report now and then, so of a few charge points it goes up and down.
   */
  power() {
    const { power_w: told } = this.columns;
    return told.some((watts) => watts > 0) ? told.map((watts) => watts / 1e3) : this.rate('energy_mj', 1e-6);
  }
}
