// Which run this is, how it stands, and how old what is shown is.
import { html, useEffect, useRef, useState } from './vendor/preact_htm.js';
import { figureText, plural, spanText, timeText } from './format.js';
import { useFocusKept } from './hooks.js';
import { Keys } from './keys.js';
import { calm } from './store.js';

const kStaleMs = 3000;
const kLookMs = 250;

function stateOf(store) {
  const { end, hello } = store;
  // it failed, or another node leads it
  if (end?.reason === 'duration' && end.sim_s < hello.run.duration_s) return 'ended early';
  if (store.connection === 'finished') return 'finished';
  if (store.connection === 'lost') return 'connection lost';
  if (store.connection === 'full') return 'no room';
  if (store.connection === 'connecting') return 'connecting';
  return store.pulse?.state ?? 'running';
}

/** Seconds since something was heard. */
const ageOf = (store) => Math.round((performance.now() - store.heardAt) / 100) / 10;

/** What `of` says of the store, as time goes by: only who asks is drawn anew, and only once it says something else. With less motion it changes with all the rest. */
function useLook(store, of) {
  const [looked, setLooked] = useState(() => of(store));
  useEffect(() => {
    const timer = setInterval(() => (calm.matches ? store.changed() : setLooked(of(store))), kLookMs);
    return () => clearInterval(timer);
  }, []);
  return calm.matches ? of(store) : looked;
}

/** True once nothing was heard for longer than a person should trust. */
export const useStale = (store) => useLook(store, () => ageOf(store) * 1000 > kStaleMs) && store.connection !== 'finished';

function Age({ store, isHeld, isStale }) {
  const age = useLook(store, ageOf);
  return html`<span class="age" data-testid="age">${isHeld ? 'the view is paused' : store.connection === 'finished' ? 'this is how it ended'
    : isStale ? `nothing heard for ${age.toFixed(0)} s` : `last update ${age.toFixed(1)} s ago`}</span>`;
}

export function Overlay({ store, children }) {
  return html`<p class="overlay">Nothing heard for ${useLook(store, ageOf).toFixed(0)} s: this is how it was. ${children}</p>`;
}

export function Header({ store, view, go, isStale, theme }) {
  const { hello, pulse } = store;
  const state = stateOf(store);
  const isWell = state === 'running' || state === 'finished';
  const clock = hello && pulse ? timeText(Date.parse(hello.run.start) / 1000 + pulse.sim_s) : '';
  const next = theme === 'dark' ? 'light' : 'dark';
  const name = hello?.run.name;
  const box = useRef(null);
  useFocusKept(box, () => box.current.querySelector('button'));
  useEffect(() => {
    if (name !== undefined) document.title = `${isWell ? '' : `${state}: `}${name} - EV Central Dashboard: chargemill`;
  }, [name, state]);
  return html`<header ref=${box} class="top">
    <h1>chargemill <span class="run">${hello ? `${hello.run.name}, ${plural(hello.points, 'charge point')}${hello.nodes > 1 ? `, ${plural(hello.nodes, 'node')}` : ''}` : ''}</span></h1>
    <span class=${`state ${isWell ? '' : 'bad'}`} role="status" data-testid="connection">${state}</span>
    <${Age} store=${store} isHeld=${view.isHeld} isStale=${isStale} />
    ${store.hasNext && html`<button onclick=${() => location.reload()}>Another run is here: show it</button>`}
    <span class="space"></span>
    <span class="clock" title="model time" data-testid="clock">${clock && `${clock} UTC`}</span>
    ${hello && pulse && html`<span>${spanText(pulse.sim_s)} of ${spanText(hello.run.duration_s)}</span>
      <span title="model seconds a second">${figureText(store.rates.speed)} ×</span>
      <span title="a second of real time">${figureText(store.rates.messages)} messages/s</span>`}
    ${(view.isHeld || store.connection !== 'finished') && html`<button onclick=${() => go({ isHeld: !view.isHeld })} class=${view.isHeld ? 'on' : ''}>${view.isHeld ? 'Resume view' : 'Pause view'}</button>`}
    <button onclick=${() => go({ view: view.view === 'map' ? 'table' : 'map' })} aria-pressed=${view.view === 'table'}>Table</button>
    <button onclick=${() => go({ theme: next })} aria-label=${`Switch to the ${next} theme`}>${next === 'dark' ? '☾' : '☀'}</button>
    <${Keys} view=${view} go=${go} hasDrawer />
  </header>`;
}
