// What the page has of a time in which it was away, and how late it may be when it is there.
import {
  cellColour, check, equal, finish, freePort, history, law, lookOut, openRun, openTab, shown, smallScenario, until,
} from './harness.mjs';

const live = await openRun(smallScenario(), ['--set', 'http.control=true']);
const breakOne = (cp, duration) => live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration });
const idsOf = (tab, rows) => tab.locator(rows).evaluateAll((items) => items.map((item) => Number(item.dataset.id)));
const wantedOf = async (...args) => (await history(live.out, 'faults', [...args, '--limit', '100'])).map(({ id }) => id);
const isSame = (found, wanted) => wanted.length > 0 && JSON.stringify(found) === JSON.stringify(wanted);

await law('A tab whose connection broke has all of the same run once it is back: feed, filter, drawer, charts and map', async () => {
  const [cp, other] = ['CP-000012', 'CP-000025'];  // of Z02 and Z03
  await breakOne('CP-000013', '1s');
  await until('there is something to list', async () => (await live.ask('/api/v1/faults?zone=Z02')).faults.length === 2, 30);
  const tab = await openTab(`${live.base}/?zone=Z02&kind=FAULT&cp=${cp}`, { width: 1920, height: 1080 });
  await shown(tab);
  const feed = () => idsOf(tab, '[data-testid=feed] .fault');
  await until('the feed is there', async () => (await feed()).length === 1);
  await tab.getByTestId('drawer').getByRole('heading', { name: 'Faults' }).waitFor();
  const times = () => tab.evaluate(() => window.chargemill.series.columns.sim_s);
  await until('there is a series', async () => (await times()).length > 1);
  const instance = () => tab.evaluate(() => window.chargemill.hello.instance);
  const before = await instance();

  await tab.evaluate(() => {
    const { wire } = window.chargemill;
    wire.open = () => { window.isDue = true; };
    wire.socket.close();
  });
  const state = () => tab.getByTestId('connection').textContent();
  await until('it has lost it', async () => (await state()) === 'connection lost');
  await until('it wants to come back', () => tab.evaluate(() => window.isDue));
  const last = (await times()).at(-1);
  await breakOne(cp, '10m');
  await breakOne(other, '1s');
  await until('the journal has both', async () => (await live.ask(`/api/v1/faults?cp=${cp}`)).faults.length === 1 && (await live.ask(`/api/v1/faults?cp=${other}`)).faults.length === 2, 30);
  await until('some seconds have gone by', async () => (await live.ask('/api/v1/summary')).run.sim_s > last + 5, 30);
  check(await tab.evaluate((name) => !window.chargemill.faults.some((row) => row.cp_id === name), cp), 'it has heard of it all the same');
  await tab.evaluate(() => {
    const { wire } = window.chargemill;
    delete wire.open;
    wire.open();
  });

  await until('it is back', async () => (await state()) === 'running');
  equal(await instance(), before, 'the run');
  const [all, filtered, own] = [await wantedOf(), await wantedOf('--zone', 'Z02', '--kind', 'FAULT'), await wantedOf('--cp', cp)];
  equal([all.length, filtered.length, own.length], [5, 2, 1], 'rows of the journal');
  await until('it knows all faults', async () => isSame(await tab.evaluate(() => window.chargemill.faults.map(({ id }) => id)), all));
  await until('the filtered feed has its own', async () => isSame(await feed(), filtered));
  await until('so has the drawer', async () => isSame(await idsOf(tab, '[data-testid=drawer-faults] tbody tr'), own));
  await until('charts have what was meanwhile', async () => (await times()).filter((s) => s > last && s < last + 5).length > 2);
  const rising = await times();
  check(rising.every((s, i) => i === 0 || s > rising[i - 1]), `the series goes back in time: ${rising}`);
  await until('the cell has turned', async () => (await cellColour(tab, 11)) === '#E8590C');
  equal([await tab.locator('.overlay').count(), await tab.getByTestId('drawer').getByRole('alert').count()], [0, 0], 'what would say that it is away');
  await breakOne('CP-000014', '1s');
  await until('and what comes then comes as before', async () => isSame(await feed(), await wantedOf('--zone', 'Z02', '--kind', 'FAULT')) && (await feed()).length === 3, 30);
  equal(tab.complaints.filter((text) => !/WebSocket|ERR_CONNECTION/.test(text)), [], 'complaints beside those of the browser itself');
  await tab.context().close();
});

await law('No fault comes later than three seconds, whoever else wants the cores; once a tab has heard of one, it is listed within a second', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await until('the page knows what there is', () => tab.evaluate(() => window.chargemill.areFaultsKnown));
  await tab.evaluate(() => {
    const { chargemill: store } = window;
    const add = store.addFaults.bind(store);
    window.heardOf = {};
    store.addFaults = (rows) => {
      for (const { cp_id: cp, event_type: kind } of rows) if (kind === 'FAULT') window.heardOf[cp] ??= performance.timeOrigin + performance.now();
      add(rows);
    };
  });
  const found = [];
  for (let point = 28; point < 34; ++point) {
    const cp = `CP-0000${point + 1}`;
    check((await cellColour(tab, point)) !== '#E8590C', `${cp} is broken already`);
    const { seen } = await lookOut(tab, cp, point);
    const begun = performance.timeOrigin + performance.now();
    await breakOne(cp, '10m');
    const { feed, cell } = await seen();
    const heard = await tab.evaluate((name) => window.heardOf[name], cp);
    found.push([feed - begun, cell - begun, feed - heard].map(Math.round));
  }
  console.log(`# to the feed, to the cell, and of the first since it was heard: ${found.map((times) => times.join(' ')).join(', ')} ms`);
  for (const [feed, cell, own] of found) {
    check(Math.max(feed, cell) < 3000, `${feed} ms to the feed, ${cell} ms to the cell`);
    check(own < 1000, `${own} ms from the tab to its feed`);
  }
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

const breakPoint = (run, cp) => run.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '1h' });
const namesOf = (tab) => tab.locator('[data-testid=feed] .fault button').allTextContents();

await law('What was asked of one run is not shown of the next, also where the feed is paused and filtered', async () => {
  const port = await freePort();
  const open = () => openRun(smallScenario({ points: 12 }), ['--set', 'http.control=true'], port);
  const first = await open();
  await breakPoint(first, 'CP-000001');
  const tab = await openTab(`${first.base}/?kind=FAULT&paused=1&cp=CP-000001`, { width: 1920, height: 1080 });
  await until('the row of the first is there', async () => JSON.stringify(await namesOf(tab)) === '["CP-000001"]');
  const instance = () => tab.evaluate(() => window.chargemill.hello?.instance);
  const before = await instance();
  first.kill();
  await first.ended;
  const second = await open();
  await until('it is another run', async () => ![undefined, before].includes(await instance()));
  await breakPoint(second, 'CP-000002');
  await until('the row of the first is gone', async () => !(await namesOf(tab)).includes('CP-000001'));
  await tab.locator('.feed').getByRole('button', { name: 'Resume', exact: true }).click();
  await until('the row of the second is there', async () => JSON.stringify(await namesOf(tab)) === '["CP-000002"]');
  await tab.context().close();
  second.kill();
});

await law('Where nothing was yet when the feed was paused, it says that, and not that nobody knows', async () => {
  const run = await openRun(smallScenario({ points: 12 }), ['--set', 'http.control=true']);
  const tab = await openTab(`${run.base}/?paused=1`);
  await shown(tab);
  const says = () => tab.locator('.feed .empty').textContent();
  await until('there was none', async () => (await says()) === 'No fault so far.');
  await breakPoint(run, 'CP-000003');
  await until('the page knows of one', () => tab.evaluate(() => window.chargemill.faults.length === 1 && window.chargemill.pulse.faults.raised > 0));
  await until('it says so', async () => (await says()) === 'None when it was paused.');
  await tab.locator('.feed').getByRole('button', { name: 'Resume', exact: true }).click();
  await until('it is there', async () => JSON.stringify(await namesOf(tab)) === '["CP-000003"]');
  await tab.context().close();
  run.kill();
});

await law('The feed of a run as fast as it can has all that the journal has once it is over', async () => {
  const run = await openRun(smallScenario({ points: 200, extra: '[[fault]]\nkind = "engine_crash"\nrate = 1\nduration = "1m"\n' }), ['--speed', 'max', '--duration', '6h']);
  const tab = await openTab(run.base);
  await until('it is over', async () => (await tab.getByTestId('connection').textContent()) === 'finished', 120);
  await run.ended;
  const kept = (await history(run.out, 'faults', ['--limit', '50'])).map(({ timestamp, cp_id: cp }) => [timestamp, cp]);
  equal(kept.length, 50, 'rows of the journal');
  const told = await tab.evaluate(() => window.chargemill.faults.slice(0, 50).map(({ timestamp, cp_id: cp }) => [timestamp, cp]));
  equal(told, kept, 'the newest rows');
  await tab.context().close();
});

await law('A run that ends before its time, and not by word of whoever drives it, is not just finished', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const state = tab.getByTestId('connection');
  for (const [reason, word] of [['stopped', 'finished'], ['duration', 'ended early']]) {
    await tab.evaluate((why) => window.chargemill.hear({ type: 'end', reason: why, sim_s: window.chargemill.pulse.sim_s }), reason);
    await until(word, async () => (await state.textContent()) === word);
  }
  check((await state.getAttribute('class')).includes('bad'), 'it is marked');
  await tab.context().close();
});

process.exit(await finish());
