// What colours and glyphs mean, and the switch that leaves one of them alone on the map.
import { html, useRef } from './vendor/preact_htm.js';
import { kClasses } from './palette.js';
import { countText } from './format.js';
import { saidOnce, useFocusKept } from './hooks.js';

export function Legend({ total, view, go }) {
  const box = useRef(null);
  useFocusKept(box, () => box.current.firstElementChild);
  return html`<div ref=${box} class="legend" role="group" aria-label=${`Legend${view.areKeysOff ? '' : ': press a key from 1 to 6 to show one state alone'}`}>
    ${kClasses.map((kind) => html`<button key=${kind.name} ...${saidOnce} aria-pressed=${view.isolated === kind.code}
        onclick=${() => go({ isolated: view.isolated === kind.code ? null : kind.code })}>
      <span class=${`swatch s-${kind.name}`} aria-hidden="true">${kind.glyph}</span>
      ${kind.word} <span class="number">${countText(total[kind.code])}</span>${!view.areKeysOff && html` <kbd aria-hidden="true">${kind.key}</kbd>`}
    </button>`)}
    ${(view.isolated !== null || view.zone) && html`<button class="plain" onclick=${() => go({ isolated: null, zone: '' })}>Show all</button>`}
  </div>`;
}
