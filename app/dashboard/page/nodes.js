// The processes or machines that share the network.
import { html, useRef } from './vendor/preact_htm.js';
import { staleNote, useAsked, waitingText } from './asked.js';
import { countText, figureText, msText } from './format.js';

const kEveryMs = 1000;
const kSign = { suspect: '! ', lost: '✖ ' };
const kMebibyte = 1024 * 1024;

/** Bytes a second of each node's link, from one answer to the next. */
function useRates(answer) {
  const kept = useRef({ answer: null, at: 0, rates: {} });
  if (answer && answer !== kept.current.answer) {
    const { answer: before, at } = kept.current;
    const now = performance.now();
    const rates = {};
    for (const { name, incarnation, link_bytes } of answer.nodes) {
      const then = before?.nodes.find((node) => node.name === name && node.incarnation === incarnation);
      if (then) rates[name] = Math.max(0, link_bytes - then.link_bytes) / (now - at) * 1000;
    }
    kept.current = { answer, at: now, rates };
  }
  return kept.current.rates;
}

/** A node that is there for everything needs no words. */
const rolesText = (roles = '') => roles === 'central,shards,drivers' ? 'all' : roles.replaceAll(',', ', ');
const isWell = ({ state }) => state === 'leads' || state === 'alive';

export function Nodes({ link }) {
  const { answer, trouble } = useAsked('/api/v1/nodes', kEveryMs, link);
  const rates = useRates(answer);
  if (!answer) return html`<p class="empty">${waitingText(trouble, link)}</p>`;
  return html`${staleNote(trouble)}<div class="rows" tabindex="0" role="region" aria-label="Nodes">
    <table class="list nodes" data-testid="nodes"><caption class="hidden">Nodes that share the network</caption>
      <thead><tr><th scope="col">Node</th><th scope="col">State</th><th scope="col">Charge points</th><th scope="col">Drivers</th><th scope="col">Workers</th>
        <th scope="col">Busy</th><th scope="col">Late p99</th><th scope="col">Mailbox</th><th scope="col">Memory</th><th scope="col">Link</th>
        <th scope="col">Roles</th><th scope="col">Where</th></tr></thead>
      <tbody>${answer.nodes.map((node) => html`<tr key=${node.name}>
        <th scope="row" title=${`incarnation ${node.incarnation}`}>${node.name}</th>
        <td class=${isWell(node) ? '' : 'bad'}>${kSign[node.state] ?? ''}${node.state}</td>
        <td title=${`${node.shards} shards`}>${countText(node.charge_points)}</td>
        <td title=${`${node.fleets} fleets`}>${countText(node.drivers)}</td><td>${node.workers}</td>
        <td>${(node.busy * 100).toFixed(0)} %</td><td>${msText(node.lateness_p99_ms)}</td><td>${countText(node.mailbox)}</td>
        <td>${figureText(node.rss_mib * kMebibyte, 'B')}</td><td title=${`${figureText(node.link_bytes, 'B')} in all`}>${node.state === 'leads' ? '–' : figureText(rates[node.name], 'B/s')}</td>
        <td>${rolesText(node.roles)}</td><td>${node.place}</td></tr>`)}</tbody></table>
    ${link === 'over' && html`<p class="empty">This is how they were when it ended.</p>`}</div>`;
}
