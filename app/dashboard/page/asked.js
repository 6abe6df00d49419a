// An answer of the API that is looked at again and again.
import { html, useEffect, useState } from './vendor/preact_htm.js';
import { ask, mayChange } from './api.js';

/** What `path` answers: asked at once, then every `everyMs` while the run is live. What was known stays when asking fails. */
export function useAsked(path, everyMs, isLive) {
  const [found, setFound] = useState({ path: '', answer: null });
  const [trouble, setTrouble] = useState('');
  useEffect(() => {
    let isWanted = true;
    let timer = 0;
    const look = async () => {
      try {
        const answer = await ask(path);
        if (isWanted) {
          setFound({ path, answer });
          setTrouble('');
        }
      } catch (error) {
        if (isWanted) setTrouble(error.message);
      }
      if (isWanted && isLive && mayChange()) timer = setTimeout(look, everyMs);
    };
    if (isLive) look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [path, isLive]);
  return { answer: found.path === path || !isLive ? found.answer : null, trouble };
}

/** Beside an answer that could not be asked for anew: it is of before. */
export const staleNote = (trouble, isLive) => isLive && trouble && html`<p class="empty bad" role="status">Not asked anew: ${trouble}</p>`;

/** What to say in place of an answer. */
export const waitingText = (trouble, isLive) => trouble || (isLive ? 'Asking…' : 'The run is over; nobody answers any more.');
