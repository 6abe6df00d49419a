// Rows that one walks through: Tab leads to one of them and on to what follows, arrows from row to row.
import { html, useLayoutEffect, useRef } from './vendor/preact_htm.js';
import { useFocusKept } from './hooks.js';

/** Around a table whose rows have a button each. `name`: of the region; `kind`: its class. */
export function Rows({ name, kind = 'rows', children }) {
  const box = useRef(null);
  const chosen = useRef(null);  // what had the focus last
  const all = () => [...box.current.querySelectorAll('tbody button')];
  const stopAt = () => {
    const buttons = all();
    const stop = buttons.includes(chosen.current) ? chosen.current : buttons[0];
    for (const button of buttons) button.tabIndex = button === stop ? 0 : -1;
  };
  useLayoutEffect(stopAt);
  useFocusKept(box, () => box.current);
  const onKey = (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const buttons = all();
    const at = buttons.indexOf(event.target);
    if (!step || at < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    buttons[at + step]?.focus();
  };
  const onFocus = ({ target }) => {
    chosen.current = target;
    stopAt();
  };
  return html`<div class=${kind} ref=${box} tabindex="0" role="region" aria-label=${name} onkeydown=${onKey} onfocusin=${onFocus}>${children}</div>`;
}
