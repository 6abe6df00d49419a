// The page of a run that has ended: the parts of the live page, over what the run has left behind.
import { html, render, useEffect, useState } from './vendor/preact_htm.js';
import { Charts } from './charts.js';
import { Feed } from './feed.js';
import { States } from './frames.js';
import { useKeys, useTheme, useView } from './hooks.js';
import { Plan } from './layout.js';
import { Keys } from './keys.js';
import { Legend } from './legend.js';
import { ChargePointMap } from './map.js';
import { Series } from './series.js';
import { Tables } from './table.js';
import { Tiles } from './tiles.js';

/** What components ask a store, of things that do not change any more. */
class Frozen {
  constructor({ summary, series, end }) {
    const { run, charge_points: points, requests, sessions, faults, messages, energy } = summary;
    this.hello = {
      run: { name: run.scenario, start: end?.start ?? '1970-01-01T00:00:00Z', duration_s: run.sim_s },
      points: points.total,
      thresholds: summary.thresholds.map(({ expr }) => expr),
      lateness_limit_ms: null,
      marks: end?.marks ?? [],
      has_journal: false,
      instance: 'frozen',
    };
    this.pulse = {
      sim_s: run.sim_s,
      power_w: null,
      energy_mj: energy.delivered_mj,
      requests,
      sessions,
      faults,
      messages,
      latency_ms: summary.latency_ms,
    };
    this.total = [points.activated, points.supplying, 0, points.stopped, points.disconnected, points.fault];
    this.rates = { sessions: run.sim_s > 0 ? sessions.completed / run.sim_s : null, messages: null, speed: null };
    this.series = new Series();
    this.series.prepend(series);
    this.faults = end?.faults ?? [];
    this.revision = this.faults.length > 0 ? 1 : 0;
    this.areFaultsKnown = true;
    this.hasOlderFaults = this.faults.length < faults.raised + faults.recovered;
    this.connection = 'finished';
    this.plan = end ? new Plan(end.layout) : null;
    this.states = null;
    if (end) {
      this.states = new States(end.layout.points);
      this.frame = Uint8Array.from(atob(end.states), (c) => c.charCodeAt(0)).buffer;
    }
  }
  /** Once it is resolved, states are there. */
  async unpack() {
    if (this.states) await this.states.take(this.frame);
    return this;
  }
  onStates(listener) {
    listener(this.states);
    return () => {};
  }
}

function Places({ store, view, go }) {
  const { plan, total } = store;
  if (!plan) return null;
  return html`<section class="centre" aria-label="Charge points at the end">
    <div class="heading">At the end <button onclick=${() => go({ view: view.view === 'map' ? 'table' : 'map' })}
      aria-pressed=${view.view === 'table'}>Table</button><${Keys} view=${view} go=${go} /></div>
    ${view.view === 'table' ? html`<${Tables} plan=${plan} states=${store.states} view=${view} go=${go} />`
      : html`<${ChargePointMap} store=${store} plan=${plan} total=${total} view=${view} go=${go} />`}
    <${Legend} total=${total} view=${view} go=${go} /></section>`;
}

function Page({ store }) {
  const [view, change] = useView('hash');
  const theme = useTheme(view);
  // There is nobody to ask about one charge point; its faults are here.
  const go = (patch) => change('cp' in patch ? { ...patch, q: patch.cp } : patch);
  useKeys(go, view.areKeysOff);
  const [, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  return html`<div class="frozen">
    <${Tiles} store=${store} view=${view} go=${go} />
    <${Charts} store=${store} view=${view} theme=${theme} go=${go} />
    <div class=${store.plan ? 'places' : ''}>
      <${Places} store=${store} view=${view} go=${go} />
      ${store.faults.length > 0 && html`<section class="side" aria-label="Faults"><${Feed} store=${store} view=${view} go=${go} where="hash" /></section>`}
    </div></div>`;
}

const data = JSON.parse(document.getElementById('data').textContent);
const store = await new Frozen(data).unpack();
window.chargemill = store;
document.getElementById('series-note')?.remove();
render(html`<${Page} store=${store} />`, document.getElementById('charts'));
