// What an operator may order, if the run takes orders from its page.
import { html, useState } from './vendor/preact_htm.js';
import { ask } from './api.js';
import { plural } from './format.js';

/** `order(path, name, body)` gives a handler; `said`: what became of the last one. */
export function useOrders() {
  const [said, setSaid] = useState('');
  const order = (path, name, body = {}) => () =>
    ask(path, body).then(() => setSaid(`${name}: ordered`)).catch((error) => setSaid(`${name}: ${error.message}`));
  return { order, said };
}

/** Stop and resume of all (D-203); twice asked, for it is easily done and seldom meant. */
export function OrdersToAll({ store }) {
  const { order, said } = useOrders();
  const [asked, setAsked] = useState('');
  if (!store.hello?.may_act || store.connection !== 'open') return null;
  const sure = (what) => () => {
    setAsked('');
    order(`/api/v1/charge-points/${what}`, `${what} all`)();
  };
  return html`<span class="to-all" role="group" aria-label="All charge points">
    ${asked === '' ? ['stop', 'resume'].map((what) => html`<button key=${what} onclick=${() => setAsked(what)}>${what === 'stop' ? 'Stop all' : 'Resume all'}</button>`)
      : html`<button class="sure" onclick=${sure(asked)}>Yes, ${asked} ${plural(store.hello.points, 'charge point')}</button>
        <button onclick=${() => setAsked('')}>No</button>`}
    <span role="status">${said}</span></span>`;
}
