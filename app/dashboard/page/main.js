// The page: what it knows, what the address says of it, and the parts that show both.
import { html, render, useEffect, useReducer } from './vendor/preact_htm.js';
import { Configuration, Downloads, Log } from './about_run.js';
import { linkOf } from './asked.js';
import { Charts } from './charts.js';
import { Drawer } from './drawer.js';
import { Announcer, Feed } from './feed.js';
import { Header, Overlay, useStale } from './header.js';
import { useKeys, useTheme, useView, useZone } from './hooks.js';
import { Legend } from './legend.js';
import { ChargePointMap } from './map.js';
import { Messages, Requests } from './messages.js';
import { Nodes } from './nodes.js';
import { OrdersToAll } from './orders.js';
import { Store } from './store.js';
import { Tables } from './table.js';
import { TabPanel } from './tabs.js';
import { Tiles } from './tiles.js';

const kPanels = { faults: 'Faults', requests: 'Requests', messages: 'Messages', nodes: 'Nodes', log: 'Log', config: 'Config', downloads: 'Files' };

/** Nodes are a matter only where there are several. */
const panelsOf = (store) => Object.keys(kPanels).filter((name) => name !== 'nodes' || store.hello?.nodes > 1);

function Panel({ store, view, go }) {
  const link = linkOf(store, view.isHeld);
  const shown = {
    faults: () => html`<${Feed} store=${store} view=${view} go=${go} />`,
    requests: () => html`<${Requests} view=${view} go=${go} link=${link} />`,
    messages: () => html`<${Messages} store=${store} view=${view} go=${go} link=${link} />`,
    nodes: () => html`<${Nodes} link=${link} />`,
    log: () => html`<${Log} view=${view} go=${go} link=${link} />`,
    config: () => html`<${Configuration} view=${view} go=${go} link=${link} />`,
    downloads: () => html`<${Downloads} store=${store} link=${link} />`,
  };
  return html`<${TabPanel} names=${panelsOf(store)} words=${kPanels} view=${view} go=${go} shown=${shown} />`;
}

function App({ store }) {
  const [, redraw] = useReducer((n) => n + 1, 0);
  useEffect(() => store.watch(redraw), []);
  const [asked, go] = useView('search');
  const view = useZone(store.plan, asked, go);
  const theme = useTheme(view);
  const isStale = useStale(store);
  // Where the feed has no room beside an open charge point, that one gives way.
  useKeys(go, view.areKeysOff, () => go({ panel: 'faults', isLarge: false, ...(innerWidth <= 1500 ? { cp: '' } : {}) }));
  useEffect(() => store.hold(view.isHeld), [view.isHeld]);
  const { plan, total } = store;
  const run = store.hello?.instance;  // of another one nothing is kept
  const noRoom = store.connection === 'full' ? `${store.watchers} tabs look at this run, and no more may. This one tries again by itself.` : '';
  return html`
    <${Header} store=${store} view=${view} go=${go} isStale=${isStale} theme=${theme} />
    <main class=${`${view.cp ? 'with-drawer' : ''} ${view.isLarge ? 'large' : ''}`}>
      <${Tiles} store=${store} view=${view} go=${go} />
      <section class=${`centre ${isStale ? 'stale' : ''}`} aria-label="Charge points">
        ${!plan ? html`<p class="empty">${noRoom || 'Waiting for the run…'}</p>` : view.view === 'table'
          ? html`<${Tables} plan=${plan} states=${store.states} view=${view} go=${go} />`
          : html`<${ChargePointMap} store=${store} plan=${plan} total=${total} view=${view} go=${go} canGrow />`}
        ${isStale && plan && html`<${Overlay} store=${store}>${noRoom}<//>`}
        <div class="below"><${Legend} total=${total} view=${view} go=${go} /><${OrdersToAll} store=${store} /></div>
      </section>
      ${!view.isLarge && html`<${Panel} key=${run} store=${store} view=${view} go=${go} />
        <${Charts} store=${store} view=${view} theme=${theme} go=${go} />`}
      ${view.cp && html`<${Drawer} key=${run} store=${store} view=${view} go=${go} />`}
    </main>
    <${Announcer} store=${store} isPaused=${view.isPaused || view.isHeld} />`;
}

const store = new Store();
// For the tests of the page: what it knows, without a way around it.
window.chargemill = store;
render(html`<${App} store=${store} />`, document.getElementById('app'));
store.connect();
