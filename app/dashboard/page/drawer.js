// One charge point: what it is now, what the journal says of it, and what an operator may do.
import { html, useEffect, useRef, useState } from './vendor/preact_htm.js';
import { ask, mayChange, utc, withQuery } from './api.js';
import { Range } from './charts.js';
import { clockOf, figureText, msText, shortTime, spanText, timeText } from './format.js';
import { useFocusKept } from './hooks.js';
import { useOrders } from './orders.js';
import { kClasses } from './palette.js';
import { isNever } from './view.js';

const kEveryMs = 1000;
const kAgainMs = 4000;  // where its history could not be had
const kHeldMs = 250;   // from one charge point to the next while a key is held: each is asked for anew
const kRows = 100;
const kReadings = 500;
const kReports = 20;
const kBars = 12;  // that have room in any case
const kFaults = ['engine_crash', 'engine_silent', 'engine_ko', 'start_refused', 'monitor_loss'];
/** What an engine reports, as a class of the palette. */
const kClassOf = { ACTIVATED: 0, SUPPLYING: 1, STOPPED: 3, DISCONNECTED: 4, FAULT: 5 };

/**
 * Now, again and again; history, whenever it may have changed. `clock`: model time, as the page knows it. What was known
 * stays when there is nobody to ask any more.
 */
function usePoint(cp, view, { isOpen, isLive, hasPast }, revision, clock) {
  const [now, setNow] = useState(null);
  const [past, setPast] = useState(null);
  const [trouble, setTrouble] = useState('');
  const [pastTrouble, setPastTrouble] = useState('');
  const [heard, setHeard] = useState([]);  // power and energy, since this was opened
  const time = useRef(clock);
  time.current = clock;
  const path = `/api/v1/charge-points/${encodeURIComponent(cp)}`;
  const state = now ? `${now.state} ${now.engine_state} ${now.is_faulty} ${now.current_session}` : '';
  useEffect(() => {
    setNow(null);
    setPast(null);
    setHeard([]);
  }, [cp]);
  useEffect(() => {
    let isWanted = true;
    let timer = 0;
    setTrouble('');
    const look = async () => {
      try {
        const point = await ask(path);
        if (!isWanted) return;
        setNow(point);
        if (time.current) setHeard((before) => [...before.slice(-599), { at: time.current, kw: point.telemetry?.kw ?? 0, kwh: point.telemetry?.kwh ?? 0, session: point.current_session }]);
        setTrouble('');
      } catch (error) {
        if (isWanted) setTrouble(error.message);
      }
      if (isWanted && isLive) timer = setTimeout(look, kEveryMs);
    };
    if (isOpen) look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [cp, isOpen, isLive]);
  useEffect(() => {
    setPastTrouble('');
    if (!isOpen || !hasPast) return undefined;
    if (isNever(view)) return setPast({ health: [], sessions: [], faults: [], readings: [], before: [] });
    let isWanted = true;
    let timer = 0;
    const of = (what, limit = kRows) => ask(withQuery(`/api/v1/${what}`, { cp, since: utc(view.from), until: utc(view.to), limit }));
    // How a range begins, the rows before it say.
    const before = (what) => (view.from === null ? { [what]: [] } : ask(withQuery(`/api/v1/${what}`, { cp, until: utc(view.from), limit: 1 })));
    const read = () => Promise.all([of('health'), of('sessions'), of('faults'), of('meter', kReadings), before('health'), before('faults')])
      .then(([h, s, f, m, { health }, { faults }]) => {
        if (!isWanted) return;
        setPast({ health: h.health, sessions: s.sessions, faults: f.faults, readings: m.readings, before: [...health, ...faults] });
        setPastTrouble('');
      }).catch((error) => {
        if (!isWanted) return;
        setPastTrouble(error.message);
        timer = setTimeout(read, kAgainMs);
      });
    read();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [cp, view.from, view.to, state, revision, isOpen, hasPast]);
  return { now, past, heard, trouble: trouble || pastTrouble };
}

/** When the oldest of `rows` was, if there may be older ones. */
const cutOf = (rows) => (rows.length < kRows ? '' : rows[rows.length - 1].timestamp);

/** `points` from `from` on; the first of them says what it was then. */
function since(from, points) {
  const first = points.findLastIndex(({ at }) => at <= from);
  return first < 0 ? points : [{ ...points[first], at: from }, ...points.slice(first + 1)];
}

/**
 * What it was from when on: by its engine's reports, and by what its monitor said of it. Not further back than rows of both
 * kinds are known: what it was before the oldest report nobody can tell from a recovery. That its monitor is lost, no row says.
 */
function changesOf({ health, faults, before }, now, view) {
  let isFaulty = false;
  let code = kClassOf.DISCONNECTED;
  const cut = cutOf(health);
  const points = [...before, ...health, ...faults].filter(({ timestamp }) => timestamp >= cut)
    .sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1)).map((row) => {
      isFaulty = row.event_type ? row.event_type === 'FAULT' : row.is_faulty;
      if (row.state) code = kClassOf[row.state] ?? code;
      return { at: Date.parse(row.timestamp) / 1000, code: isFaulty ? kClassOf.FAULT : code };
    });
  if (points.length > 0 && now?.state === 'DISCONNECTED' && now.monitor_last_seen && view.to === null)
    points.push({ at: Math.max(points[points.length - 1].at, Date.parse(now.monitor_last_seen) / 1000), code: kClassOf.DISCONNECTED });
  return since(Math.max(view.from ?? 0, Date.parse(cutOf(faults)) / 1000 || 0), points);
}

/** Bars from one change to the next. */
function Timeline({ points, from, end }) {
  const bars = [];
  for (const [i, point] of points.entries()) {
    const to = points[i + 1]?.at ?? end;
    const last = bars[bars.length - 1];
    if (last && last.code === point.code) last.to = to; else bars.push({ ...point, from: point.at, to });
  }
  const x = (at) => (at - from) / (end - from) * 100;
  const clock = clockOf(timeText(from), timeText(end));
  const said = bars.slice(-5).map((bar) => `${kClasses[bar.code].word} from ${clock(timeText(bar.from))}`).join(', ');
  return html`<div class="timeline" role="img" aria-label=${`States, the last: ${said}`} data-testid="timeline">
      <svg viewBox="0 0 100 12" preserveAspectRatio="none">${bars.map((bar) => html`<rect key=${bar.from} x=${x(bar.from)} y="0"
        width=${Math.max(0.15, x(bar.to) - x(bar.from))} height="12" class=${`f-${kClasses[bar.code].name}`}>
        <title>${kClasses[bar.code].word} from ${timeText(bar.from)}</title></rect>`)}</svg>
    </div>`;
}

/**
 * Stretches of constant power, oldest first: by the meter's readings, then by what was heard since. Between the last reading of a
 * session and the first that was heard of it there is no gap: as much energy as came meanwhile.
 */
export function powerOf(readings, heard) {
  const rows = readings.map((row) => ({ at: Date.parse(row.timestamp) / 1000, kwh: row.kwh, session: row.session_id })).reverse();
  const steps = [];
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1];
    if (before?.session === row.session && row.at > before.at)
      steps.push({ from: before.at, to: row.at, kw: (row.kwh - before.kwh) / (row.at - before.at) * 3600 });
  }
  const last = rows[rows.length - 1];
  const [first] = heard;
  if (last && first && first.session === last.session && first.at > last.at)
    steps.push({ from: last.at, to: first.at, kw: Math.max(0, first.kwh - last.kwh) / (first.at - last.at) * 3600 });
  for (const [i, { at, kw }] of heard.entries()) {
    const from = Math.max(heard[i - 1]?.at ?? at, last?.at ?? -Infinity);
    if (at > from) steps.push({ from, to: at, kw });
  }
  return steps;
}

function Power({ readings, heard, from, end }) {
  const steps = powerOf(readings, heard).filter((step) => step.to > from && step.from < end);
  const most = Math.max(0, ...steps.map(({ kw }) => kw));
  if (most === 0) return html`<h3>Power</h3><p class="empty">None was delivered.</p>`;
  const x = (at) => ((Math.max(at, from) - from) / (end - from) * 100).toFixed(2);
  const y = (kw) => (23 - kw / most * 21).toFixed(2);
  const line = steps.flatMap((step, i) => {
    const hasGap = i === 0 || step.from > steps[i - 1].to + 1e-3;
    return [...(hasGap && i > 0 ? [`${x(steps[i - 1].to)},23`] : []), ...(hasGap ? [`${x(step.from)},23`] : []),
      `${x(step.from)},${y(step.kw)}`, `${x(step.to)},${y(step.kw)}`];
  });
  const last = steps[steps.length - 1];
  line.push(`${x(last.to)},${last.to < end - 2 ? 23 : y(last.kw)}`);
  const text = `at most ${figureText(most * 1e3, 'W')}`;
  return html`<h3>Power <span class="aside">${text}</span></h3>
    <svg class="power" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" data-testid="power" aria-label=${`Power over the same time, ${text}`}>
      <polyline points=${line.join(' ')} /></svg>`;
}

/** States and power over one range of time. */
function Course({ past, now, heard, view, until }) {
  const points = changesOf(past, now, view);
  if (points.length === 0 || view.from > until) return html`<p class="empty">${view.from === null && view.to === null ? 'No report yet.' : 'No report in this range.'}</p>`;
  const from = view.from ?? points[0].at;
  const end = Math.max(view.to ?? until, points[points.length - 1].at + 1e-3);
  return html`<${Timeline} points=${points} from=${from} end=${end} />
    <p class="ends" aria-hidden="true"><span>${timeText(from)}</span><span>${timeText(end)}</span></p>
    <${Power} readings=${past.readings} heard=${heard} from=${from} end=${end} />`;
}

function Energy({ sessions }) {
  const shown = sessions.filter((row) => row.total_kwh !== null).slice(0, 30).reverse();
  if (shown.length === 0) return null;
  const most = Math.max(...shown.map((row) => row.total_kwh), 1e-9);
  const sum = shown.reduce((kwh, row) => kwh + row.total_kwh, 0);
  const room = Math.max(kBars, shown.length);  // one alone is no wall
  return html`<h3>Energy by session <span class="aside">${figureText(sum * 1e3, 'Wh')} in ${shown.length === 1 ? 'one' : `the last ${shown.length}`}</span></h3>
    <svg class="energy" viewBox=${`0 0 ${room * 10} 40`} preserveAspectRatio="none" role="img"
    aria-label=${`Energy of the last ${shown.length} sessions, at most ${most.toFixed(2)} kWh`}>
    ${shown.map((row, i) => html`<rect key=${row.session_id} x=${i * 10 + 1} width="8" y=${40 - row.total_kwh / most * 38}
      height=${row.total_kwh / most * 38} class="f-charging"><title>${row.total_kwh.toFixed(3)} kWh</title></rect>`)}</svg>`;
}

function Actions({ cp, now }) {
  const { order, said } = useOrders();
  const [fault, setFault] = useState(kFaults[2]);
  const [duration, setDuration] = useState('30s');
  const act = (what, body) => order(`/api/v1/charge-points/${encodeURIComponent(cp)}/${what}`, what, body);
  const isOff = now.engine_state === 'DISCONNECTED';
  // Whatever is in vain now may have been pressed just before: it keeps the focus, which Escape and arrows need.
  const button = (word, what, vain) => html`<button onclick=${vain ? null : act(what)} aria-disabled=${vain}>${word}</button>`;
  return html`<section class="actions" aria-label="Actions">
    ${button('Stop', 'stop', now.operator_stopped)}
    ${button('Resume', 'resume', !now.operator_stopped)}
    ${button('Stop supply', 'stop-supply', !now.current_session)}
    <button onclick=${act('reset-breaker')}>Reset breaker</button>
    ${button('Shut down', 'shutdown', isOff)}
    ${button('Switch on', 'power-on', !isOff)}
    <label>Fault <select value=${fault} onchange=${(event) => setFault(event.target.value)}>
      ${kFaults.map((kind) => html`<option key=${kind} value=${kind} selected=${kind === fault}>${kind}</option>`)}</select></label>
    <label>for <input class="duration" value=${duration} oninput=${(event) => setDuration(event.target.value)} aria-label="for how long: 30s, 5m" /></label>
    <button onclick=${act('inject-fault', { kind: fault, duration })}>Inject fault</button>
    <p role="status" class="said">${said}</p></section>`;
}

/** How old what central believes is: an engine that has died supplies until it is found out. `how` it is known: whoever says only what changes is well if that is long ago. */
const heardText = (timestamp, clock, how = '') => (timestamp ? `, ${how}${msText(Math.max(0, clock - Date.parse(timestamp) / 1000) * 1000)} ago` : '');

/** Of a run that is over less is known. */
/** `place`: zone and site, as the map has it. */
function Facts({ now, clock, place }) {
  const rows = [
    ['Zone, site', place], ['Engine', now.engine_state && now.engine_state + heardText(now.engine_last_heard, clock, 'as reported ')],
    ['Monitor', now.monitor_status && now.monitor_status + heardText(now.monitor_last_seen, clock)],
    ['Breaker', now.circuit_breaker?.state], ['Fault', now.fault_reason === null ? 'none' : now.fault_reason],
    ['Rated', now.power_kw && `${now.power_kw} kW at €${now.price_eur_kwh.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 6 })}/kWh`],
    ['Driver', now.current_driver === null ? 'nobody' : now.current_driver], ['Session', now.current_session === null ? 'none' : now.current_session],
    ['Delivers', now.telemetry ? `${now.telemetry.kw.toFixed(2)} kW, ${now.telemetry.kwh.toFixed(3)} kWh, €${now.telemetry.euros.toFixed(2)}` : now.telemetry === null && 'nothing'],
  ].filter(([, value]) => value);
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd title=${value}>${value}</dd></div>`)}</dl>`;
}

function Table({ name, testid, heads, rows, cells }) {
  return html`<h3>${name}</h3>
    ${rows.length === 0 ? html`<p class="empty">None.</p>` : html`<div class="table-box" tabindex="0" role="region" aria-label=${name}>
      <table class="list" data-testid=${testid}><caption class="hidden">${name}</caption>
        <thead><tr>${heads.map((head) => html`<th scope="col" key=${head}>${head}</th>`)}</tr></thead>
        <tbody>${rows.map((row, i) => html`<tr key=${i} data-id=${row.session_id ?? row.id}>${cells(row).map((cell, k) => (k === 0 ? html`<th scope="row" key=${k}>${cell}</th>` : html`<td key=${k}>${cell}</td>`))}</tr>`)}</tbody>
      </table></div>`}`;
}

function waitingFor({ hello, end, remains }, isOpen) {
  if (remains) return remains.absence();
  if (!isOpen) return end ? 'Nobody answers any more; chargemill history has its past.' : 'Waiting for the run…';
  return hello?.has_journal ? 'Asking for its history…' : 'This run remembers nothing.';
}

/** `store.remains`: what there is to be told of a run that is over; none: it is asked itself. */
export function Drawer({ store, view, go }) {
  const { plan, hello, end, remains } = store;
  const isOpen = remains !== undefined || (store.connection === 'open' && !end);
  const revision = store.faults.find((row) => row.cp_id === view.cp)?.id ?? 0;
  const until = hello && store.pulse ? Date.parse(hello.run.start) / 1000 + store.pulse.sim_s : 0;
  const { now, past, heard, trouble } = usePoint(view.cp, view, { isOpen, isLive: isOpen && mayChange() && !view.isHeld,
    hasPast: remains ? remains.has(view.cp) : hello?.has_journal }, revision, until);
  const box = useRef(null);
  const heading = useRef(null);
  const stepped = useRef(0);
  useFocusKept(box, () => heading.current);
  const opener = useRef(document.activeElement);  // before anything is hidden by what is opened
  useEffect(() => heading.current?.focus(), [view.cp]);
  // Whoever closes it is where it was opened from, if that is still there.
  useEffect(() => () => queueMicrotask(() => {
    const { current } = opener;
    const isThere = current.isConnected && current !== document.body;
    (isThere ? current : document.querySelector('canvas[role=img], #search'))?.focus();
  }), []);
  const point = plan ? plan.find(view.cp) : -1;
  const isVain = (step) => point < 0 || point + step < 0 || point + step >= plan.points;
  const beside = (step) => () => !isVain(step) && go({ cp: plan.name(point + step) }, true);
  const close = () => go({ cp: '' });
  const onKey = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;  // those are the browser's
    if (event.key === 'Escape') close();
    // In a field arrows move the cursor, in a table they scroll.
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || event.target.closest('input, select, .table-box') || (event.repeat && event.timeStamp - stepped.current < kHeldMs)) return;
    stepped.current = event.timeStamp;
    beside(step)();
  };
  const kind = now && store.states && point >= 0 ? kClasses[store.states.code(point)] : null;
  return html`<aside class="drawer" ref=${box} aria-labelledby="drawer-title" onkeydown=${onKey} data-testid="drawer">
    <header><h2 id="drawer-title" tabindex="-1" ref=${heading}>${view.cp}</h2>
      ${kind && html`<span class="badge"><span class=${`swatch s-${kind.name}`} aria-hidden="true">${kind.glyph}</span> ${kind.word}</span>`}
      <span class="space"></span>
      <button aria-disabled=${isVain(-1)} onclick=${beside(-1)} aria-label="Charge point before">‹</button>
      <button aria-disabled=${isVain(1)} onclick=${beside(1)} aria-label="Next charge point">›</button>
      <button onclick=${close} aria-label="Close">✕</button></header>
    <${Range} store=${store} view=${view} go=${go} />
    ${trouble && html`<p class="empty" role="alert">${trouble}</p>`}
    ${now && html`<${Facts} now=${now} clock=${until} place=${point >= 0 ? `${plan.zone(point)}, ${plan.site(point)}` : now.zone} />`}
    ${now && hello?.may_act && isOpen && html`<${Actions} cp=${view.cp} now=${now} />`}
    <h3>States</h3>
    ${past ? html`<${Course} past=${past} now=${now} heard=${heard} view=${view} until=${until} />`
      : html`<p class="empty">${waitingFor(store, isOpen)}</p>`}
    ${past && html`<${Energy} sessions=${past.sessions} />
      <${Table} name="Sessions" testid="drawer-sessions" rows=${past.sessions} heads=${['Start', 'Lasted', 'Driver', 'kWh', '€', 'Status']}
        cells=${(row) => [shortTime(row.start_time), row.end_time ? spanText((Date.parse(row.end_time) - Date.parse(row.start_time)) / 1000) : '–',
          row.driver_id ?? '–', row.total_kwh?.toFixed(3) ?? '–', row.total_cost?.toFixed(2) ?? '–', row.status.toLowerCase()]} />
      <${Table} name="Faults" testid="drawer-faults" rows=${past.faults} heads=${['Time', 'Kind', 'Reason']}
        cells=${(row) => [shortTime(row.timestamp), row.event_type.toLowerCase(), row.reason]} />
      <${Table} name="Last messages of its engine" testid="drawer-reports" rows=${past.health.slice(0, kReports)} heads=${['Time', 'State', 'Reason']}
        cells=${(row) => [shortTime(row.timestamp), row.state.toLowerCase(), row.reason]} />`}
  </aside>`;
}
