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

/** Seconds since 1970 as the API takes them, to the millisecond. */
export const utc = (unix) => (unix === null ? null : new Date(Math.round(unix * 1000)).toISOString());
