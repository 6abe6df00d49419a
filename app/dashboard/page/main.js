// The page: what it knows, what the address says of it, and the parts that show both.
import { html, render, useEffect, useReducer } from './vendor/preact_htm.js';
import { Configuration, Downloads, Log } from './about_run.js';
import { Charts } from './charts.js';
import { Drawer } from './drawer.js';
import { Announcer, Feed } from './feed.js';
import { Header, useStale } from './header.js';
import { useKeys, useTheme, useView } from './hooks.js';
import { Legend } from './legend.js';
import { ChargePointMap } from './map.js';
import { Messages } from './messages.js';
import { Nodes } from './nodes.js';
import { OrdersToAll } from './orders.js';
import { Requests } from './requests.js';
import { Store } from './store.js';
import { Tables } from './table.js';
import { Tiles } from './tiles.js';

const kPanels = { faults: 'Faults', requests: 'Requests', messages: 'Messages', nodes: 'Nodes', log: 'Log', config: 'Config', downloads: 'Downloads' };

/** Nodes are a matter only where there are several. */
const panelsOf = (store) => Object.keys(kPanels).filter((name) => name !== 'nodes' || store.hello?.nodes > 1);

/** Tabs as the keyboard knows them: Tab leads to the chosen one, arrows to those beside it. */
function Tabs({ names, chosen, go }) {
  const onKey = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    const name = names[(names.indexOf(chosen) + step + names.length) % names.length];
    go({ panel: name });
    document.getElementById(`tab-${name}`).focus();
  };
  return html`<div role="tablist" aria-label="Beside the map" onkeydown=${onKey}>${names.map((name) => html`<button role="tab" key=${name}
    id=${`tab-${name}`} tabindex=${chosen === name ? 0 : -1} aria-selected=${chosen === name} aria-controls="panel"
    onclick=${() => go({ panel: name })}>${kPanels[name]}</button>`)}</div>`;
}

function Panel({ store, view, go }) {
  const isOpen = store.connection === 'open';
  const isLive = isOpen && !view.isHeld;
  const names = panelsOf(store);
  const chosen = names.includes(view.panel) ? view.panel : 'faults';
  const shown = {
    faults: () => html`<${Feed} store=${store} view=${view} go=${go} />`,
    requests: () => html`<${Requests} view=${view} go=${go} isLive=${isLive} />`,
    messages: () => html`<${Messages} store=${store} view=${view} go=${go} isLive=${isLive} />`,
    nodes: () => html`<${Nodes} isLive=${isLive} />`,
    log: () => html`<${Log} view=${view} go=${go} isLive=${isLive} />`,
    config: () => html`<${Configuration} view=${view} go=${go} isLive=${isLive} />`,
    downloads: () => html`<${Downloads} store=${store} isLive=${isOpen} />`,
  };
  return html`<section class="side" aria-label="Beside the map">
    <${Tabs} names=${names} chosen=${chosen} go=${go} />
    <div id="panel" class="panel" role="tabpanel" aria-labelledby=${`tab-${chosen}`}>${shown[chosen]()}</div></section>`;
}

function App({ store }) {
  const [, redraw] = useReducer((n) => n + 1, 0);
  useEffect(() => store.watch(redraw), []);
  const [view, go] = useView('search');
  const theme = useTheme(view);
  const { age, isStale } = useStale(store);
  // Where the feed has no room beside an open charge point, that one gives way.
  useKeys(go, view.areKeysOff, () => go({ panel: 'faults', ...(innerWidth <= 1500 ? { cp: '' } : {}) }));
  useEffect(() => store.hold(view.isHeld), [view.isHeld]);
  const { plan, total } = store;
  return html`
    <${Header} store=${store} view=${view} go=${go} age=${age} isStale=${isStale} theme=${theme} />
    <main class=${view.cp ? 'with-drawer' : ''}>
      <${Tiles} store=${store} view=${view} go=${go} />
      <section class=${`centre ${isStale ? 'stale' : ''}`} aria-label="Charge points">
        ${!plan ? html`<p class="empty">Waiting for the run…</p>` : view.view === 'table'
          ? html`<${Tables} plan=${plan} states=${store.states} view=${view} go=${go} />`
          : html`<${ChargePointMap} store=${store} plan=${plan} total=${total} view=${view} go=${go} />`}
        ${isStale && html`<p class="overlay">Nothing heard for ${age.toFixed(0)} s: this is how it was.</p>`}
        <div class="below"><${Legend} total=${total} view=${view} go=${go} /><${OrdersToAll} store=${store} /></div>
      </section>
      <${Panel} store=${store} view=${view} go=${go} />
      <${Charts} store=${store} view=${view} theme=${theme} go=${go} />
      ${view.cp && html`<${Drawer} store=${store} view=${view} go=${go} />`}
    </main>
    <${Announcer} store=${store} isPaused=${view.isPaused || view.isHeld} />`;
}

const store = new Store();
// For the tests of the page: what it knows, without a way around it.
window.chargemill = store;
render(html`<${App} store=${store} />`, document.getElementById('app'));
store.connect();
