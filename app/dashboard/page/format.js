// Numbers and times as people read them. Pure.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `12 345`, with thin spaces. */
export const countText = (n) => whole.format(n ?? 0).replaceAll(',', ' ');

export const plural = (n, word) => `${countText(n)} ${word}${n === 1 ? '' : 's'}`;

/** Three figures and a prefix: `1.23 M`; of what is small two: `0.00090`. */
export function figureText(value, unit = '') {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const steps = [[1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, '']];
  const [size, prefix] = steps.find(([at]) => Math.abs(value) >= at) ?? [1, ''];
  const scaled = value / size;
  const digits = scaled === 0 ? 0 : Math.abs(scaled) >= 100 ? 0 : Math.abs(scaled) >= 10 ? 1 : 2;
  const space = prefix || unit ? ' ' : '';
  const text = scaled !== 0 && Math.abs(scaled) < 0.1 ? scaled.toPrecision(2) : scaled.toFixed(digits);
  return `${text}${space}${prefix}${unit}`;
}

export function msText(ms) {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–';
  if (ms >= 1000) return `${Number((ms / 1000).toPrecision(3))} s`;
  return ms >= 100 || ms === 0 ? `${ms.toFixed(0)} ms` : `${ms.toPrecision(2)} ms`;
}

/** Model time of `unix` seconds: `2026-01-05 17:03:20`. */
export const timeText = (unix) => new Date(unix * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** Of a row's timestamp, to the second. */
export const rowTime = (timestamp) => timestamp.slice(0, 19).replace('T', ' ');

/** The same without the year, where there is little room. */
export const shortTime = (timestamp) => rowTime(timestamp).slice(5);

/** How to show times of a list, given one from each of its ends: with the day, unless all are of one. */
export const clockOf = (one, other) => ((one ?? '').slice(0, 10) === (other ?? '').slice(0, 10) ? (timestamp) => timestamp.slice(11, 19) : shortTime);

/** The same at a mark of a chart's axis, `step` seconds from the next: where a day begins, that day. */
export const markText = (unix, step) => (unix % 86_400 === 0 ? timeText(unix).slice(5, 10) : timeText(unix).slice(11, step < 60 ? 19 : 16));

export function spanText(seconds) {
  const s = Math.max(0, Math.round(seconds));
  const two = (n) => String(n).padStart(2, '0');
  return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

/** What a spreadsheet takes for a formula. */
const kFormula = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** Rows of objects as CSV (RFC 4180), in lines as those of `chargemill history`: what could be a formula stands behind an apostrophe. */
export function csvText(columns, rows) {
  const cell = (value) => {
    const text = `${typeof value === 'string' && kFormula.test(value) ? "'" : ''}${value ?? ''}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows.map((row) => columns.map((c) => row[c]))]
    .map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

/** Gives a file to whoever looks. */
export function download(name, type, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
