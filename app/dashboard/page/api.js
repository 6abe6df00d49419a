// The JSON API, asked by the page it has served.

let answers = null;
/** The page of a finished run has nobody to ask: `known(path)` is what it bears; it throws what it cannot say. */
export const answerWith = (known) => {
  answers = known;
};
/** Whether an answer may be another one the next time. */
export const mayChange = () => answers === null;

/** The body of an answer; what went wrong is an Error with the API's own words. */
export async function ask(path, body) {
  if (answers) return answers(path);
  const options = body === undefined ? {} : {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  };
  const answer = await fetch(path, options);
  const text = await answer.text();
  let value = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below: what is no JSON is no answer of ours.
  }
  if (answer.ok && value !== null) return value;
  throw new Error(value?.detail ?? value?.error ?? `${path}: ${answer.status}`);
}

/** `path` with those of `parameters` that say something. */
export function withQuery(path, parameters) {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== '' && value !== null && value !== undefined) parts.set(name, value);
  const text = parts.toString();
  return text ? `${path}?${text}` : path;
}

/** Seconds since 1970 of a time as `chargemill history` takes it: to the microsecond, UTC where it names no zone. A blank before one was a plus. NaN: it is none. */
export function unixOf(text) {
  const [, day, clock = '00:00', micros = '', hours = '+00', minutes = '00'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3}(\d{0,3})\d*)?)?)(?:Z|([+ -]\d\d):?(\d\d))?)?$/.exec(text) ?? [];
  return Date.parse(`${day}T${clock}${hours.replace(' ', '+')}:${minutes}`) / 1000 + Number(micros.padEnd(3, '0')) / 1e6;
}

/** Seconds since 1970 as the API takes them, with microseconds where there are some, in times that have them as a number. */
export function utc(unix) {
  if (unix === null) return null;
  const micros = Math.abs(unix) < 2 ** 32 ? Math.round(unix * 1e6) : Math.round(unix * 1e3) * 1e3;
  const ms = Math.floor(micros / 1e3);
  const text = new Date(ms).toISOString();
  return micros === ms * 1e3 ? text : text.replace('Z', `${String(micros - ms * 1e3).padStart(3, '0')}Z`);
}
