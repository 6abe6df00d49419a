// The run over time: charts with one cursor and one range.
import { html, useEffect, useRef } from './vendor/preact_htm.js';
import uPlot from './vendor/uplot.js';
import { figureText, msText, timeText } from './format.js';

const kHeight = 120;

/** Lines by theme: the map's colours on the dark, darker ones of the same family on the light. */
const kInk = {
  dark: { text: '#AEB8C2', grid: '#2A323A', charging: '#2F9BFF', stopped: '#F0E442', faulted: '#FF7A38', disconnected: '#9AA7B4', first: '#2F9BFF', second: '#F0E442', third: '#FF7A38' },
  light: { text: '#48525C', grid: '#E3E7EB', charging: '#0B63B5', stopped: '#7A6500', faulted: '#B8400A', disconnected: '#5A6672', first: '#0B63B5', second: '#7A6500', third: '#B8400A' },
};
const kDash = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

const kCharts = [
  { title: 'States', unit: '', text: (v) => figureText(v), lines: (s) => [
    ['supplying', 'charging', s.columns.supplying], ['out of order', 'stopped', s.columns.stopped],
    ['broken', 'faulted', s.columns.fault], ['disconnected', 'disconnected', s.columns.disconnected]] },
  { title: 'Power', text: (v) => figureText(v === null ? null : v * 1e3, 'W'), lines: (s) => [['power', 'first', s.power()]] },
  { title: 'Faults a minute', text: (v) => figureText(v), lines: (s) => [['faults raised', 'faulted', s.rate('faults_raised', 60)]] },
  { title: 'Latency p99', text: msText, lines: (s) => [['decision', 'first', s.columns.decision_p99_ms],
    ['fault detection', 'third', s.columns.detection_p99_ms]] },
  { title: 'Tick lateness p99', text: msText, lines: (s) => [['lateness', 'first', s.columns.tick_lateness_p99_ms]] },
];

function optionsOf(chart, names, ink, width, onRange) {
  return {
    width, height: kHeight, tzDate: (unix) => uPlot.tzDate(new Date(unix * 1000), 'Etc/UTC'),
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: { sync: { key: 'time' }, drag: { x: true, y: false, setScale: false }, points: { size: 5 } },
    scales: { y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high > 0 ? high : 1) * 1.08] } },
    axes: [
      { stroke: ink.text, grid: { stroke: ink.grid, width: 1 }, ticks: { show: false }, size: 22, font: '11px system-ui', space: 60,
        values: (_, at, __, ___, step) => at.map((v) => timeText(v).slice(11, step < 60 ? 19 : 16)) },
      { stroke: ink.text, grid: { stroke: ink.grid, width: 1 }, ticks: { show: false }, size: 62, font: '11px system-ui', space: 28,
        values: (_, at) => at.map((v) => chart.text(v)) },
    ],
    series: [{}, ...names.map(([label, colour], i) => ({ label, stroke: ink[colour], width: 1.5, dash: kDash[i], points: { show: false } }))],
    hooks: {
      setSelect: [(u) => {
        if (u.select.width < 4) return;
        const range = [u.select.left, u.select.left + u.select.width].map((x) => u.posToVal(x, 'x'));
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        onRange(range[0], range[1]);
      }],
    },
  };
}

function Chart({ chart, series, start, view, theme, go, revision }) {
  const box = useRef(null);
  const plot = useRef(null);
  const lines = chart.lines(series);
  useEffect(() => {
    const make = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(chart, lines, kInk[theme], Math.max(120, box.current.clientWidth),
        (from, to) => go({ from, to })), [[], ...lines.map(() => [])], box.current);
    };
    make();
    const watcher = new ResizeObserver(() =>
      plot.current.setSize({ width: Math.max(120, box.current.clientWidth), height: kHeight }));
    watcher.observe(box.current);
    return () => {
      watcher.disconnect();
      plot.current.destroy();
      plot.current = null;
    };
  }, [theme]);
  useEffect(() => {
    const times = series.columns.sim_s.map((s) => start + s);
    if (!plot.current || times.length === 0) return;
    plot.current.batch(() => {
      plot.current.setData([times, ...lines.map(([, , values]) => values)], false);
      plot.current.setScale('x', { min: view.from ?? times[0], max: view.to ?? times[times.length - 1] });
    });
  }, [revision, view.from, view.to, theme]);
  const last = lines.map(([name, , values]) => `${name} ${chart.text(values[values.length - 1] ?? null)}`).join(', ');
  return html`<figure class="chart" role="img" aria-label=${`${chart.title}, now: ${last}`}>
    <figcaption aria-hidden="true"><b>${chart.title}</b>
      ${lines.map(([name, colour, values], i) => html`<span key=${name} class="key">
        <svg width="22" height="8"><line x1="0" x2="22" y1="4" y2="4" stroke=${kInk[theme][colour]} stroke-width="2" stroke-dasharray=${kDash[i].join(' ')} /></svg>
        ${name} <b>${chart.text(values[values.length - 1] ?? null)}</b></span>`)}
    </figcaption>
    <div class="plot" ref=${box} aria-hidden="true" ondblclick=${() => go({ from: null, to: null })}></div>
  </figure>`;
}

export function Charts({ store, view, theme, go }) {
  const { series, hello } = store;
  if (!hello) return null;
  const start = Date.parse(hello.run.start) / 1000;
  return html`<section class="charts" aria-label="Charts">
    ${(view.from !== null || view.to !== null) && html`<p class="range" data-testid="range">Showing
      ${view.from === null ? ' the beginning' : ` ${timeText(view.from)}`} to ${view.to === null ? 'now' : timeText(view.to)}
      <button class="plain" onclick=${() => go({ from: null, to: null })}>All of the run</button></p>`}
    ${kCharts.map((chart) => html`<${Chart} key=${chart.title} chart=${chart} series=${series} start=${start}
      view=${view} theme=${theme} go=${go} revision=${series.length ? series.columns.sim_s[series.length - 1] : 0} />`)}
  </section>`;
}
