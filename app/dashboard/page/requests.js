// Requests of drivers that hold a charge point now.
import { html, useEffect, useState } from './vendor/preact_htm.js';
import { ask, withQuery } from './api.js';
import { rowTime } from './format.js';

const kEveryMs = 2000;
const kRows = 200;

export function Requests({ view, go, isLive }) {
  const [found, setFound] = useState(null);
  const [trouble, setTrouble] = useState('');
  useEffect(() => {
    let isWanted = true;
    let timer = 0;
    const look = async () => {
      try {
        const answer = await ask(withQuery('/api/v1/requests', { zone: view.zone, limit: kRows }));
        if (isWanted) {
          setFound(answer);
          setTrouble('');
        }
      } catch (error) {
        if (isWanted) setTrouble(error.message);
      }
      if (isWanted && isLive) timer = setTimeout(look, kEveryMs);
    };
    if (isLive) look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [view.zone, isLive]);
  if (trouble && !found) return html`<p class="empty">${trouble}</p>`;
  if (!found) return html`<p class="empty">Asking…</p>`;
  return html`<div class="rows" tabindex="0" role="region" aria-label="On-going requests">
    <table class="list" data-testid="requests"><caption class="hidden">On-going requests</caption>
      <thead><tr><th scope="col">Since</th><th scope="col">Driver</th><th scope="col">Charge point</th><th scope="col">Status</th></tr></thead>
      <tbody>${found.requests.map((row) => html`<tr key=${row.cp_id}>
        <td>${rowTime(row.ts).slice(11)}</td><td>${row.driver_id ?? '–'}</td>
        <td><button class="plain" onclick=${() => go({ cp: row.cp_id })}>${row.cp_id}</button></td>
        <td>${row.status.replace('_', ' ')}</td></tr>`)}</tbody></table>
    ${found.requests.length === 0 && html`<p class="empty">No request is open.</p>`}
    ${found.next && html`<p class="empty">The first ${kRows}; choose a zone to see its own.</p>`}
  </div>`;
}
