// What is asked of the feed, in all ways at once, and what an address says of a view.
import { check, equal, finish, history, law, openRun, openTab, shown, smallScenario, until } from './harness.mjs';

const live = await openRun(smallScenario(), ['--set', 'http.control=true']);
const [cp, neighbour, far] = ['CP-000007', 'CP-000008', 'CP-000014'];  // of Z01, Z01 and Z02
const breakAll = async (rounds, before = 0) => {
  for (let i = 1; i <= rounds; ++i) {
    for (const one of [cp, neighbour, far]) await live.post(`/api/v1/charge-points/${one}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
    await until('all have recovered', async () => (await live.ask('/api/v1/faults')).faults.length === before + 6 * i, 30);
  }
};
await breakAll(3);
const all = await history(live.out, 'faults', ['--limit', '100']);
const [from, to] = [all[13].timestamp, all[3].timestamp];

const kArgs = { zone: ['--zone'], kind: ['--kind'], from: ['--since'], to: ['--until'], q: ['--cp'] };
const wantedOf = async (asked) => {
  const rows = await history(live.out, 'faults', [...Object.entries(asked).flatMap(([name, value]) => [...kArgs[name], value]), '--limit', '100']);
  return rows.map(({ id }) => id);
};
const idsOf = (tab) => tab.locator('[data-testid=feed] .fault').evaluateAll((items) => items.map((item) => Number(item.dataset.id)));
const addressOf = (asked) => `${live.base}/?${new URLSearchParams(asked)}`;

await law('However zone, kind, range and charge point are combined, the feed has the rows of chargemill history', async () => {
  const range = { from, to };
  const parts = [{ zone: 'Z01' }, { kind: 'FAULT' }, range, { q: cp }];
  const some = (...which) => Object.assign({}, ...which.map((i) => parts[i]));
  const asked = [some(0, 1), some(0, 2), some(1, 2), some(1, 3), some(2, 3), some(0, 1, 2), some(0, 2, 3), some(0, 1, 2, 3), { ...some(0, 2), kind: 'RECOVERY' }];
  // A tab each: a page that is left while it asks complains of that.
  const open = (one) => openTab(addressOf(one), { width: 1920, height: 1080 });
  const close = async (tab) => {
    equal(tab.complaints, [], 'complaints');
    await tab.context().close();
  };
  const answers = new Set();
  for (const one of asked) {
    const wanted = await wantedOf(one);
    check(wanted.length > 0 && wanted.length < all.length, `${JSON.stringify(one)} leaves ${wanted.length} of ${all.length} rows`);
    answers.add(JSON.stringify(wanted));
    const tab = await open(one);
    await shown(tab);
    await until(`rows of ${JSON.stringify(one)} are there`, async () => (await idsOf(tab)).length > 0);
    equal(await idsOf(tab), wanted, JSON.stringify(one));
    equal((await tab.getByTestId('feed-count').textContent()).replace(/ .*/, ''), String(wanted.length), 'how many it says');
    await close(tab);
  }
  check(answers.size >= 6, `only ${answers.size} differ`);
  const none = { zone: 'Z02', q: cp };  // it stands in another
  equal(await wantedOf(none), [], 'rows of the journal');
  const tab = await open(none);
  await tab.getByText('No fault that fits.').waitFor();
  equal(await idsOf(tab), [], 'rows of the feed');
  await close(tab);
});

await law('What comes while one looks is filtered as what was there: by all that was asked', async () => {
  const asked = { zone: 'Z01', kind: 'FAULT', from, q: neighbour };
  const tab = await openTab(addressOf(asked), { width: 1920, height: 1080 });
  await shown(tab);
  const before = await wantedOf(asked);
  await until('what was there is listed', async () => JSON.stringify(await idsOf(tab)) === JSON.stringify(before));
  await breakAll(1, all.length);
  const after = await wantedOf(asked);
  equal(after.length, before.length + 1, 'rows of the journal');
  await until('the new one is listed too', async () => (await idsOf(tab)).length > before.length);
  await until('the page knows all of the others', () => tab.evaluate((n) => window.chargemill.faults.length >= n, all.length + 6));
  equal(await idsOf(tab), after, 'the feed');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('What an address says of a view is all of it, each part alone and all together', async () => {
  const tab = await openTab(live.base);
  const wrong = await tab.evaluate(async () => {
    const { unixOf } = await import('/page/api.js');
    const { readView, writeView } = await import('/page/view.js');
    // Values that are not those of a bare address, for each part that there is.
    const kOther = {
      view: ['table'], panel: ['requests', 'messages', 'nodes', 'log', 'config', 'downloads'], kind: ['FAULT', 'RECOVERY'], theme: ['light', 'dark'],
      level: ['warning', 'error'], isolated: [0, 1, 2, 3, 4, 5], now: [0, 1, 2, 3, 4, 5], zone: ['Z02', 'a & b=c+d#e%'], cp: ['CP-000007', '+2+3,"x"&<i>'],
      q: ['CP-00', '100 %', 'ä+ß'], at: ['0.5', '6,21', '1.5,7'], part: [1, 7], from: [unixOf('2026-01-05T17:03:21.466764Z'), -1.5, 0],
      to: [1767632602, unixOf('2001-09-09T01:46:40.000001Z')],
      isLarge: [true], isGrouped: [true], areFiltersOpen: [true], isPaused: [true], isHeld: [true], isChanged: [true], areKeysOff: [true],
    };
    const bare = readView('');
    const found = [];
    const names = (view) => Object.keys(view).sort().join();
    if (names(bare) !== names(kOther)) found.push(`a view has ${names(bare)}, and here are ${names(kOther)}`);
    if (writeView(bare) !== '') found.push(`a bare view is ${writeView(bare)}`);
    const text = (view) => JSON.stringify(Object.entries(view).sort());
    const hold = (view) => {
      if (text(readView(writeView(view))) !== text(view)) found.push(`${text(view)} is read as ${text(readView(writeView(view)))}`);
      if (text(readView(`?${writeView(view)}`)) !== text(view)) found.push(`with its question mark ${text(view)} is another`);
    };
    const written = new Set();
    for (const [name, values] of Object.entries(kOther)) {
      for (const value of values) {
        const view = { ...bare, [name]: value };
        if (text(view) === text(bare)) found.push(`${name} is ${value} anyhow`);
        hold(view);
        written.add(writeView(view));
      }
    }
    if (written.size !== Object.values(kOther).flat().length) found.push('two views have one address');
    for (const at of [0, -1]) hold(Object.fromEntries(Object.entries(kOther).map(([name, values]) => [name, values.at(at)])));
    return found;
  });
  equal(wrong, [], 'views that are not what was written');
  await tab.context().close();
});

process.exit(await finish());
