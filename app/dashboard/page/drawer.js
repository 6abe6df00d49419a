// One charge point: what it is now, what the journal says of it, and what an operator may do.
import { html, useEffect, useRef, useState } from './vendor/preact_htm.js';
import { ask, utc, withQuery } from './api.js';
import { figureText, rowTime, spanText, timeText } from './format.js';
import { kClasses } from './palette.js';

const kEveryMs = 1000;
const kRows = 100;
const kFaults = ['engine_crash', 'engine_silent', 'engine_ko', 'start_refused', 'monitor_loss'];
/** What an engine reports, as a class of the palette. */
const kClassOf = { ACTIVATED: 0, SUPPLYING: 1, STOPPED: 3, DISCONNECTED: 4, FAULT: 5 };

/** Now, again and again; history, whenever it may have changed. */
function usePoint(cp, view, isLive, revision) {
  const [now, setNow] = useState(null);
  const [past, setPast] = useState(null);
  const [trouble, setTrouble] = useState('');
  const [power, setPower] = useState([]);
  const path = `/api/v1/charge-points/${encodeURIComponent(cp)}`;
  const state = now ? `${now.state} ${now.engine_state} ${now.is_faulty} ${now.current_session}` : '';
  useEffect(() => {
    let isWanted = true;
    let timer = 0;
    setNow(null);
    setPast(null);
    setPower([]);
    setTrouble('');
    const look = async () => {
      try {
        const point = await ask(path);
        if (!isWanted) return;
        setNow(point);
        setPower((before) => [...before.slice(-299), point.telemetry?.kw ?? 0]);
        setTrouble('');
      } catch (error) {
        if (isWanted) setTrouble(error.message);
      }
      if (isWanted && isLive) timer = setTimeout(look, kEveryMs);
    };
    look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [cp, isLive]);
  useEffect(() => {
    let isWanted = true;
    const of = (what) => ask(withQuery(`/api/v1/${what}`, { cp, since: utc(view.from), until: utc(view.to), limit: kRows }));
    Promise.all([of('health'), of('sessions'), of('faults')])
      .then(([h, s, f]) => isWanted && setPast({ health: h.health, sessions: s.sessions, faults: f.faults }))
      .catch(() => isWanted && setPast(null));
    return () => {
      isWanted = false;
    };
  }, [cp, view.from, view.to, state, revision]);
  return { now, past, power, trouble };
}

/** What it was from when on: by its engine's reports, and by what its monitor said of it. */
function changesOf({ health, faults }) {
  let isFaulty = false;
  let code = kClassOf.DISCONNECTED;
  return [...health, ...faults].sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1)).map((row) => {
    isFaulty = row.event_type ? row.event_type === 'FAULT' : row.is_faulty;
    if (row.state) code = kClassOf[row.state] ?? code;
    return { at: Date.parse(row.timestamp) / 1000, code: isFaulty ? kClassOf.FAULT : code };
  });
}

/** Bars from one change to the next. */
function Timeline({ past, until }) {
  const points = changesOf(past);
  if (points.length === 0) return html`<p class="empty">No report yet.</p>`;
  const from = points[0].at;
  const end = Math.max(until, points[points.length - 1].at + 1e-3);
  const bars = [];
  for (const [i, point] of points.entries()) {
    const to = points[i + 1]?.at ?? end;
    const last = bars[bars.length - 1];
    if (last && last.code === point.code) last.to = to; else bars.push({ ...point, from: point.at, to });
  }
  const x = (at) => (at - from) / (end - from) * 100;
  const said = bars.slice(-5).map((bar) => `${kClasses[bar.code].word} from ${timeText(bar.from).slice(11)}`).join(', ');
  return html`<div class="timeline" role="img" aria-label=${`States, the last: ${said}`} data-testid="timeline">
      <svg viewBox="0 0 100 12" preserveAspectRatio="none">${bars.map((bar) => html`<rect key=${bar.from} x=${x(bar.from)} y="0"
        width=${Math.max(0.15, x(bar.to) - x(bar.from))} height="12" class=${`f-${kClasses[bar.code].name}`} />`)}</svg>
    </div><p class="ends" aria-hidden="true"><span>${timeText(from)}</span><span>${timeText(end)}</span></p>`;
}

function Power({ values }) {
  const most = Math.max(...values, 1e-9);
  const line = values.map((v, i) => `${(i / Math.max(1, values.length - 1) * 100).toFixed(1)},${(23 - v / most * 21).toFixed(1)}`).join(' ');
  return html`<svg class="power" viewBox="0 0 100 24" preserveAspectRatio="none" role="img"
    aria-label=${`Power since this was opened, now ${figureText(values[values.length - 1] * 1e3, 'W')}, at most ${figureText(most < 1e-6 ? 0 : most * 1e3, 'W')}`}>
    <polyline points=${line} /></svg>`;
}

function Energy({ sessions }) {
  const shown = sessions.filter((row) => row.total_kwh !== null).slice(0, 30).reverse();
  if (shown.length === 0) return null;
  const most = Math.max(...shown.map((row) => row.total_kwh), 1e-9);
  return html`<svg class="energy" viewBox=${`0 0 ${shown.length * 10} 40`} preserveAspectRatio="none" role="img"
    aria-label=${`Energy of the last ${shown.length} sessions, at most ${most.toFixed(2)} kWh`}>
    ${shown.map((row, i) => html`<rect key=${row.session_id} x=${i * 10 + 1} width="8" y=${40 - row.total_kwh / most * 38}
      height=${row.total_kwh / most * 38} class="f-charging"><title>${row.total_kwh.toFixed(3)} kWh</title></rect>`)}</svg>`;
}

function Actions({ cp, now }) {
  const [said, setSaid] = useState('');
  const [fault, setFault] = useState(kFaults[2]);
  const act = (what, body = {}) => () =>
    ask(`/api/v1/charge-points/${encodeURIComponent(cp)}/${what}`, body)
      .then(() => setSaid(`${what}: ordered`)).catch((error) => setSaid(`${what}: ${error.message}`));
  return html`<section class="actions" aria-label="Actions">
    <button onclick=${act('stop')} disabled=${now.operator_stopped}>Stop</button>
    <button onclick=${act('resume')} disabled=${!now.operator_stopped}>Resume</button>
    <button onclick=${act('reset-breaker')}>Reset breaker</button>
    <label>Fault <select value=${fault} onchange=${(event) => setFault(event.target.value)}>
      ${kFaults.map((kind) => html`<option key=${kind} value=${kind} selected=${kind === fault}>${kind}</option>`)}</select></label>
    <button onclick=${act('inject-fault', { kind: fault, duration: '30s' })}>Inject fault</button>
    <p role="status" class="said">${said}</p></section>`;
}

function Facts({ now }) {
  const rows = [
    ['Zone, site', `${now.zone}, ${now.site}`], ['Engine', now.engine_state], ['Monitor', now.monitor_status],
    ['Breaker', now.circuit_breaker.state], ['Fault', now.fault_reason ?? 'none'],
    ['Rated', `${now.power_kw} kW at ${now.price_eur_kwh} €/kWh`],
    ['Driver', now.current_driver ?? 'nobody'], ['Session', now.current_session ?? 'none'],
    ['Delivers', now.telemetry ? `${now.telemetry.kw.toFixed(1)} kW, ${now.telemetry.kwh.toFixed(3)} kWh, ${now.telemetry.euros.toFixed(2)} €` : 'nothing'],
  ];
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function Table({ name, testid, heads, rows, cells }) {
  return html`<h3>${name}</h3>
    ${rows.length === 0 ? html`<p class="empty">None.</p>` : html`<div class="table-box" tabindex="0" role="region" aria-label=${name}>
      <table class="list" data-testid=${testid}><caption class="hidden">${name}</caption>
        <thead><tr>${heads.map((head) => html`<th scope="col" key=${head}>${head}</th>`)}</tr></thead>
        <tbody>${rows.map((row, i) => html`<tr key=${i} data-id=${row.id ?? row.session_id}>${cells(row).map((cell, k) => html`<td key=${k}>${cell}</td>`)}</tr>`)}</tbody>
      </table></div>`}`;
}

export function Drawer({ store, view, go }) {
  const { plan, hello, end } = store;
  const isLive = store.connection === 'open' && !end;
  const revision = store.faults.find((row) => row.cp_id === view.cp)?.id ?? 0;
  const { now, past, power, trouble } = usePoint(view.cp, view, isLive, revision);
  const heading = useRef(null);
  useEffect(() => heading.current?.focus(), [view.cp]);
  const point = plan ? plan.find(view.cp) : -1;
  const beside = (step) => () => go({ cp: plan.name(point + step) });
  const close = () => {
    go({ cp: '' });
    document.querySelector('canvas[role=img], #search')?.focus();
  };
  const onKey = (event) => {
    if (event.key === 'Escape') close();
    const isField = /^(INPUT|SELECT)$/.test(event.target.tagName);
    if (event.key === 'ArrowLeft' && !isField && point > 0) beside(-1)();
    if (event.key === 'ArrowRight' && !isField && point >= 0 && point + 1 < plan.points) beside(1)();
  };
  const kind = now && store.states && point >= 0 ? kClasses[store.states.code(point)] : null;
  const until = hello && store.pulse ? Date.parse(hello.run.start) / 1000 + store.pulse.sim_s : 0;
  return html`<aside class="drawer" aria-labelledby="drawer-title" onkeydown=${onKey} data-testid="drawer">
    <header><h2 id="drawer-title" tabindex="-1" ref=${heading}>${view.cp}</h2>
      ${kind && html`<span class="badge"><span class=${`swatch s-${kind.name}`} aria-hidden="true">${kind.glyph}</span> ${kind.word}</span>`}
      <span class="space"></span>
      <button disabled=${point <= 0} onclick=${beside(-1)} aria-label="Charge point before">‹</button>
      <button disabled=${point < 0 || point + 1 >= plan.points} onclick=${beside(1)} aria-label="Next charge point">›</button>
      <button onclick=${close} aria-label="Close">✕</button></header>
    ${trouble && html`<p class="empty" role="alert">${trouble}</p>`}
    ${now && html`<${Facts} now=${now} />`}
    ${now && hello?.may_act && isLive && html`<${Actions} cp=${view.cp} now=${now} />`}
    <h3>States</h3>
    ${past ? html`<${Timeline} past=${past} until=${view.to ?? until} />` : html`<p class="empty">${hello?.has_journal ? 'Asking for its history…' : 'This run remembers nothing.'}</p>`}
    ${power.length > 1 && html`<h3>Power</h3><${Power} values=${power} />`}
    ${past && html`<${Energy} sessions=${past.sessions} />
      <${Table} name="Sessions" testid="drawer-sessions" rows=${past.sessions} heads=${['Start', 'Lasted', 'Driver', 'kWh', '€', 'Status']}
        cells=${(row) => [rowTime(row.start_time), row.end_time ? spanText((Date.parse(row.end_time) - Date.parse(row.start_time)) / 1000) : '–',
          row.driver_id ?? '–', row.total_kwh?.toFixed(3) ?? '–', row.total_cost?.toFixed(2) ?? '–', row.status.toLowerCase()]} />
      <${Table} name="Faults" testid="drawer-faults" rows=${past.faults} heads=${['Time', 'Kind', 'Reason']}
        cells=${(row) => [rowTime(row.timestamp), row.event_type.toLowerCase(), row.reason]} />`}
  </aside>`;
}
