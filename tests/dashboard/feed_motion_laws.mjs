// The feed while somebody goes through it: with a key held, to its ends, while rows come.
import { check, equal, finish, law, openRun, openTab, shown, smallScenario, until } from './harness.mjs';

const live = await openRun(smallScenario());  // of itself nothing breaks
const kRows = 600;

/** Faults that bear the numbers from `first` on, each a second later than the one before. */
const plant = (tab, first, last = first) => tab.evaluate(([from, to]) => {
  const begun = Date.UTC(2026, 0, 5, 12);
  window.chargemill.addFaults(Array.from({ length: to - from + 1 }, (_, i) => ({ id: from + i, timestamp: new Date(begun + (from + i) * 1000).toISOString(),
    cp_id: 'CP-000001', zone: 'Z01', event_type: (from + i) % 2 ? 'FAULT' : 'RECOVERY', reason: `number ${from + i}` })));
}, [first, last]);

/** A tab with rows from 1 to kRows; what stands where it should not is kept, frame by frame. */
async function openFeed() {
  const tab = await openTab(live.base, { width: 1920, height: 1080 });
  await shown(tab);
  await until('the page knows what there is', () => tab.evaluate(() => window.chargemill.areFaultsKnown));
  equal(await tab.evaluate(() => window.chargemill.faults.length), 0, 'faults of the run itself');
  await plant(tab, 1, kRows);
  await until('they are there', async () => (await tab.getByTestId('feed-count').textContent()) === `${kRows} rows` &&
    (await tab.locator('[data-testid=feed] .fault').count()) > 8);
  await tab.evaluate(() => {
    window.astray = [];
    const box = document.querySelector('[data-testid=feed]');
    const look = () => {
      for (const row of box.querySelectorAll('.fault')) {
        const [at, of, id] = [row.getAttribute('aria-posinset'), row.getAttribute('aria-setsize'), row.dataset.id].map(Number);
        const high = row.parentElement.offsetHeight / of;
        const isRight = id === of - at + 1 && Math.abs(row.offsetTop - (at - 1) * high) < 1 && row.textContent.endsWith(`number ${id}`);
        if (!isRight && window.astray.length < 5) window.astray.push(`${row.textContent} is number ${at} of ${of}, at ${row.offsetTop} pixels`);
      }
      requestAnimationFrame(look);
    };
    look();
  });
  return tab;
}
const astray = (tab) => tab.evaluate(() => window.astray);

/** Where in sight there is not the row that belongs there: [the number that belongs there, what is there]. */
const amiss = (tab) => tab.evaluate(() => {
  const box = document.querySelector('[data-testid=feed]');
  const { left, top } = box.getBoundingClientRect();
  const { scrollTop, clientHeight, clientWidth, clientTop, clientLeft } = box;
  const rows = window.chargemill.faults.length;
  const high = box.firstElementChild.offsetHeight / rows;
  const first = Math.ceil(scrollTop / high);
  const middles = Array.from({ length: Math.max(0, Math.floor((scrollTop + clientHeight) / high) - first) }, (_, i) => (first + i + 0.5) * high - scrollTop);
  return [2, ...middles, clientHeight - 3].flatMap((y) => {
    const [at, beyond] = [Math.floor((scrollTop + y) / high), (scrollTop + y) % high];
    if (beyond < 1 || beyond > high - 1) return [];  // on the edge between two
    const there = document.elementFromPoint(left + clientLeft + clientWidth / 2, top + clientTop + y)?.closest('.fault')?.dataset.id ?? 'nothing';
    return there === String(rows - at) ? [] : [[rows - at, there]];
  });
});
const place = (tab) => tab.getByTestId('feed').evaluate(({ scrollTop, scrollHeight, clientHeight }) => [scrollTop, scrollHeight - clientHeight]);
const kEnds = {
  top: async (tab) => (await place(tab))[0] < 1,
  bottom: async (tab) => {
    const [at, most] = await place(tab);
    return at > most - 1;
  },
};

/** Keeps `key` down until that end of the list is there. A key that is kept down is told again and again. */
async function hold(tab, key, end) {
  await until(`${key} leads to the ${end}`, async () => {
    await tab.keyboard.down(key);
    return kEnds[end](tab);
  });
  await tab.keyboard.up(key);
  await until(`no row is missing at the ${end}`, async () => (await kEnds[end](tab)) && (await amiss(tab)).length === 0);
}
const hasFocus = (tab) => tab.evaluate(() => document.activeElement.dataset.testid === 'feed');

await law('Keys that are held lead through the feed to either end: each row stands where it should, none is missing in the end, and the focus stays', async () => {
  const tab = await openFeed();
  const [, most] = await place(tab);
  check(most > 100 * 26, `there is much to scroll: ${most} pixels`);
  await tab.getByTestId('feed').focus();
  for (const [key, end] of [['PageDown', 'bottom'], ['PageUp', 'top'], ['End', 'bottom'], ['Home', 'top']]) {
    await hold(tab, key, end);
    check(await hasFocus(tab), `after ${key} the focus is elsewhere`);
  }
  equal(await astray(tab), [], 'rows that stood elsewhere');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('A feed that is dragged through, far and fast, has its rows wherever it is left', async () => {
  const tab = await openFeed();
  const list = tab.getByTestId('feed');
  const [, most] = await place(tab);
  for (const part of [0.5, 0.02, 0.98, 0.33, 1, 0]) {
    await list.evaluate((box, to) => { box.scrollTop = to; }, Math.round(part * most));
    await until(`no row is missing at ${part} of it`, async () => Math.abs((await place(tab))[0] - part * most) < 1 && (await amiss(tab)).length === 0);
  }
  const { x, y, width, height } = await list.boundingBox();
  await tab.mouse.move(x + width / 2, y + height / 2);
  for (const [step, end] of [[400, 'bottom'], [-700, 'top']]) {
    await until(`the wheel leads to the ${end}`, async () => {
      await tab.mouse.wheel(0, step);
      return kEnds[end](tab);
    });
    await until('no row is missing then', async () => (await kEnds[end](tab)) && (await amiss(tab)).length === 0);
  }
  equal(await astray(tab), [], 'rows that stood elsewhere');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('An arrow that is held leads from each row to the next, none left out, each in sight, also while rows come', async () => {
  const tab = await openFeed();
  await tab.evaluate(() => {
    window.passed = [];
    // After the list has heard it.
    document.addEventListener('keydown', () => {
      const row = document.activeElement.closest('.fault');
      const [one, all] = [row ?? document.body, document.querySelector('[data-testid=feed]')].map((item) => item.getBoundingClientRect());
      window.passed.push([Number(row?.dataset.id), one.top >= all.top - 1 && one.bottom <= all.bottom + 1]);
    });
  });
  await tab.getByTestId('feed').focus();
  await tab.keyboard.press('Tab');
  const row = () => tab.evaluate(() => Number(document.activeElement.closest('.fault')?.dataset.id));
  equal(await row(), kRows, 'Tab leads to the newest');
  const walk = async (key, times, alsoAt = () => {}) => {
    await tab.evaluate(() => { window.passed = []; });
    for (let i = 0; i < times; ++i) {
      await tab.keyboard.down(key);
      await alsoAt(i);
    }
    await tab.keyboard.up(key);
    const passed = await tab.evaluate(() => window.passed);
    equal(passed.filter(([, isSeen]) => !isSeen), [], `rows that ${key} led to out of sight`);
    return passed.map(([id]) => id);
  };
  let newest = kRows;
  const down = await walk('ArrowDown', 80, async (i) => i % 20 === 10 && plant(tab, ++newest));
  equal(down, Array.from({ length: 80 }, (_, i) => kRows - 1 - i), 'rows on the way down');
  await until('four have come meanwhile', async () => (await tab.getByTestId('feed-count').textContent()) === `${kRows + 4} rows`);
  equal(await row(), kRows - 80, 'the row that has the focus');
  await until('no row is missing', async () => (await amiss(tab)).length === 0);
  // To the newest of all, and there it stays.
  equal(await walk('ArrowUp', 90), Array.from({ length: 90 }, (_, i) => Math.min(kRows + 4, kRows - 79 + i)), 'rows on the way up');
  check(await kEnds.top(tab), `the newest is at the top, and ${await place(tab)} is not`);
  await until('no row is missing there', async () => (await amiss(tab)).length === 0);
  equal(await astray(tab), [], 'rows that stood elsewhere');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('Whoever is in a row and leads the list far away from it still has the focus in the list, and keys lead on', async () => {
  const tab = await openFeed();
  for (const [far, end, back, start] of [['End', 'bottom', 'Home', 'top'], ['PageDown', 'bottom', 'PageUp', 'top']]) {
    await tab.getByTestId('feed').focus();
    await tab.keyboard.press('Tab');
    check(await tab.evaluate(() => document.activeElement.closest('.fault') !== null), 'Tab leads into a row');
    await hold(tab, far, end);
    check(await tab.evaluate(() => document.activeElement.closest('[data-testid=feed]') !== null), `after ${far} the focus is not in the list`);
    await hold(tab, back, start);
  }
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

process.exit(await finish());
