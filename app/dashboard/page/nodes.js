// The processes or machines that share the network.
import { html } from './vendor/preact_htm.js';
import { useAsked, waitingText } from './asked.js';
import { countText, figureText, msText } from './format.js';

const kEveryMs = 1000;
const kSign = { suspect: '! ', lost: '✖ ' };
const kMebibyte = 1024 * 1024;

const isWell = ({ state }) => state === 'leads' || state === 'alive';

export function Nodes({ isLive }) {
  const { answer, trouble } = useAsked('/api/v1/nodes', kEveryMs, isLive);
  if (!answer) return html`<p class="empty">${waitingText(trouble, isLive)}</p>`;
  return html`<div class="rows" tabindex="0" role="region" aria-label="Nodes">
    <table class="list nodes" data-testid="nodes"><caption class="hidden">Nodes that share the network</caption>
      <thead><tr><th scope="col">Node</th><th scope="col">State</th><th scope="col">Charge points</th><th scope="col">Workers</th>
        <th scope="col">Busy</th><th scope="col">Late p99</th><th scope="col">Mailbox</th><th scope="col">Memory</th><th scope="col">Link, total</th>
        <th scope="col">Where</th></tr></thead>
      <tbody>${answer.nodes.map((node) => html`<tr key=${node.name}>
        <th scope="row" title=${`incarnation ${node.incarnation}`}>${node.name}</th>
        <td class=${isWell(node) ? '' : 'bad'}>${kSign[node.state] ?? ''}${node.state}</td>
        <td title=${`${node.shards} shards`}>${countText(node.charge_points)}</td><td>${node.workers}</td>
        <td>${(node.busy * 100).toFixed(0)} %</td><td>${msText(node.lateness_p99_ms)}</td><td>${countText(node.mailbox)}</td>
        <td>${figureText(node.rss_mib * kMebibyte, 'B')}</td><td>${node.state === 'leads' ? '–' : figureText(node.link_bytes, 'B')}</td>
        <td>${node.place}</td></tr>`)}</tbody></table>
    ${!isLive && html`<p class="empty">This is how they were when it ended.</p>`}</div>`;
}
