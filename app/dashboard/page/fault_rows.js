// Which faults are meant, and how equal ones are told as one. Pure.
import { unixOf } from './api.js';

const kGroupMs = 60_000;  // model time: what lies further apart has hardly one cause

/** Whether `row` is of the charge points, the kind and the zone that `view` names. Times aside. */
export function isMeant(row, view) {
  if (view.kind && row.event_type !== view.kind) return false;
  if (view.zone && row.zone !== view.zone) return false;
  return !view.q || row.cp_id.startsWith(view.q);
}

export function isInRange(row, view) {
  if (view.from === null && view.to === null) return true;
  const at = unixOf(row.timestamp);
  return (view.from === null || at >= view.from) && (view.to === null || at <= view.to);
}

/** The order of the feed; on several nodes that of the ids alone is another one. */
export const newestFirst = (a, b) => (a.timestamp < b.timestamp ? 1 : a.timestamp > b.timestamp ? -1 : (b.id ?? 0) - (a.id ?? 0));

/** By what a row is known again from one look to the next. */
export const keyOf = ({ key, id, timestamp, cp_id }) => key ?? id ?? `${timestamp}${cp_id}`;

/**
 * Rows in a row with the same kind, reason and zone become one: the newest, with how many it stands for, known by the oldest.
 * They are counted from the oldest on, so that a row that comes changes none but the newest group.
 */
export function grouped(rows) {
  const groups = [];
  for (let i = rows.length - 1; i >= 0; --i) {
    const row = rows[i];
    const at = Date.parse(row.timestamp);
    const last = groups[groups.length - 1];
    const isSame = last && last.event_type === row.event_type && last.reason === row.reason && last.zone === row.zone && at - last.begun < kGroupMs;
    if (isSame) groups[groups.length - 1] = { ...row, count: last.count + 1, key: last.key, begun: last.begun };
    else groups.push({ ...row, count: 1, key: keyOf(row), begun: at });
  }
  return groups.reverse();
}

/** What is said of rows that have just come. */
export function announcement(rows) {
  const faults = rows.filter(({ event_type }) => event_type === 'FAULT');
  if (faults.length === 0) return '';
  if (faults.length === 1) return `Fault at ${faults[0].cp_id}, ${faults[0].zone}: ${faults[0].reason}`;
  const zones = [...new Set(faults.map(({ zone }) => zone))];
  return `${faults.length} faults in ${zones.length > 3 ? `${zones.length} zones` : zones.join(', ')}`;
}
