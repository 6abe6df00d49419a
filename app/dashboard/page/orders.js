// What an operator may order, if the run takes orders from its page.
import { html, useEffect, useRef, useState } from './vendor/preact_htm.js';
import { ask } from './api.js';
import { plural } from './format.js';
import { useFocusKept } from './hooks.js';

const kSaidMs = 10_000;

/** `order(path, name, body)` gives a handler; `said`: what became of the last one, `forMs` long. */
export function useOrders(forMs = Infinity) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '' || forMs === Infinity) return undefined;
    const timer = setTimeout(() => setSaid(''), forMs);
    return () => clearTimeout(timer);
  }, [said]);
  const order = (path, name, body = {}) => () =>
    ask(path, body).then(() => setSaid(`${name}: ordered`)).catch((error) => setSaid(`${name}: ${error.message}`));
  return { order, said };
}

/**
 * Stop and resume of all (D-203); twice asked, for it is easily done and seldom meant. What is asked and what is said lies over what is
 * there: the map keeps its height.
 */
export function OrdersToAll({ store }) {
  const { order, said } = useOrders(kSaidMs);
  const [asked, setAsked] = useState('');
  const box = useRef(null);
  const was = useRef('');
  // What had the focus is gone: it goes to No, and from there back to where it came from.
  useEffect(() => {
    if (was.current !== asked) box.current?.querySelectorAll('button')[asked !== '' ? 3 : was.current === 'resume' ? 1 : 0]?.focus();
    was.current = asked;
  }, [asked]);
  useFocusKept(box, () => document.querySelector('.legend button'));
  if (!store.hello?.may_act || store.connection !== 'open') return null;
  const sure = (what) => () => {
    setAsked('');
    order(`/api/v1/charge-points/${what}`, `${what} all`)();
  };
  return html`<span class="to-all" ref=${box} role="group" aria-label="All charge points">
    ${['stop', 'resume'].map((what) => html`<button key=${what} class=${asked && 'gone'} onclick=${() => setAsked(what)}>${what === 'stop' ? 'Stop all' : 'Resume all'}</button>`)}
    ${asked && html`<span class="sure"><button onclick=${sure(asked)}>Yes, ${asked} ${plural(store.hello.points, 'charge point')}</button>
      <button onclick=${() => setAsked('')}>No</button></span>`}
    <span role="status" class=${said && 'tip'}>${said}</span></span>`;
}
