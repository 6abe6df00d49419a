// What the live page and the page of a finished run have in common beside what they show.
import { useEffect, useLayoutEffect, useState } from './vendor/preact_htm.js';
import { readView, writeView } from './view.js';

/** Where `view` stands; `where` as of useView. */
export function addressOf(view, where) {
  const text = writeView(view);
  if (where === 'hash') return `#${text}`;
  return text ? `?${text}` : location.pathname;
}

const systemDark = matchMedia('(prefers-color-scheme: dark)');

/**
 * The view and how to change it, by a part of it or by a function from the present one; steps a person would want to take back are steps of the browser.
 * `isBeside`: it is none, but one of a row of the same. `where` it stands in the address: 'search', or, in a file, which has none, 'hash'.
 */
export function useView(where) {
  const [view, setView] = useState(() => readView(location[where].slice(1)));
  useEffect(() => {
    const read = () => setView(readView(location[where].slice(1)));
    window.addEventListener('popstate', read);
    return () => window.removeEventListener('popstate', read);
  }, []);
  const go = (patch, isBeside) => setView((before) => {
    const after = { ...before, ...(typeof patch === 'function' ? patch(before) : patch) };
    if (after.zone !== before.zone || after.isolated !== before.isolated) after.part = 0;  // another list, from its beginning
    const isStep = !isBeside && (after.cp !== before.cp || after.view !== before.view);
    history[isStep ? 'pushState' : 'replaceState'](null, '', addressOf(after, where));
    return after;
  });
  return [view, go];
}

/** `view` without a zone that the network does not have, as an address may; nor is one asked for before that is known. */
export function useZone(plan, view, go) {
  const isThere = !view.zone || Boolean(plan?.zones.includes(view.zone));
  useEffect(() => {
    if (plan && !isThere) go({ zone: '' });
  }, [plan, isThere]);
  return isThere ? view : { ...view, zone: '' };
}

export function useTheme(view) {
  // Read once and not at each drawing: what has been read in between is no change to the browser, and it tells nobody of it.
  const [isDark, setDark] = useState(() => systemDark.matches);
  useEffect(() => {
    const changed = () => setDark(systemDark.matches);
    systemDark.addEventListener('change', changed);
    changed();  // since the first drawing
    return () => systemDark.removeEventListener('change', changed);
  }, []);
  const theme = view.theme || (isDark ? 'dark' : 'light');
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return theme;
}

/**
 * Of a button whose words change by themselves: while it has the focus it is called as it was when it got it. Screen readers say each
 * change of what has the focus.
 */
export const saidOnce = {
  onfocus: ({ currentTarget: item }) => {
    const copy = item.cloneNode(true);
    for (const mute of copy.querySelectorAll('[aria-hidden=true]')) mute.remove();
    item.setAttribute('aria-label', copy.textContent.replace(/\s+/g, ' ').trim());
  },
  onblur: ({ currentTarget: item }) => item.removeAttribute('aria-label'),
};

/** Where this drawing takes away what has the focus inside of `box`, the focus goes to what `next` gives: keys go on from there. */
export function useFocusKept(box, next) {
  const { activeElement: item } = document;
  const isInside = box.current?.contains(item);
  useLayoutEffect(() => {
    if (isInside && document.activeElement === document.body) (item.isConnected ? item : next())?.focus();
  });
}

/** Keys that work wherever no text is being written, unless they are `areOff` (WCAG 2.1.4). `toSearch`: brings the search into sight. */
export function useKeys(go, areOff, toSearch) {
  useEffect(() => {
    if (areOff) return undefined;
    const onKey = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || event.target.closest?.('dialog')) return;
      if (event.key >= '1' && event.key <= '6') {
        const code = Number(event.key) - 1;
        // Of the view as it is by then: a second press may come before the first is drawn.
        go((before) => ({ isolated: before.isolated === code ? null : code }));
      } else if (event.key === '/') {
        event.preventDefault();
        const focus = () => document.getElementById('search')?.focus();
        focus();  // in vain if it is hidden or not there
        if (document.activeElement?.id === 'search' || !toSearch) return;
        toSearch();
        requestAnimationFrame(focus);
      } else if (event.key === '?') {
        document.querySelector('dialog.keys:not([open])')?.showModal();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [areOff]);
}
