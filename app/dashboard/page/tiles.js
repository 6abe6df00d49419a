// The figures that a person looks at first.
import { html, useMemo } from './vendor/preact_htm.js';
import { boundOf, brokenBound, sourceOf } from './marks.js';
import { kClasses } from './palette.js';
import { countText, figureText, msText } from './format.js';
import { saidOnce } from './hooks.js';

const kPoints = 60;

/** The last values as a line; where there is a limit, it is drawn too. */
function Spark({ values, limit }) {
  const shown = [];
  for (let i = values.length - 1; i >= 0 && shown.length < kPoints; i -= 1)
    if (values[i] !== null && Number.isFinite(values[i])) shown.push(values[i]);
  shown.reverse();
  if (shown.length < 2) return html`<svg class="spark" viewBox="0 0 100 24" aria-hidden="true"></svg>`;
  let low = shown[0];
  let high = shown[0];
  for (const v of shown) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  // A limit that is near belongs to the picture; one that is far would make the line flat.
  if (typeof limit === 'number' && limit < 3 * high) [low, high] = [Math.min(low, limit), Math.max(high, limit)];
  const span = high - low || 1;
  const y = (v) => 22 - (v - low) / span * 20;
  const line = shown.map((v, i) => `${(i / (shown.length - 1) * 100).toFixed(1)},${y(v).toFixed(1)}`).join(' ');
  return html`<svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
    ${typeof limit === 'number' && limit >= low && limit <= high && html`<line class="limit" x1="0" x2="100" y1=${y(limit)} y2=${y(limit)} />`}
    <polyline points=${line} /></svg>`;
}

/** Those among the activated that are about to supply. */
const startingText = (n) => html` · <span aria-hidden="true" title=${kClasses[2].word}>${kClasses[2].glyph}</span><span class="hidden">${kClasses[2].word}</span> ${countText(n)}`;

/** `limit`: how many are too many; null: that is nobody's concern. */
function StateTile({ code, total, points, values, limit, isolated, aside, go }) {
  const kind = kClasses[code];
  const isOn = isolated === code;
  const verdict = limit === null ? '' : total > limit ? 'HIGH' : 'OK';
  return html`<button class="tile" ...${saidOnce} aria-pressed=${isOn} data-state=${kind.name}
      title=${`Show only these on the map (key ${kind.key})${limit === null ? '' : `; too many: above ${countText(limit)}, 5 % of all, a limit that is built in`}`} onclick=${() => go({ isolated: isOn ? null : code })}>
    <span class="tile-name"><span class=${`swatch s-${kind.name}`} aria-hidden="true">${kind.glyph}</span> ${kind.word}</span>
    ${' '}<span class="tile-value" data-testid=${`count-${kind.name}`}>${countText(total)}</span>
    ${' '}<span class=${`tile-note ${verdict === 'HIGH' ? 'bad' : ''}`}>${verdict && `${verdict} · `}${points ? `${(total / points * 100).toFixed(total / points < 0.1 ? 2 : 1)} %` : ''}${aside}</span>
    <${Spark} values=${values} limit=${limit} />
  </button>`;
}

function FigureTile({ name, value, note, values, limit, verdict, title }) {
  return html`<div class="tile" role="group" aria-label=${name} title=${title}>
    <span class="tile-name">${name}</span>
    <span class="tile-value">${value}</span>
    <span class=${`tile-note ${verdict === 'HIGH' ? 'bad' : ''}`}>${verdict ? `${verdict}${note ? ' · ' : ''}` : ''}${note}</span>
    <${Spark} values=${values} limit=${limit} />
  </div>`;
}

/** `what`: by its name in a threshold. */
function LatencyTile({ name, what, store, column }) {
  const figure = store.pulse?.latency_ms[what];
  const limit = boundOf(store.hello, what);
  const isKnown = figure && figure.count !== 0;
  const verdict = !isKnown ? '' : figure.p99 > limit ? 'HIGH' : 'OK';
  return html`<${FigureTile} name=${`${name} p99`} value=${isKnown ? msText(figure.p99) : '–'} verdict=${verdict}
    title=${`Of the run so far; its line, and the chart: from moment to moment. ${msText(limit)}: ${sourceOf(store.hello, what)}`} note=${`≤ ${msText(limit)}`} values=${column} limit=${limit} />`;
}

export function Tiles({ store, view, go }) {
  const { pulse, series, hello, total } = store;
  const columns = series.columns;
  const of = ['activated', 'supplying', null, 'stopped', 'disconnected', 'fault'];
  const points = hello?.points ?? 0;
  // Of all rows, of which there may be thousands: only where there are more.
  const [power, ended, decided, detected, late] = useMemo(() => [series.power(), series.rate('sessions_completed'),
    ...['decision', 'detection', 'tick_lateness'].map((what) => series.measured(`${what}_interval_p99_ms`))], [series, columns.sim_s.at(-1)]);
  return html`<section class="tiles" aria-label="Figures">
    ${[5, 4, 3, 1, 0].map((code) => html`<${StateTile} key=${code} code=${code} points=${points} go=${go}
      total=${code === 0 ? total[0] + total[2] : total[code]} aside=${code === 0 && total[2] > 0 ? startingText(total[2]) : ''}
      values=${columns[of[code]]} limit=${code === 5 && hello ? brokenBound(hello) : null} isolated=${view.isolated} />`)}
    <${FigureTile} name="Power" value=${figureText(pulse?.power_w, 'W')}
      note=${pulse ? `${figureText(pulse.energy_mj / 3.6e6, 'Wh')} in all` : ''} values=${power} />
    <${FigureTile} name="Sessions ended" title="In a model second. Active: requests that wait for their supply or have it" value=${figureText(store.rates.sessions, '/s')}
      note=${pulse ? `${countText(pulse.requests.open + pulse.sessions.active)} active` : ''} values=${ended} />
    <${LatencyTile} name="Decision" what="request_decision" store=${store} column=${decided} />
    <${LatencyTile} name="Detection" what="fault_detection" store=${store} column=${detected} />
    <${LatencyTile} name="Tick lateness" what="tick_lateness" store=${store} column=${late} />
  </section>`;
}
