// The page: what it knows, what the address says of it, and the parts that show both.
import { html, render, useEffect, useReducer } from './vendor/preact_htm.js';
import { Charts } from './charts.js';
import { Drawer } from './drawer.js';
import { Feed } from './feed.js';
import { Header, useStale } from './header.js';
import { useKeys, useTheme, useView } from './hooks.js';
import { Legend } from './legend.js';
import { ChargePointMap } from './map.js';
import { Requests } from './requests.js';
import { Store } from './store.js';
import { ZoneTable } from './table.js';
import { Tiles } from './tiles.js';

function Panel({ store, view, go }) {
  const tab = (name, text) => html`<button role="tab" id=${`tab-${name}`} aria-selected=${view.panel === name}
    aria-controls="panel" onclick=${() => go({ panel: name })}>${text}</button>`;
  return html`<section class="side" aria-label="Events">
    <div role="tablist" aria-label="Events">${tab('faults', 'Faults')}${tab('requests', 'Requests')}</div>
    <div id="panel" class="panel" role="tabpanel" aria-labelledby=${`tab-${view.panel}`}>
      ${view.panel === 'faults' ? html`<${Feed} store=${store} view=${view} go=${go} />`
        : html`<${Requests} view=${view} go=${go} isLive=${store.connection === 'open'} />`}
    </div></section>`;
}

function App({ store }) {
  const [, redraw] = useReducer((n) => n + 1, 0);
  useEffect(() => store.watch(redraw), []);
  const [view, go] = useView('search');
  const theme = useTheme(view);
  const { age, isStale } = useStale(store);
  useKeys(view, go);
  const { plan, total } = store;
  return html`
    <${Header} store=${store} view=${view} go=${go} age=${age} isStale=${isStale} theme=${theme} />
    <main class=${view.cp ? 'with-drawer' : ''}>
      <${Tiles} store=${store} view=${view} go=${go} />
      <section class=${`centre ${isStale ? 'stale' : ''}`} aria-label="Charge points">
        ${!plan ? html`<p class="empty">Waiting for the run…</p>` : view.view === 'table'
          ? html`<${ZoneTable} plan=${plan} states=${store.states} view=${view} go=${go} />`
          : html`<${ChargePointMap} store=${store} plan=${plan} total=${total} view=${view} go=${go} />`}
        ${isStale && html`<p class="overlay">Nothing heard for ${age.toFixed(0)} s: this is how it was.</p>`}
        <${Legend} total=${total} view=${view} go=${go} />
      </section>
      <${Panel} store=${store} view=${view} go=${go} />
      <${Charts} store=${store} view=${view} theme=${theme} go=${go} />
      ${view.cp && html`<${Drawer} store=${store} view=${view} go=${go} />`}
    </main>`;
}

const store = new Store();
// For the tests of the page: what it knows, without a way around it.
window.chargemill = store;
render(html`<${App} store=${store} />`, document.getElementById('app'));
store.connect();
