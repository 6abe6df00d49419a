// What the map shows, in numbers and names: for those who do not see it, and for those who count.
import { html } from './vendor/preact_htm.js';
import { countByZone } from './layout.js';
import { kClasses, kOrder } from './palette.js';
import { countText, plural } from './format.js';
import { Rows } from './rows.js';

const kRows = 100;  // of charge points at a time

function ZoneTable({ plan, states, view, go }) {
  const counts = countByZone(plan, states);
  const sum = kOrder.map((code) => counts.reduce((n, zone) => n + zone[code], 0));
  return html`<${Rows} kind="table-box" name="Charge points by zone and state">
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
    </table><//>`;
}

/** The charge points that `view` leaves alone on the map. */
function pointsOf(plan, states, view) {
  const found = [];
  for (let i = 0; i < plan.points; ++i) {
    if (view.zone && plan.zone(i) !== view.zone) continue;
    if (view.isolated === null || states.code(i) === view.isolated) found.push(i);
  }
  return found;
}

function PointTable({ plan, states, view, go }) {
  if (!view.zone && view.isolated === null)
    return html`<p class="empty">Choose a zone here, or a state in the legend: its charge points are listed then.</p>`;
  const points = pointsOf(plan, states, view);
  const from = Math.min(view.part, Math.max(0, Math.ceil(points.length / kRows) - 1)) * kRows;
  const shown = points.slice(from, from + kRows);
  const title = `${view.isolated === null ? '' : `${kClasses[view.isolated].word}, `}${view.zone || 'all zones'}`;
  // What is of no use keeps the focus that it was pressed with.
  const step = (by, sign, name) => {
    const part = from / kRows + by;
    const isVain = part < 0 || part * kRows >= points.length;
    return html`<button aria-disabled=${isVain} onclick=${isVain ? null : () => go({ part })} aria-label=${name}>${sign}</button>`;
  };
  return html`<div class="bar" role="group" aria-label="Charge points listed below">
      <b>${title}</b> <span data-testid="point-count">${plural(points.length, 'charge point')}${points.length > kRows ? `, ${countText(from + 1)} to ${countText(from + shown.length)}` : ''}</span>
      ${step(-1, '‹', 'Those before')} ${step(1, '›', 'Those after')}</div>
    <${Rows} kind="table-box" name=${`Charge points: ${title}`}>
      <table class="list" data-testid="point-table"><caption class="hidden">Charge points: ${title}</caption>
        <thead><tr><th scope="col">Charge point</th><th scope="col">Zone</th><th scope="col">Site</th><th scope="col">State</th></tr></thead>
        <tbody>${shown.map((point) => {
          const kind = kClasses[states.code(point)];
          return html`<tr key=${point}><th scope="row"><button class="plain" onclick=${() => go({ cp: plan.name(point) })}>${plan.name(point)}</button></th>
            <td>${plan.zone(point)}</td><td>${plan.site(point)}</td>
            <td><span class=${`swatch s-${kind.name}`} aria-hidden="true">${kind.glyph}</span> ${kind.word}</td></tr>`;
        })}</tbody></table><//>`;
}

/** Zones by state, and the charge points of what is chosen: all that the map has. */
export function Tables({ plan, states, view, go }) {
  if (!states) return html`<p class="empty">No states yet.</p>`;
  return html`<${ZoneTable} plan=${plan} states=${states} view=${view} go=${go} />
    <${PointTable} plan=${plan} states=${states} view=${view} go=${go} />`;
}
