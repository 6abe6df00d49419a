// The fault feed: newest first, as long as it may get, of whatever a person wants to see.
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from './vendor/preact_htm.js';
import { ask, unixOf, utc, withQuery } from './api.js';
import { announcement, grouped, isInRange, isMeant, keyOf, newestFirst } from './fault_rows.js';
import { clockOf, countText, csvText, download, rowTime, shortTime } from './format.js';
import { addressOf, useFocusKept } from './hooks.js';
import { brokenBound } from './marks.js';
import { kClasses } from './palette.js';
import { isNever } from './view.js';

const kRow = 26;        // pixels
const kSpare = 8;       // rows beyond the edge
const kLimit = 10_000;  // of an answer
const kLookMs = 2000;   // from one look to the next whether an answer is still whole
const kNone = { timestamp: '' };  // older than any row
const kAnnounceMs = 5000;
const kAnnounced = 5;   // that stay in the log of announcements
const kPageMs = 60_000; // from one alert to the next
const kAround = 60;     // model seconds before and after a row: what has to do with it
const kColumns = ['id', 'timestamp', 'cp_id', 'zone', 'event_type', 'reason', 'created_at'];

/** Whether newer rows have been given up since. */
const isCut = ({ cut }, answer) => cut !== answer.cut && cut >= answer.at;

/** Whether the charge point of that name is in the state that `view` wants, by now. */
function isNow(name, { plan, states }, { now }) {
  if (now === null) return true;
  const point = plan && states ? plan.find(name) : -1;
  return point >= 0 && states.code(point) === now;
}

/**
 * The rows that `view` means. Whoever filters asks the journal, which knows all of them, and rows that have come since
 * are added; what a name begins with is looked for here. `known`: among how many newest ones was looked; null: all.
 */
function useRows(store, view) {
  const { plan, states } = store;
  const isPoint = view.q !== '' && plan !== null && plan.find(view.q) >= 0;
  const isFiltered = view.q !== '' || view.zone !== '' || view.kind !== '' || view.now !== null || view.from !== null || view.to !== null;
  const isAsked = isFiltered && !isNever(view) && store.hello?.has_journal && store.connection === 'open';
  const path = withQuery('/api/v1/faults', {
    cp: isPoint ? view.q : '', zone: view.zone, kind: view.kind, since: utc(view.from), until: utc(view.to), limit: kLimit });
  const [answer, setAnswer] = useState({});
  const instance = store.hello?.instance;
  // Asked anew once rows that came after it have been given up: they are neither here nor in the answer.
  useEffect(() => {
    if (!isAsked) return undefined;
    let isWanted = true;
    let timer = 0;
    const look = async (given) => {
      if (!given || given.trouble || isCut(store, given)) {
        const { cut } = store;
        const at = store.faults[0]?.timestamp ?? '';  // the journal has those
        given = await ask(path).then(({ faults: rows, looked_back_to: back }) => ({ path, rows, cut, back, at: rows[0]?.timestamp > at ? rows[0].timestamp : at }))
          .catch(({ message }) => ({ path, rows: [], at, trouble: message }));
        if (!isWanted) return;
        setAnswer(given);
      }
      timer = setTimeout(look, kLookMs, given);
    };
    look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [path, isAsked, instance]);
  return useMemo(() => {
    // A name in full means that charge point, not those whose names go on.
    const is = (row) => (!isPoint || row.cp_id === view.q) && isMeant(row, view) && isInRange(row, view) && isNow(row.cp_id, store, view);
    const isAnswered = isFiltered && answer.path === path && !answer.trouble;
    if (isAsked && answer.path !== path) return { rows: [], isFiltered, isWhole: false, known: null, trouble: '' };
    if (!isAnswered) {
      const known = store.hasOlderFaults ? store.faults.length : null;
      return { rows: store.faults.filter(is), isFiltered, isWhole: store.areFaultsKnown, known, trouble: isAsked ? answer.trouble : '' };
    }
    // The answer has all that fits, up to its limit and its making: what it lacks and is not older than its last row is new.
    const ids = new Set(answer.rows.map(({ id }) => id));
    const isFull = answer.rows.length >= kLimit;
    const oldest = isFull ? answer.rows.at(-1).timestamp : '';
    const fresh = store.faults.filter((row) => row.timestamp >= oldest && !ids.has(row.id) && is(row));
    const known = isFull || answer.back || isCut(store, answer) ? answer.rows.length + fresh.length : null;
    return { rows: [...fresh, ...answer.rows.filter(is)].sort(newestFirst), isFiltered, isWhole: true, known, trouble: '' };
  }, [store.revision, store.cut, store.hasOlderFaults, store.areFaultsKnown, answer, path, isAsked, isFiltered, isPoint, view.q, view.zone, view.kind, view.from, view.to,
    view.now, view.now === null ? 0 : states?.number]);
}

/** How many there are, and of how many that are known if that is not all. */
function countOf(rows, known) {
  const text = `${countText(rows)} ${rows === 1 ? 'row' : 'rows'}`;
  if (known === null) return text;
  return rows === known ? html`newest ${countText(rows)}<span class="word">${rows === 1 ? ' row' : ' rows'}</span>` : `${text} of the newest ${countText(known)}`;
}

/** Says what is new, wherever one looks, but not more often than one can listen. */
export function Announcer({ store, isPaused }) {
  const [said, setSaid] = useState([]);
  const last = useRef(null);
  useEffect(() => {
    last.current = { revision: store.revision, rows: store.faults };  // what was there before is not new
  }, [store.areFaultsKnown, store.hello?.instance]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!store.areFaultsKnown || store.revision === last.current.revision) return;
      const known = new Set(last.current.rows.slice(0, 2000));
      const fresh = store.faults.slice(0, 2000).filter((row) => !known.has(row));
      last.current = { revision: store.revision, rows: store.faults };
      const text = isPaused ? '' : announcement(fresh);
      // A paragraph of its own: the same words once more would be no news to a screen reader.
      if (text) setSaid((before) => [...before.slice(1 - kAnnounced), { text, key: store.revision }]);
    }, kAnnounceMs);
    return () => clearInterval(timer);
  }, [isPaused]);
  return html`<div class="hidden" role="log" aria-live="polite" data-testid="announcer">${said.map(({ text, key }) => html`<p key=${key}>${text}</p>`)}</div>
    <${Alert} store=${store} isPaused=${isPaused} />`;
}

/**
 * What interrupts whoever listens: more are broken than somebody would be called for (the alert of config/prometheus). Where that comes
 * again too soon after the last time, it is said once it is time, if it is still so.
 */
export function Alert({ store, isPaused, pageMs = kPageMs }) {
  const [text, setText] = useState('');
  const at = useRef(-Infinity);
  const broken = () => store.pulse?.states[5] ?? 0;
  const isHigh = store.hello !== null && broken() > brokenBound(store.hello);
  useEffect(() => {
    if (!isHigh) return setText('');
    if (isPaused) return undefined;
    const timer = setTimeout(() => {
      at.current = performance.now();
      setText(`${countText(broken())} charge points are broken: too many`);
    }, at.current + pageMs - performance.now());
    return () => clearTimeout(timer);
  }, [isHigh, isPaused]);
  return html`<div class="hidden" role="alert" data-testid="alert">${text}</div>`;
}

/** What leads to a row: its charge point, and the time around it. */
function aroundOf(row) {
  const at = Date.parse(row.timestamp) / 1000;
  return { cp: row.cp_id, from: at - kAround, to: at + kAround };
}

/** `at`: which of how many; only some of them are there. `isStop`: Tab leads to it. `addressOf(patch)`: for whoever wants to send it to somebody. */
function Row({ row, at, of, isStop, clock, go, addressOf }) {
  const around = aroundOf(row);
  const onTime = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;  // a tab of its own
    event.preventDefault();
    go(around);
  };
  const isFault = row.event_type === 'FAULT';
  // What many reasons begin with says little where there is little room.
  const [, usual, rest] = /^(Health check )?(.*)$/s.exec(row.reason);
  const tabindex = isStop ? 0 : -1;
  return html`<li class="fault" style=${{ top: `${at * kRow}px` }} data-id=${row.id} aria-posinset=${at + 1} aria-setsize=${of}>
    <a class="time" tabindex=${tabindex} href=${addressOf(around)} onclick=${onTime} title=${`${rowTime(row.timestamp)}: the charge point and the minutes around`}>${clock(row.timestamp)}</a>
    <span class=${isFault ? 'kind bad' : 'kind good'}>${isFault ? '▲' : '○'} <span class="word">${isFault ? 'fault' : 'recovery'}</span></span>
    <button class="plain" tabindex=${tabindex} onclick=${() => go({ cp: row.cp_id })}>${row.cp_id}</button>
    <span class="zone">${row.zone}</span>
    <span class="reason" title=${row.reason}>${row.count > 1 ? `×${row.count} ` : ''}<span class="word">${usual}</span>${rest}</span></li>`;
}

/**
 * Only rows in sight are there. Rows that come do not move what somebody reads further down. Tab leads to one of them and on to what
 * follows the list, arrows from row to row.
 */
function List({ rows, go, addressOf }) {
  const box = useRef(null);
  const newest = useRef('');
  const [seen, setSeen] = useState({ top: 0, height: 400 });
  const [chosen, setChosen] = useState('');  // the row that had the focus last
  useFocusKept(box, () => box.current);
  const look = () => setSeen({ top: box.current.scrollTop, height: box.current.clientHeight });
  const first = rows.length > 0 ? keyOf(rows[0]) : '';
  const isHeld = () => box.current.scrollTop > 0 || (box.current !== document.activeElement && box.current.contains(document.activeElement));
  const fresh = first !== newest.current && newest.current !== '' && isHeld() ? rows.findIndex((row) => keyOf(row) === newest.current) : 0;
  useLayoutEffect(() => {
    newest.current = first;
    if (fresh <= 0) return;
    box.current.scrollTop += fresh * kRow;
    look();
  }, [first]);
  useEffect(() => {
    const watcher = new ResizeObserver(look);
    watcher.observe(box.current);
    box.current.addEventListener('scroll', look, { passive: true });
    return () => watcher.disconnect();
  }, []);
  const top = seen.top + Math.max(0, fresh) * kRow;
  const from = Math.max(0, Math.floor(top / kRow) - kSpare);
  const to = Math.min(rows.length, Math.ceil((top + seen.height) / kRow) + kSpare);
  const shown = rows.slice(from, to);
  const clock = clockOf(rows[0]?.timestamp, rows[rows.length - 1]?.timestamp);
  const isThere = shown.some((row) => keyOf(row) === chosen);
  const stop = Math.min(Math.ceil(top / kRow), rows.length - 1) - from;
  const onKey = (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const row = event.target.closest('.fault');
    if (!step || !row || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const at = Number(row.getAttribute('aria-posinset')) - 1 + step;
    const next = box.current.querySelector(`[aria-posinset="${at + 1}"] ${event.target.tagName}`);
    next?.focus({ preventScroll: true });
    const { scrollTop, clientHeight } = box.current;
    if (next) box.current.scrollTop = Math.min(at * kRow, Math.max(scrollTop, (at + 1) * kRow - clientHeight));
    look();  // the event of the scroll waits for a frame, and the next key may not
  };
  const onFocus = ({ target }) => {
    const at = target.closest('.fault')?.getAttribute('aria-posinset');
    if (at) setChosen(keyOf(rows[at - 1]));
  };
  return html`<div class="rows" ref=${box} tabindex="0" role="region" aria-label="Faults, newest first" data-testid="feed" onkeydown=${onKey} onfocusin=${onFocus}>
    <ol class=${clock === shortTime ? 'days' : ''} style=${{ height: `${rows.length * kRow}px` }} aria-label="Faults">
      ${shown.map((row, i) => html`<${Row} key=${keyOf(row)} row=${row} at=${from + i} of=${rows.length} go=${go} addressOf=${addressOf}
        clock=${clock} isStop=${isThere ? keyOf(row) === chosen : i === stop} />`)}
    </ol></div>`;
}

const local = (unix) => (unix === null ? '' : utc(unix).slice(0, 19));
/** Of what is not a time, as while a year is being written: none. */
const timeOf = (text) => {
  const at = unixOf(text);
  return Number.isNaN(at) ? null : at;
};
const kTimeMax = '9999-12-31T23:59:59';

/** How many of the filters below are set, beside the name that is searched for. */
const filtersSet = ({ zone, kind, now, from, to, isGrouped }) => [zone, kind, isGrouped].filter(Boolean).length + [now, from, to].filter((one) => one !== null).length;

/** `children`: what else stands in their row. Where a panel is narrow, all but the search are behind a button. */
function Filters({ store, view, go, children }) {
  const set = filtersSet(view);
  return html`<form class=${`filters ${view.areFiltersOpen ? 'open' : ''}`} onsubmit=${(event) => event.preventDefault()} aria-label="Which faults">
    <input id="search" type="search" size="11" value=${view.q} aria-label="Charge point" placeholder="Charge point…" autocomplete="off"
      oninput=${(event) => go({ q: event.target.value.trim() })} />
    <button type="button" class=${`opener ${set > 0 ? 'on' : ''}`} aria-expanded=${view.areFiltersOpen} aria-controls="filters"
      onclick=${() => go({ areFiltersOpen: !view.areFiltersOpen })}>Filters${set > 0 ? ` (${set})` : ''}</button>
    ${children}
    <div id="filters" class="more">
    <label>Zone <select value=${view.zone} onchange=${(event) => go({ zone: event.target.value })}>
      <option value="">all</option>${(store.plan?.zones ?? []).map((zone) => html`<option key=${zone} value=${zone}>${zone}</option>`)}</select></label>
    <label>Kind <select value=${view.kind} onchange=${(event) => go({ kind: event.target.value })}>
      <option value="">all</option><option value="FAULT">fault</option><option value="RECOVERY">recovery</option></select></label>
    <label title="What the charge point is at the moment">Now <select value=${view.now ?? ''} onchange=${(event) => go({ now: event.target.value === '' ? null : Number(event.target.value) })}>
      <option value="">all</option>${kClasses.map(({ code, word }) => html`<option key=${code} value=${code}>${word}</option>`)}</select></label>
    <label><input type="checkbox" checked=${view.isGrouped} onchange=${(event) => go({ isGrouped: event.target.checked })} /> group equal</label>
    <label title="model time">From (UTC) <input type="datetime-local" step="1" max=${kTimeMax} value=${local(view.from)} onchange=${(event) => go({ from: timeOf(event.target.value) })} /></label>
    <label title="model time">To (UTC) <input type="datetime-local" step="1" max=${kTimeMax} value=${local(view.to)} onchange=${(event) => go({ to: timeOf(event.target.value) })} /></label>
    </div></form>`;
}

/** `where`: the view stands in the address, as of useView. */
export function Feed({ store, view, go, where = 'search' }) {
  const found = useRows(store, view);
  const [held, setHeld] = useState(null);  // what was found when it was paused, or when another part was asked for since
  const [readTo, setReadTo] = useState(null);  // the newest row that was there when all was read; null: not known yet
  const isPaused = view.isPaused || view.isHeld;
  const part = [store.hello?.instance, view.q, view.zone, view.kind, view.now, view.from, view.to].join('\n');
  useEffect(() => {
    if (!isPaused) setHeld(null); else if (held?.part !== part && found.isWhole) setHeld({ part, rows: found.rows, known: found.known });
  }, [isPaused, found.rows, part]);
  const { rows, known } = held?.part === part ? held : found;
  const shown = useMemo(() => (view.isGrouped ? grouped(rows) : rows), [rows, view.isGrouped]);
  // What was there before this page has been seen; of another run all is new.
  useLayoutEffect(() => setReadTo(store.areFaultsKnown ? store.faults[0] ?? kNone : null), [store.hello?.instance, store.areFaultsKnown]);
  const unread = readTo ? found.rows.filter((row) => newestFirst(row, readTo) < 0).length : 0;
  const name = `faults-${store.hello?.run.name ?? 'run'}`.replace(/[^\w-]/g, '_');
  return html`<div class="feed">
    <${Filters} store=${store} view=${view} go=${go}>
      ${!store.remains && html`<button type="button" class=${view.isPaused ? 'on' : ''} onclick=${() => go({ isPaused: !view.isPaused })}>${view.isPaused ? 'Resume' : 'Pause'}</button>
      <button type="button" aria-disabled=${unread === 0} onclick=${() => unread > 0 && setReadTo(found.rows[0])}>Mark read</button>`}
    <//>
    <div class="bar">
      <span data-testid="feed-count">${countOf(rows.length, known)}</span>
      ${unread > 0 && html`<span class="unread">${countText(unread)} new</span>`}
      <button class="export" onclick=${() => download(`${name}.ndjson`, 'application/x-ndjson', rows.map((row) => `${JSON.stringify(row)}\n`).join(''))}>NDJSON</button>
      <button onclick=${() => download(`${name}.csv`, 'text/csv', csvText(kColumns, rows))}>CSV</button>
    </div>
    ${found.trouble && html`<p class="empty" role="alert">${found.trouble}</p>`}
    ${shown.length === 0 && html`<p class="empty">${!found.isWhole ? 'Asking the journal…' : found.isFiltered ? 'No fault that fits.'
      : rows !== found.rows ? 'None when it was paused.' : !store.hello?.has_journal && store.pulse?.faults.raised > 0 ? 'None is known; nobody remembers what was.' : 'No fault so far.'}</p>`}
    <${List} rows=${shown} go=${go} addressOf=${(patch) => addressOf({ ...view, ...patch }, where)} />
  </div>`;
}
