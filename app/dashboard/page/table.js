// What the map shows, in numbers: for those who do not see it, and for those who count.
import { html } from './vendor/preact_htm.js';
import { countByZone } from './map.js';
import { kClasses, kOrder } from './palette.js';
import { countText } from './format.js';

export function ZoneTable({ plan, states, view, go }) {
  if (!states) return html`<p class="empty">No states yet.</p>`;
  const counts = countByZone(plan, states);
  const sum = kOrder.map((code) => counts.reduce((n, zone) => n + zone[code], 0));
  return html`<div class="table-box" tabindex="0" role="region" aria-label="Charge points by zone and state">
    <table class="zones" data-testid="zone-table">
      <caption class="hidden">Charge points by zone and state</caption>
      <thead><tr><th scope="col">Zone</th>
        ${kOrder.map((code) => html`<th scope="col" key=${code}>
          <span class=${`swatch s-${kClasses[code].name}`} aria-hidden="true">${kClasses[code].glyph}</span> ${kClasses[code].word}</th>`)}
        <th scope="col">All</th></tr></thead>
      <tbody>${plan.zones.map((name, z) => html`<tr key=${name} class=${view.zone === name ? 'chosen' : ''}>
        <th scope="row"><button class="plain" aria-pressed=${view.zone === name}
          onclick=${() => go({ zone: view.zone === name ? '' : name })}>${name}</button></th>
        ${kOrder.map((code) => html`<td key=${code} class=${view.isolated === null || view.isolated === code ? '' : 'dim'}>${countText(counts[z][code])}</td>`)}
        <td>${countText(plan.blocks[z].points)}</td></tr>`)}</tbody>
      <tfoot><tr><th scope="row">All</th>${sum.map((n, i) => html`<td key=${i}>${countText(n)}</td>`)}
        <td>${countText(plan.points)}</td></tr></tfoot>
    </table></div>`;
}
