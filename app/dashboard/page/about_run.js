// Of the run itself: what it logged, how it is set up, and all of it as files.
import { html } from './vendor/preact_htm.js';
import { staleNote, useAsked, waitingText } from './asked.js';
import { clockOf, countText } from './format.js';

const kEveryMs = 2000;
const kOften = 30_000;
const kRank = { info: 0, warning: 1, error: 2 };
const kSign = { info: '', warning: '! ', error: '✖ ' };

/** A line's own fields, after those that all lines have. */
const words = ({ ts, level, event, msg, run, node, role, worker, sim_ts, text, ...rest }) => [text ?? msg, ...Object.entries(rest)
  .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)].filter(Boolean).join('  ');

export function Log({ view, go, link }) {
  const { answer, trouble } = useAsked('/api/v1/log', kEveryMs, link);
  if (!answer) return html`<p class="empty">${waitingText(trouble, link)}</p>`;
  const least = kRank[view.level] ?? 0;
  const lines = answer.lines.filter(({ level }) => kRank[level] >= least);
  const clock = clockOf(lines[0]?.ts, lines[lines.length - 1]?.ts);
  return html`${staleNote(trouble)}<form class="filters" onsubmit=${(event) => event.preventDefault()}>
      <label>At least <select value=${view.level} onchange=${(event) => go({ level: event.target.value })}>
        <option value="">info</option><option value="warning">warning</option><option value="error">error</option></select></label>
      <span>${countText(lines.length)} ${lines.length === 1 ? 'line' : 'lines'}, newest first</span></form>
    <div class="rows" tabindex="0" role="region" aria-label="Log, newest first">
      <table class="list log" data-testid="log"><caption class="hidden">Log, newest first</caption>
        <thead><tr><th scope="col">UTC</th><th scope="col">Event</th><th scope="col">What</th></tr></thead>
        <tbody>${lines.map((line, i) => html`<tr key=${answer.lines.length - i}>
          <th scope="row">${clock(line.ts)}</th><td class=${line.level === 'info' ? '' : 'bad'}>${kSign[line.level]}${line.event}</td>
          <td>${words(line)}</td></tr>`)}</tbody></table>
      ${lines.length === 0 && html`<p class="empty">Nothing of that kind was logged.</p>`}
      ${answer.dropped > 0 && html`<p class="empty">${countText(answer.dropped)} older lines are in log.ndjson of the run.</p>`}
    </div>`;
}

const kWhole = 24;  // letters: what is not longer is not broken over lines

/** Where a value was said: of a file its name, without the folders before it. */
const placeOf = (origin) => origin.slice(origin.lastIndexOf('/') + 1);

export function Configuration({ view, go, link }) {
  const { answer, trouble } = useAsked('/api/v1/config', kOften, link);
  if (!answer) return html`<p class="empty">${waitingText(trouble, link)}</p>`;
  const isChanged = ({ value, default: fallback }) => value !== fallback;
  const keys = answer.keys.filter((key) => !view.isChanged || isChanged(key));
  return html`${staleNote(trouble)}<form class="filters" onsubmit=${(event) => event.preventDefault()}>
      <label><input type="checkbox" checked=${view.isChanged} onchange=${(event) => go({ isChanged: event.target.checked })} /> only what differs from its default</label></form>
    <div class="rows" tabindex="0" role="region" aria-label="Configuration">
      <table class="list config" data-testid="config"><caption class="hidden">Configuration; what differs from its default is marked</caption>
        <thead><tr><th scope="col">Key</th><th scope="col">Value, and where it is from</th></tr></thead>
        <tbody>${keys.map((key) => html`<tr key=${key.key} class=${isChanged(key) ? 'chosen' : ''}>
          <th scope="row">${isChanged(key) ? '● ' : ''}${key.key.split(/(?<=[._])/).map((part) => html`${part}<wbr />`)}</th>
          <td title=${isChanged(key) ? `default: ${key.default || 'none'}` : ''}><span class=${key.value.length > kWhole ? 'long' : 'whole'}>${key.value || '–'}</span>
            ${' '}<span class="aside whole" title=${key.origin}>${placeOf(key.origin)}</span></td></tr>`)}</tbody></table>
    </div>`;
}

const kFiles = [
  ['summary.json', '/api/v1/summary', 'The figures of the run, as things stand'],
  ['series.json', '/api/v1/series', 'The run so far, in columns; of a long one the worst of each step of time'],
  ['faults.json', '/api/v1/faults?limit=10000', 'The newest 10 000 faults and recoveries', 'journal'],
  ['sessions.json', '/api/v1/sessions?limit=10000', 'The newest 10 000 sessions', 'journal'],
  ['tickets.json', '/api/v1/tickets?limit=10000', 'The newest 10 000 tickets', 'journal'],
  ['log.json', '/api/v1/log', 'The newest 1 000 lines of the log'],
  ['config.json', '/api/v1/config', 'Every key: value, default, and who said so'],
  ['layout.json', '/api/v1/layout', 'Where the charge points stand'],
  ['metrics.txt', '/metrics', 'Counters, as Prometheus reads them'],
  ['openapi.json', '/api/v1/openapi.json', 'The API'],
];

export function Downloads({ store, link }) {
  if (link === 'over') return html`<p class="empty">The run is over; its files are in its run directory.</p>`;
  if (link === 'lost') return html`<p class="empty">${waitingText('', link)}</p>`;
  return html`<div class="rows" tabindex="0" role="region" aria-label="Downloads">
    <table class="list files" data-testid="downloads"><caption class="hidden">Downloads</caption>
      <thead><tr><th scope="col">File</th><th scope="col">What it holds</th></tr></thead>
      <tbody>${kFiles.filter(([, , , needs]) => !needs || store.hello?.has_journal).map(([name, path, text]) => html`<tr key=${name}>
        <td><a href=${path} download=${name}>${name}</a></td><td>${text}</td></tr>`)}</tbody></table></div>`;
}
