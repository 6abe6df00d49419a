// The keys of the page: which there are, and a switch for those that speech or an unsteady hand may press unmeant.
import { html, useRef } from './vendor/preact_htm.js';

const kOfMap = [['arrows, Home, End', 'from charge point to charge point'], ['Enter', 'opens it'], ['+ − 0', 'closer, further, all']];
const kOfFeed = [['↑ ↓', 'from row to row']];
const kOfDrawer = [['← →', 'the charge points beside it'], ['Escape', 'closes it']];
const kOfCharts = [['← → Home End', 'a moment of the run, and what was measured then'], ['Escape', 'back to now']];
const kEverywhere = [['1 to 6', 'leave one state alone on the map, and again all'], ['/', 'to the search'], ['?', 'to these keys']];

function Group({ name, keys }) {
  return html`<h3>${name}</h3><dl>${keys.map(([key, what]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>`;
}

/** A button and what it opens. `hasDrawer`: this page can open a charge point. */
export function Keys({ view, go, hasDrawer }) {
  const box = useRef(null);
  return html`<button onclick=${() => box.current.showModal()} aria-haspopup="dialog" aria-label="Keys">?</button>
    <dialog class="keys" ref=${box} aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <${Group} name="Everywhere but in fields" keys=${kEverywhere} />
      <label><input type="checkbox" checked=${!view.areKeysOff} onchange=${(event) => go({ areKeysOff: !event.target.checked })} /> these are on</label>
      <${Group} name="On the map" keys=${kOfMap} />
      <${Group} name="In a row of a list" keys=${kOfFeed} />
      ${hasDrawer && html`<${Group} name="In an open charge point" keys=${kOfDrawer} />`}
      <${Group} name="On the charts" keys=${kOfCharts} />
      <button onclick=${() => box.current.close()}>Close</button>
    </dialog>`;
}
