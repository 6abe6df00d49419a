// Requests that hold a charge point now (D-198), and what happened lately: what an operator is told (D-199).
import { html } from './vendor/preact_htm.js';
import { withQuery } from './api.js';
import { staleNote, useAsked, waitingText } from './asked.js';
import { clockOf } from './format.js';
import { Rows } from './rows.js';

const kEveryMs = 1000;
const kRequestsEveryMs = 2000;
const kRows = 200;
const kWords = { denied: 'Request denied', accepted: 'Request accepted', started: '● Supply started', ended: 'Session ended', corrected: 'Session corrected',
  fault: '▲ Fault', recovery: '○ Recovery', stopped: '‖ Out of Order', resumed: 'In order again', refused: 'Command refused' };

/** The rest of a message. */
function detailOf(row) {
  const driver = row.driver_id ? `driver ${row.driver_id}` : '';
  if (row.event === 'denied') return [row.reason, driver].filter(Boolean).join(', ');
  if (row.status === undefined) return driver || (row.event === 'fault' || row.event === 'recovery' ? row.reason : '');
  return [row.status.toLowerCase(), `${row.energy_kwh.toFixed(3)} kWh`, `€${row.total_cost_eur.toFixed(2)}`, driver].filter(Boolean).join(', ');
}

/** Of both lists the newest; the first is the journal's. RFC 3339 in UTC sorts as text. */
export function newestOf(messages, denials, most) {
  const rows = [...messages, ...denials.map((row) => ({ ...row, id: row.request_id, event: 'denied' }))];
  return rows.sort((a, b) => (a.ts < b.ts ? 1 : a.ts > b.ts ? -1 : 0)).slice(0, most);
}

export function Messages({ store, view, go, link }) {
  const { answer, trouble } = useAsked(withQuery('/api/v1/messages', { limit: kRows }), kEveryMs, link);
  const denied = useAsked(withQuery('/api/v1/denials', { zone: view.zone, limit: kRows }), kEveryMs, link);
  if (!answer) return html`<p class="empty">${waitingText(trouble, link)}</p>`;
  const { plan } = store;
  const zoneOf = (cp) => (plan && plan.find(cp) >= 0 ? plan.zone(plan.find(cp)) : '');
  const known = answer.messages.filter(({ cp_id }) => !view.zone || zoneOf(cp_id) === view.zone);
  const rows = newestOf(known, denied.answer?.denials ?? [], kRows);
  const clock = clockOf(rows[0]?.ts, rows[rows.length - 1]?.ts);
  return html`${staleNote(trouble || denied.trouble)}
    <${Rows} name="Messages, newest first">
    <table class="list log" data-testid="messages"><caption class="hidden">Messages, newest first</caption>
      <thead><tr><th scope="col">Time</th><th scope="col">Charge point</th><th scope="col">Message</th></tr></thead>
      <tbody>${rows.map((row) => html`<tr key=${row.id}>
        <th scope="row">${clock(row.ts)}</th>
        <td>${row.cp_id ? html`<button class="plain" onclick=${() => go({ cp: row.cp_id })}>${row.cp_id}</button>` : `any in ${row.zone ?? '–'}`}</td>
        <td><b class=${row.event === 'fault' ? 'bad' : ''}>${kWords[row.event] ?? row.event}</b> ${detailOf(row)}</td></tr>`)}</tbody></table>
    ${rows.length === 0 && html`<p class="empty">${!denied.answer ? waitingText(denied.trouble, link) : view.zone ? `Nothing of ${view.zone} among the newest ${kRows}.` : 'Nothing has happened.'}</p>`}
  <//>`;
}

export function Requests({ view, go, link }) {
  const { answer, trouble } = useAsked(withQuery('/api/v1/requests', { zone: view.zone, limit: kRows }), kRequestsEveryMs, link);
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
