// What is looked at, as the address says it: every view can be sent to somebody else.
import { unixOf, utc } from './api.js';
import { kClasses } from './palette.js';

const kWords = {
  view: ['map', 'table'],
  kind: ['', 'FAULT', 'RECOVERY'],
  theme: ['', 'light', 'dark'],
  panel: ['faults', 'requests', 'messages', 'nodes', 'log', 'config', 'downloads'],
  level: ['', 'warning', 'error'],
};

/** Unknown or wrong parts of an address are as if they were not there. */
export function readView(search) {
  const given = new URLSearchParams(search);
  const word = (name) => (kWords[name].includes(given.get(name)) ? given.get(name) : kWords[name][0]);
  const time = (name) => {
    const value = unixOf(given.get(name) ?? '');
    return Number.isNaN(value) ? null : value;
  };
  const state = (name) => kClasses.find((kind) => kind.name === given.get(name))?.code ?? null;
  return {
    view: word('view'),
    panel: word('panel'),
    kind: word('kind'),
    theme: word('theme'),
    level: word('level'),
    isolated: state('state'),
    now: state('now'),
    zone: given.get('zone') ?? '',
    cp: given.get('cp') ?? '',
    q: given.get('q') ?? '',
    at: /^\d+(\.\d+)?(,\d+)?$/.test(given.get('at') ?? '') ? given.get('at') : '',
    part: Math.max(0, Number(/^\d{1,6}$/.exec(given.get('part') ?? '')?.[0] ?? 1) - 1),
    from: time('from'),
    to: time('to'),
    isLarge: given.get('large') === '1',
    isGrouped: given.get('group') === '1',
    areFiltersOpen: given.get('filters') === '1',
    isPaused: given.get('paused') === '1',
    isHeld: given.get('hold') === '1',
    isChanged: given.get('changed') === '1',
    areKeysOff: given.get('keys') === 'off',
  };
}

/** Whether the range that is looked at ends before it begins: nothing was then, and nobody needs to be asked. */
export const isNever = ({ from, to }) => from !== null && to !== null && from > to;

/** As a query, without its question mark. */
export function writeView(view) {
  const parts = new URLSearchParams();
  const put = (name, value) => {
    if (value) parts.set(name, value);
  };
  const time = (unix) => (unix === null ? '' : utc(unix));
  put('view', view.view === 'map' ? '' : view.view);
  put('panel', view.panel === 'faults' ? '' : view.panel);
  const state = (code) => (code === null ? '' : kClasses[code].name);
  put('state', state(view.isolated));
  put('zone', view.zone);
  put('cp', view.cp);
  put('at', view.at);
  put('large', view.isLarge ? '1' : '');
  put('part', view.part > 0 ? String(view.part + 1) : '');
  put('q', view.q);
  put('kind', view.kind);
  put('now', state(view.now));
  put('from', time(view.from));
  put('to', time(view.to));
  put('group', view.isGrouped ? '1' : '');
  put('filters', view.areFiltersOpen ? '1' : '');
  put('paused', view.isPaused ? '1' : '');
  put('hold', view.isHeld ? '1' : '');
  put('level', view.level);
  put('changed', view.isChanged ? '1' : '');
  put('keys', view.areKeysOff ? 'off' : '');
  put('theme', view.theme);
  return parts.toString();
}
