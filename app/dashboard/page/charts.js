// The run over time: charts with one cursor and one range, what went beyond its limit, what was foreseen.
import { Component, html, useEffect, useMemo, useRef, useState } from './vendor/preact_htm.js';
import uPlot from './vendor/uplot.js';
import { countText, figureText, markText, msText, timeText } from './format.js';
import { useFocusKept } from './hooks.js';
import { boundOf, brokenBound, placed, stretchesAbove } from './marks.js';

/** In a low window more of them are seen at once. */
const heightOf = () => (innerHeight < 900 ? 96 : 100);
const kSync = 'time';  // of all charts: one cursor
const kMoveMs = 900;   // from one drawing to the next: of two pulses a second every other one
const kRangeMin = 1;   // model seconds
const kRoomForNames = 1.4;  // of what was highest: names of marks stand above the lines

/** Lines by theme: the map's colours on the dark, darker ones of the same family on the light. palette_check.py measures them too. */
const kInk = {
  dark: { text: '#AEB8C2', grid: '#2A323A', mark: '#8A97A5', alert: '#FF7A38', charging: '#2F9BFF', stopped: '#F0E442', faulted: '#FF7A38', disconnected: '#9AA7B4', first: '#2F9BFF', second: '#F0E442', third: '#FF7A38' },
  light: { text: '#48525C', grid: '#E3E7EB', mark: '#5A6672', alert: '#B8400A', charging: '#0B63B5', stopped: '#B88800', faulted: '#B8400A', disconnected: '#7F8A95', first: '#0B63B5', second: '#B88800', third: '#B8400A' },
};
const kDash = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

/** Those of the start-up would make all other lines flat. */
function afterStart(series) {
  const from = series.settled();
  return series.columns.disconnected.map((value, i) => (i < from ? null : value));
}

const kFromRowToRow = 'Of what was measured since the moment before; the tiles: of the run so far';

const kModel = 'Of model time';

const kFew = 'few';  // the scale on the right, of lines that would be flat on that of the others

/** `bounds`: by line, what it should not be above; none: it has no limit. */
const kCharts = [
  { title: 'States', text: countText, isWhole: true, lines: (s) => [
    ['supplying', 'charging', s.columns.supplying], ['out of order', 'stopped', s.columns.stopped, kFew],
    ['broken', 'faulted', s.columns.fault, kFew], ['disconnected', 'disconnected', afterStart(s), kFew]],
  bounds: (hello) => [null, null, brokenBound(hello), null], isNamed: true },
  { title: 'Power', text: (v) => figureText(v === null ? null : v * 1e3, 'W'), lines: (s) => [['power', 'first', s.power()]] },
  { title: 'Requests, sessions a second', note: kModel, text: (v) => figureText(v), lines: (s) => [
    ['requests', 'first', s.rate('requests_sent', 1, s.begun())], ['begun', 'second', s.rate('sessions_started', 1, s.begun())],
    ['ended', 'third', s.rate('sessions_completed')]] },
  { title: 'Faults a minute', note: kModel, text: (v) => figureText(v), lines: (s) => [['faults raised', 'faulted', s.rate('faults_raised', 60)]] },
  { title: 'Latency', note: kFromRowToRow, text: msText, lines: (s) => [['decision p99', 'first', s.measured('decision_interval_p99_ms')],
    ['decision p50', 'second', s.measured('decision_interval_p50_ms')], ['detection p99', 'third', s.measured('detection_interval_p99_ms')]],
  bounds: (hello) => [boundOf(hello, 'request_decision'), null, boundOf(hello, 'fault_detection')] },
  { title: 'Tick lateness p99', note: kFromRowToRow, text: msText, lines: (s) => [['lateness', 'first', s.measured('tick_lateness_interval_p99_ms')]],
    bounds: (hello) => [boundOf(hello, 'tick_lateness')] },
];

/** Behind the lines: periods beyond a limit, and what the scenario had foreseen. */
function paintBehind(u, ink, { alerts, marks, start, isNamed }) {
  const { ctx, bbox } = u;
  const { top, left, width, height } = bbox;
  const ratio = devicePixelRatio;
  const x = (unix) => Math.min(left + width, Math.max(left, u.valToPos(unix, 'x', true)));
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.fillStyle = ink.alert;
  for (const [from, to] of alerts) {
    const wide = Math.max(2 * ratio, x(to) - x(from));
    ctx.globalAlpha = 0.16;
    ctx.fillRect(x(from), top, wide, height);
    ctx.globalAlpha = 1;
    ctx.fillRect(x(from), top, wide, 3 * ratio);
  }
  ctx.font = `${11 * ratio}px system-ui`;
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  ctx.fillStyle = ink.text;
  ctx.strokeStyle = ink.mark;
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 2 * ratio]);
  const { min, max } = u.scales.x;
  const seen = marks.filter(({ from_s, to_s }) => start + to_s >= min && start + from_s <= max);
  for (const mark of placed(seen, (s) => x(start + s), (text) => ctx.measureText(text).width)) {
    ctx.fillStyle = ink.mark;
    ctx.fillRect(mark.x, top + height - 3 * ratio, mark.end - mark.x, 3 * ratio);
    ctx.fillStyle = ink.text;
    if (start + mark.from_s >= min) {
      ctx.beginPath();
      ctx.moveTo(mark.x, top);
      ctx.lineTo(mark.x, top + height);
      ctx.stroke();
    }
    if (isNamed) ctx.fillText(mark.text, mark.x + 4 * ratio, top + 4 * ratio);
  }
  ctx.restore();
}

/** Room for a label: with seconds it is wider. */
const spaceOf = (u, i, min, max, wide) => ((max - min) / wide * 64 < 60 ? 64 : 36);
/** Steps of time that people count in, seconds. */
const kTimeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000];
/** The next round time is often beyond the last row. */
const within = (u, splits) => splits.map((v) => (v >= u.scales.x.min && v <= u.scales.x.max ? v : null));

function optionsOf(chart, lines, ink, width, { behind, hasNames, onRange, onCursor }) {
  const hasFew = lines.some(([, , , scale]) => scale);
  const range = (_, low, high) => [Math.min(0, low ?? 0), (high > 0 ? high : 1) * (hasNames ? kRoomForNames : 1.08)];
  const upwards = { stroke: ink.text, ticks: { show: false }, font: '11px system-ui', space: 20,
    values: (_, at) => at.map((v) => (chart.isWhole && !Number.isInteger(v) ? '' : chart.text(v))) };
  return {
    width, height: heightOf(), tzDate: (unix) => uPlot.tzDate(new Date(unix * 1000), 'Etc/UTC'),
    legend: { show: false },
    padding: [8, hasFew ? 0 : 26, 0, 0],
    cursor: { sync: { key: kSync }, drag: { x: true, y: false, setScale: false }, points: { size: 5 } },
    scales: { y: { range }, ...(hasFew && { [kFew]: { range } }) },
    axes: [
      { stroke: ink.text, grid: { stroke: ink.grid, width: 1, filter: within }, ticks: { show: false }, size: 22, font: '11px system-ui', space: spaceOf, incrs: kTimeSteps, filter: within,
        values: (_, at, __, ___, step) => at.map((v) => (v === null ? '' : markText(v, step))) },
      { ...upwards, grid: { stroke: ink.grid, width: 1 }, size: 62 },
      ...(hasFew ? [{ ...upwards, scale: kFew, side: 1, grid: { show: false }, size: 46 }] : []),
    ],
    series: [{}, ...lines.map(([label, colour, , scale = 'y'], i) => ({ label, scale, stroke: ink[colour], width: 1.5, dash: kDash[i], spanGaps: true, points: { show: false } }))],
    hooks: {
      drawAxes: [(u) => paintBehind(u, ink, behind())],
      setCursor: [(u) => onCursor(u.data[0][u.cursor.idx] ?? null)],
      setSelect: [(u) => {
        if (u.select.width < 4 || u.scales.x.min === null) return;  // where nothing is drawn there is no time
        const range = [u.select.left, u.select.left + u.select.width].map((x) => u.posToVal(x, 'x'));
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        onRange(range[0], range[1]);
      }],
    },
  };
}

/** The newest that there is: a second without a decision has no latency of one. */
function newest(values) {
  for (let i = values.length - 1; i >= 0; i -= 1) if (values[i] != null) return values[i];
  return null;
}

/** In words, for those who do not see it. */
function describe(chart, lines, alerts, marks, isOver) {
  const now = lines.map(([name, , values]) => `${name} ${chart.text(newest(values))}`).join(', ');
  const last = alerts[alerts.length - 1];
  const beyond = last ? `; beyond its limit in ${alerts.length === 1 ? 'one period' : `${alerts.length} periods`}, last at ${timeText(last[0])}` : '';
  const foreseen = chart.isNamed && marks.length > 0 ? `; foreseen: ${marks.map(({ text }) => text).join(', ')}` : '';
  return `${chart.title}, ${isOver ? 'at the end' : 'now'}: ${now}${beyond}${foreseen}${chart.note ? `. ${chart.note}` : ''}`;
}

/** `at`: the row under the cursor; `led`: the moment that keys have led to. */
function Chart({ chart, store, start, view, theme, go, revision, at, led, onCursor }) {
  const { series, hello } = store;
  const box = useRef(null);
  const plot = useRef(null);
  const behind = useRef(null);
  const marks = hello.marks ?? [];
  const shown = useMemo(() => {
    const times = series.columns.sim_s.map((s) => start + s);
    const lines = chart.lines(series);
    const bounds = chart.bounds?.(hello) ?? [];
    const alerts = lines.flatMap(([, , values], i) => (bounds[i] ? stretchesAbove(times, values, bounds[i]) : []))
      .sort((a, b) => a[0] - b[0]);
    return { times, lines, alerts };
  }, [series, revision, hello]);
  const { times, lines, alerts } = shown;
  behind.current = { alerts, marks, start, isNamed: chart.isNamed };
  useEffect(() => {
    plot.current = new uPlot(optionsOf(chart, lines, kInk[theme], Math.max(120, box.current.clientWidth), {
      behind: () => behind.current, hasNames: chart.isNamed && marks.length > 0, onRange: (from, to) => go({ from, to }), onCursor }), [[], ...lines.map(() => [])], box.current);
    const watcher = new ResizeObserver(() =>
      plot.current.setSize({ width: Math.max(120, box.current.clientWidth), height: heightOf() }));
    watcher.observe(box.current);
    return () => {
      watcher.disconnect();
      plot.current.destroy();
      plot.current = null;
    };
  }, [theme]);
  useEffect(() => {
    if (!plot.current || times.length === 0) return;
    plot.current.batch(() => {
      plot.current.setData([times, ...lines.map(([, , values]) => values)], false);
      const min = view.from ?? times[0];
      // A range may end before it begins, or begin after now: nothing was then.
      plot.current.setScale('x', { min, max: Math.max(view.to ?? times[times.length - 1], min + kRangeMin) });
    });
    // Time has moved on below the line; what keys have led to has not.
    if (led.current !== null) plot.current.setCursor({ left: plot.current.valToPos(led.current, 'x'), top: 0 }, false);
  }, [shown, view.from, view.to, theme]);
  const value = (values) => chart.text(at === null ? newest(values) : values[at] ?? null);
  return html`<figure class="chart" role="img" aria-label=${describe(chart, lines, alerts, marks, store.connection === 'finished')}>
    <figcaption aria-hidden="true" title=${chart.note}><b>${chart.title}</b>
      ${at !== null && chart.isNamed && html`<span class="key">at ${timeText(times[at]).slice(times[times.length - 1] - times[0] < 86_400 ? 11 : 5)}</span>`}
      ${lines.map(([name, colour, values, scale], i) => html`<span key=${name} class="key" title=${scale && 'by the scale on the right'}>
        <svg width="20" height="8"><line x1="0" x2="20" y1="4" y2="4" stroke=${kInk[theme][colour]} stroke-width="2" stroke-dasharray=${kDash[i].join(' ')} /></svg>
        ${name} <b>${value(values)}</b>${scale && ' ▸'}</span>`)}
    </figcaption>
    <div class="plot" ref=${box} aria-hidden="true" data-alerts=${alerts.length} ondblclick=${() => go({ from: null, to: null })}></div>
  </figure>`;
}

/** The row that stands for a moment: where several have become one, the one after it. */
function rowAt(times, start, moment) {
  const found = times.findIndex((s) => start + s >= moment);
  return found < 0 ? times.length - 1 : found;
}

/** What was measured at row `at`, in words. */
const sayAll = (series, at) => kCharts.map((chart) =>
  `${chart.title}: ${chart.lines(series).map(([name, , values]) => `${name} ${chart.text(values[at] ?? null)}`).join(', ')}`).join('; ');

/** The row after `from` rows by a key, of those that `view` shows; null: back to now; undefined: no such key. */
function rowBy(key, at, times, { from, to }, start) {
  const first = from === null ? 0 : times.findIndex((s) => start + s >= from);
  const last = to === null ? times.length - 1 : times.findLastIndex((s) => start + s <= to);
  if (key === 'Escape') return null;
  if (first < 0 || last < first) return undefined;
  const wanted = { ArrowLeft: (at ?? last) - 1, ArrowRight: (at ?? last) + 1, Home: first, End: last }[key];
  return wanted === undefined ? undefined : Math.min(last, Math.max(first, wanted));
}

/** Which part of the run is looked at, and the way back to all of it; nothing if it is all. */
export function Range({ store, view, go, testid }) {
  if (view.from === null && view.to === null) return null;
  const from = view.from === null ? 'the beginning' : timeText(view.from);
  const to = view.to === null ? (store.connection === 'finished' ? 'the end' : 'now') : timeText(view.to);
  return html`<p class="range" data-testid=${testid}>Showing ${from} to ${to.slice(0, 10) === from.slice(0, 10) ? to.slice(11) : to}
    <button class="plain" onclick=${() => go({ from: null, to: null })}>All of the run</button></p>`;
}

function AllCharts({ store, view, theme, go }) {
  const { series, hello } = store;
  const [moment, setMoment] = useState(null);  // under the cursor: rows may become fewer, times stay
  const led = useRef(null);  // by keys; null: the line is the pointer's
  const [spoken, setSpoken] = useState('');
  const box = useRef(null);
  useFocusKept(box, () => box.current);
  if (!hello) return null;
  const start = Date.parse(hello.run.start) / 1000;
  const times = series.columns.sim_s;
  const at = moment === null || times.length === 0 ? null : rowAt(times, start, moment);
  const onCursor = (unix) => led.current === null && setMoment(unix);
  const show = (row) => {
    setMoment(led.current = row === null ? null : start + times[row]);
    for (const plot of uPlot.sync(kSync).plots)
      plot.setCursor(row === null ? { left: -10, top: -10 } : { left: plot.valToPos(start + times[row], 'x'), top: 0 }, false);
  };
  const onKey = (event) => {
    if (event.target !== event.currentTarget || event.altKey || event.ctrlKey || event.metaKey) return;
    const row = rowBy(event.key, at, times, view, start);
    if (row === undefined) return;
    event.preventDefault();
    show(row);
    setSpoken(row === null ? '' : `${timeText(start + times[row])}. ${sayAll(series, row)}`);
  };
  return html`<section ref=${box} class="charts" aria-label="Charts" aria-describedby="chart-keys" tabindex="0" onkeydown=${onKey}
      onpointermove=${() => { led.current = null; }} onblur=${() => at !== null && show(null)}>
    <p id="chart-keys" class="hidden">Left and right arrow keys lead through time, Home and End to its ends, Escape back to now.</p>
    <div class="hidden" role="status" data-testid="chart-cursor">${spoken}</div>
    <${Range} store=${store} view=${view} go=${go} testid="range" />
    ${kCharts.map((chart) => html`<${Chart} key=${chart.title} chart=${chart} store=${store} start=${start} view=${view} theme=${theme} go=${go}
      revision=${series.length ? series.columns.sim_s[series.length - 1] : 0}
      at=${at} led=${led} onCursor=${onCursor} />`)}
  </section>`;
}

/** Lines move once a second, as fast as one can follow them; what a person asks for is there at once, and so is another run. */
export class Charts extends Component {
  shouldComponentUpdate({ store, view, theme }) {
    const asked = [view, theme, store.series, store.hello, store.connection];
    const now = performance.now();
    if (now - this.at < kMoveMs && asked.every((one, i) => one === this.asked[i])) return false;
    this.at = now;
    this.asked = asked;
    return true;
  }
  render(props) {
    return html`<${AllCharts} ...${props} />`;
  }
}
