// Requests of drivers that hold a charge point now.
import { html } from './vendor/preact_htm.js';
import { withQuery } from './api.js';
import { staleNote, useAsked, waitingText } from './asked.js';
import { clockOf } from './format.js';
import { Rows } from './rows.js';

const kEveryMs = 2000;
const kRows = 200;

export function Requests({ view, go, link }) {
  const { answer, trouble } = useAsked(withQuery('/api/v1/requests', { zone: view.zone, limit: kRows }), kEveryMs, link);
  if (!answer) return html`<p class="empty">${waitingText(trouble, link)}</p>`;
  const times = answer.requests.map(({ ts }) => ts).sort();
  const clock = clockOf(times[0], times.at(-1));
  return html`${staleNote(trouble)}<${Rows} name="On-going requests">
    <table class="list" data-testid="requests"><caption class="hidden">On-going requests</caption>
      <thead><tr><th scope="col">Since</th><th scope="col">Driver</th><th scope="col">Charge point</th><th scope="col">Status</th></tr></thead>
      <tbody>${answer.requests.map((row) => html`<tr key=${row.cp_id}>
        <td>${clock(row.ts)}</td><td>${row.driver_id ?? '–'}</td>
        <th scope="row"><button class="plain" onclick=${() => go({ cp: row.cp_id })}>${row.cp_id}</button></th>
        <td>${row.status.replace('_', ' ')}</td></tr>`)}</tbody></table>
    ${answer.requests.length === 0 && html`<p class="empty">No request is open.</p>`}
    ${answer.next && html`<p class="empty">The first ${kRows}; choose a zone to see its own.</p>`}
  <//>`;
}
