// What stands beside the map: one thing at a time.
import { html } from './vendor/preact_htm.js';

/** Tabs as the keyboard knows them: Tab leads to the chosen one, arrows to those beside it. */
function Tabs({ names, words, chosen, go }) {
  const onKey = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    const name = names[(names.indexOf(chosen) + step + names.length) % names.length];
    go({ panel: name });
    document.getElementById(`tab-${name}`).focus();
  };
  return html`<div role="tablist" aria-label="Beside the map" onkeydown=${onKey}>${names.map((name) => html`<button role="tab" key=${name}
    id=${`tab-${name}`} tabindex=${chosen === name ? 0 : -1} aria-selected=${chosen === name} aria-controls="panel"
    onclick=${() => go({ panel: name })}>${words[name]}</button>`)}</div>`;
}

/** `words`, `shown`: by name, what a tab is called and what makes its content. The first of `names` is there unless another is chosen. */
export function TabPanel({ names, words, view, go, shown }) {
  const chosen = names.includes(view.panel) ? view.panel : names[0];
  return html`<section class="side" aria-label="Beside the map">
    <${Tabs} names=${names} words=${words} chosen=${chosen} go=${go} />
    <div id="panel" class="panel" role="tabpanel" aria-labelledby=${`tab-${chosen}`}>${shown[chosen]()}</div></section>`;
}
