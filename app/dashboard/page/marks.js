// What charts say beside their lines: where a limit was passed, and what the scenario had foreseen. Pure.

const kUnitMs = { ns: 1e-6, us: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 };

/** The strictest limit of `name`:p99 among the scenario's thresholds, in milliseconds; null: it has none. */
function limitOf(thresholds, name) {
  const form = new RegExp(`^\\s*${name}:p99\\s*<=?\\s*([0-9.]+)([a-z]+)\\s*$`);
  const limits = (thresholds ?? []).map((text) => form.exec(text)).filter(Boolean).map(([, number, unit]) => number * kUnitMs[unit]);
  return limits.length > 0 ? Math.min(...limits) : null;
}

/** Where an alert begins if the scenario has no threshold of its own: as in config/prometheus/chargemill.rules.yml. */
const kAlertMs = { request_decision: 400, fault_detection: 15_000, tick_lateness: 250 };
const kBrokenShare = 0.05;

/** The bound of `name`'s 99th percentile, in milliseconds. */
export const boundOf = (hello, name) => limitOf(hello?.thresholds, name) ?? kAlertMs[name];
/** Where that bound is from, in words. */
export const sourceOf = (hello, name) => (limitOf(hello?.thresholds, name) === null ? 'built in, for the scenario sets none' : 'a threshold of the scenario');
/** How many broken charge points are too many. */
export const brokenBound = (hello) => Math.max(1, hello.points * kBrokenShare);

/** Stretches of `times` in which `values` were above `bound`: [from, to], each to the next sample. */
export function stretchesAbove(times, values, bound) {
  const found = [];
  for (let i = 0; i < times.length; ++i) {
    if (!(values[i] > bound)) continue;
    const to = times[i + 1] ?? times[i];
    const last = found[found.length - 1];
    if (last && last[1] === times[i]) last[1] = to; else found.push([times[i], to]);
  }
  return found;
}

/** Marks with the pixel at which each begins; `text` is empty where it would run into the one before. */
export function placed(marks, xOf, widthOf) {
  let free = -Infinity;
  return marks.map((mark) => {
    const x = xOf(mark.from_s);
    const fits = x >= free;
    if (fits) free = x + widthOf(mark.text) + 8;
    return { ...mark, x, end: xOf(mark.to_s), text: fits ? mark.text : '' };
  });
}
