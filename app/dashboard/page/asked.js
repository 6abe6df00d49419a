// An answer of the API that is looked at again and again.
import { html, useEffect, useState } from './vendor/preact_htm.js';
import { ask, mayChange } from './api.js';

/** How things stand between this page and the run: who may be asked, and how often. */
export const linkOf = ({ connection }, isHeld) => ({ open: isHeld ? 'held' : 'live', full: 'live', finished: 'over', lost: 'lost' })[connection];

/**
 * What `path` answers: asked at once, then every `everyMs` while `link` is live; while the view is held once. What was known of the same
 * path stays when asking fails.
 */
export function useAsked(path, everyMs, link = 'live') {
  const [found, setFound] = useState({});
  const { answer = null, trouble = '' } = found.path === path ? found : {};
  useEffect(() => {
    let isWanted = true;
    let timer = 0;
    const look = async () => {
      const said = await ask(path).then((given) => ({ answer: given, trouble: '' })).catch(({ message }) => ({ trouble: message }));
      if (!isWanted) return;
      setFound((before) => ({ ...(before.path === path && before), ...said, path }));
      if ((link === 'live' || said.trouble) && mayChange()) timer = setTimeout(look, everyMs);
    };
    if (link === 'live' || (link === 'held' && answer === null)) look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [path, link]);
  return { answer, trouble: link === 'live' || link === 'held' ? trouble : '' };
}

/** Beside an answer that could not be asked for anew: it is of before. */
export const staleNote = (trouble) => trouble && html`<p class="empty bad" role="status">Not asked anew: ${trouble}</p>`;

const kWaiting = { over: 'The run is over; nobody answers any more.', lost: 'Nobody answers now; asked again once somebody does.' };
/** What to say in place of an answer. */
export const waitingText = (trouble, link) => trouble || (kWaiting[link] ?? 'Asking…');
