// The page of a run that has ended: the parts of the live page, over what the run has left behind.
import { html, render, useEffect, useState } from './vendor/preact_htm.js';
import { Configuration, Log } from './about_run.js';
import { answerWith } from './api.js';
import { Charts } from './charts.js';
import { Drawer } from './drawer.js';
import { Feed } from './feed.js';
import { inflate, States } from './frames.js';
import { useKeys, useTheme, useView, useZone } from './hooks.js';
import { Plan } from './layout.js';
import { Keys } from './keys.js';
import { Legend } from './legend.js';
import { ChargePointMap } from './map.js';
import { Messages, Requests } from './messages.js';
import { Nodes } from './nodes.js';
import { Remains } from './remains.js';
import { Series } from './series.js';
import { Tables } from './table.js';
import { TabPanel } from './tabs.js';
import { Tiles } from './tiles.js';

const kPanels = { faults: 'Faults', requests: 'Requests', messages: 'Messages', nodes: 'Nodes', log: 'Log', config: 'Config' };
const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

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
    const last = this.series.power().at(-1);
    if (typeof last === 'number') this.pulse.power_w = last * 1e3;
    this.faults = end?.faults ?? [];
    this.revision = this.faults.length > 0 ? 1 : 0;
    this.areFaultsKnown = true;
    this.hasOlderFaults = this.faults.length < faults.raised + faults.recovered;
    this.connection = 'finished';
    this.plan = end ? new Plan(end.layout) : null;
    this.remains = new Remains(this.plan, end);
    this.states = null;
    if (end) {
      this.states = new States(end.layout.points);
      this.frame = bytesOf(end.states).buffer;
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
  const shown = {
    faults: () => html`<${Feed} store=${store} view=${view} go=${go} where="hash" />`,
    requests: () => html`<${Requests} view=${view} go=${go} />`,
    messages: () => html`<${Messages} store=${store} view=${view} go=${go} />`,
    nodes: () => html`<${Nodes} />`,
    log: () => html`<${Log} view=${view} go=${go} />`,
    config: () => html`<${Configuration} view=${view} go=${go} />`,
  };
  const names = Object.keys(kPanels).filter((name) => name === 'faults' || store.remains.knows(name));
  return html`<div class=${`places ${view.cp ? 'with-drawer' : ''}`}>
    <section class="centre" aria-label="Charge points at the end">
      <div class="heading">At the end <button onclick=${() => go({ view: view.view === 'map' ? 'table' : 'map' })}
        aria-pressed=${view.view === 'table'}>Table</button><${Keys} view=${view} go=${go} hasDrawer /></div>
      ${view.view === 'table' ? html`<${Tables} plan=${plan} states=${store.states} view=${view} go=${go} />`
        : html`<${ChargePointMap} store=${store} plan=${plan} total=${total} view=${view} go=${go} />`}
      <${Legend} total=${total} view=${view} go=${go} /></section>
    <${TabPanel} names=${names} words=${kPanels} view=${view} go=${go} shown=${shown} />
    ${view.cp && html`<${Drawer} store=${store} view=${view} go=${go} />`}</div>`;
}

function Page({ store }) {
  const [asked, go] = useView('hash');
  const view = useZone(store.plan, asked, go);
  const theme = useTheme(view);
  useKeys(go, view.areKeysOff, () => go({ panel: 'faults', cp: '' }));
  const [, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  return html`<div class="frozen">
    <${Tiles} store=${store} view=${view} go=${go} />
    <${Charts} store=${store} view=${view} theme=${theme} go=${go} />
    ${store.plan && html`<${Places} store=${store} view=${view} go=${go} />`}</div>`;
}

const packed = bytesOf(document.getElementById('data').textContent);
const store = await new Frozen(JSON.parse(new TextDecoder().decode(await inflate(packed)))).unpack();
answerWith((path) => store.remains.answer(path));
window.chargemill = store;
document.getElementById('series-note')?.remove();
render(html`<${Page} store=${store} />`, document.getElementById('charts'));
