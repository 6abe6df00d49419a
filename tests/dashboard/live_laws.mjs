// What a person sees of a run that is under way, and that it is what the run and its journal say.
import {
  cellColour, check, equal, finish, freePort, law, lookOut, openRun, openTab, shown, smallScenario, until,
} from './harness.mjs';

const live = await openRun(smallScenario(), ['--set', 'http.control=true']);
const page = await openTab(live.base);

await law('A tab shows every charge point, asks nobody but this server, and complains of nothing', async () => {
  await shown(page);
  await until('all are on', async () => (await page.getByTestId('count-disconnected').textContent()) === '0');
  await until('it says so', async () => (await page.getByTestId('connection').textContent()) === 'running');
  const host = new URL(live.base).host;
  for (const url of page.asked) equal(new URL(url).host, host, url);
  equal(page.complaints, [], 'complaints');
});

await law('A fault that is injected is in the feed within a second, and its cell has turned, nine times of twelve at least', async () => {  // D-200, D-204
  const times = [];
  const late = [];  // three at most: who is kept from a core for a second is no slower for it; return_laws bounds them all
  for (let point = 11; times.length < 9; ++point) {
    const cp = `CP-0000${point + 1}`;
    const before = await cellColour(page, point);
    check(before !== '#E8590C', `it was ${before}`);
    const { seen } = await lookOut(page, cp, point);
    const begun = performance.timeOrigin + performance.now();
    await live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '3s' });
    const { feed, cell, tile } = await seen();
    const isSoon = Math.max(feed, cell) - begun < 1000;
    (isSoon || late.length === 3 ? times : late).push([feed - begun, cell - begun]);
    check(!isSoon || tile < Infinity, 'no tile counts it');
    await until('it recovers', async () => (await cellColour(page, point)) !== '#E8590C', 30);
  }
  const [feed, cell] = [0, 1].map((i) => times.map((pair) => Math.round(pair[i])).sort((a, b) => a - b));
  console.log(`# in the feed after ${feed.join(', ')} ms; the cell after ${cell.join(', ')} ms`);
  if (late.length > 0) console.log(`# not judged: ${late.map((pair) => pair.map(Math.round).join(' and ')).join(', ')} ms`);
  check(Math.max(...feed, ...cell) < 1000, `at worst ${feed[8]} ms to the feed, ${cell[8]} ms to the cell`);
});

await law('A charge point that joins while the page is open is on the map, and can be opened and found', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await live.post('/api/v1/charge-points', { cp_id: 'CP-LATE', zone: 'Z03' });
  await until('the map has it', async () => (await tab.evaluate(() => window.chargemill.plan.find('CP-LATE'))) === 40);
  await until('it is on', async () => (await tab.evaluate(() => window.chargemill.states.code(40))) === 0);
  await until('its cell is painted', async () => (await cellColour(tab, 40)) === '#66788A');
  await tab.getByTestId('map').locator('canvas').focus();
  await tab.keyboard.press('End');
  await until('keys lead to it, and it is said where it is', async () =>
    (await tab.getByTestId('map-cursor').textContent()).startsWith('CP-LATE, Z03, joined later, '));
  check((await tab.locator('h1').textContent()).includes('41 charge points'), await tab.locator('h1').textContent());
  await tab.locator('#search').fill('CP-LATE');
  await live.post('/api/v1/charge-points/CP-LATE/inject-fault', { kind: 'engine_ko', duration: '10s' });
  await until('its cell turns', async () => (await cellColour(tab, 40)) === '#E8590C');
  await tab.locator('[data-testid=feed] .fault button', { hasText: 'CP-LATE' }).first().click();
  await tab.getByTestId('drawer').locator('.facts').waitFor();
  check((await tab.getByTestId('drawer').textContent()).includes('Z03, joined later'), 'its zone');
  await tab.goto(`${live.base}/?view=table&zone=Z03`);
  const row = tab.locator('[data-testid=point-table] tbody tr', { hasText: 'CP-LATE' });
  await until('the table has the same of it', async () => (await row.count()) === 1 && /Z03\s*joined later/.test(await row.textContent()));
  const later = await openTab(`${live.base}/?cp=CP-LATE`);
  await shown(later);
  equal(await later.evaluate(() => window.chargemill.plan.points), 41, 'points of a page that is opened afterwards');
  for (const one of [tab, later]) {
    equal(one.complaints, [], 'complaints');
    await one.context().close();
  }
});

await law('All of a view is in its address, and steps back and forth are steps of the browser', async () => {
  const tab = await openTab(`${live.base}/?view=table&zone=Z02&state=faulted&kind=FAULT&group=1&theme=light`);
  await tab.getByTestId('zone-table').waitFor();
  equal(await tab.evaluate(() => document.documentElement.dataset.theme), 'light', 'theme');
  equal(await tab.locator('tr.chosen th').textContent(), 'Z02', 'zone');
  equal(await tab.locator('.filters select').nth(1).inputValue(), 'FAULT', 'kind');
  check(await tab.locator('.filters input[type=checkbox]').isChecked(), 'grouped');
  await tab.getByRole('button', { name: 'Table', exact: true }).click();
  check(!tab.url().includes('view=table'), tab.url());
  await tab.goBack();
  await tab.getByTestId('zone-table').waitFor();
  await tab.reload();
  await tab.getByTestId('zone-table').waitFor();
  equal(await tab.locator('tr.chosen th').textContent(), 'Z02', 'zone after a reload');
  await tab.getByRole('button', { name: 'Table', exact: true }).click();
  await tab.getByRole('button', { name: 'Zoom in' }).click();
  await until('the part that is seen is in the address too', async () => /[?&]at=1\.5%2C\d+/.test(tab.url()));
  await tab.reload();
  await until('the map shows the same part', async () => (await tab.evaluate(() => window.chargemill.stage?.view.scale)) === 1.5);
  await tab.context().close();
});

await law('The table counts what the API counts', async () => {
  const tab = await openTab(`${live.base}/?view=table`);
  await tab.getByTestId('zone-table').waitFor();
  await live.post('/api/v1/charge-points/CP-000001/stop');
  const heads = await tab.locator('[data-testid=zone-table] thead th').allTextContents();
  const column = heads.findIndex((head) => head.includes('Out of Order'));
  await until('the stopped one is counted in its zone', async () => {
    const cells = await tab.locator('[data-testid=zone-table] tbody tr').first().locator('th, td').allTextContents();
    const { charge_points: wanted } = await live.ask('/api/v1/charge-points?zone=Z01&state=STOPPED');
    return wanted.length > 0 && Number(cells[column]) === wanted.length;
  });
  await live.post('/api/v1/charge-points/CP-000001/resume');
  await tab.context().close();
});

await law('The table has what the map has: the charge points of a zone or a state, each with its place and state, and each can be opened', async () => {
  const tab = await openTab(`${live.base}/?view=table`);
  await tab.getByTestId('zone-table').waitFor();
  await tab.getByText('Choose a zone here').waitFor();
  await tab.getByTestId('zone-table').getByRole('button', { name: 'Z02' }).click();
  const rows = () => tab.locator('[data-testid=point-table] tbody tr').evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent.trim())));
  const { charge_points: wanted } = await live.ask('/api/v1/charge-points?zone=Z02&limit=100');
  await until('all of the zone are listed', async () => (await rows()).length === wanted.length);
  equal((await rows()).map(([name, zone, site]) => [name, zone, site]), wanted.map(({ cp_id, zone, site }) => [cp_id, zone, site]), 'names and places');
  await live.post('/api/v1/charge-points/CP-000011/stop');
  await until('one turns', async () => (await rows()).some(([name, , , state]) => name === 'CP-000011' && state.endsWith('Out of Order')));
  await tab.locator('.legend button', { hasText: 'Out of Order' }).click();
  await until('it is left alone', async () => JSON.stringify((await rows()).map(([name]) => name)) === '["CP-000011"]');
  equal(await tab.getByTestId('point-count').textContent(), '1 charge point', 'count');
  await tab.getByTestId('point-table').getByRole('button', { name: 'CP-000011' }).click();
  await tab.getByTestId('drawer').locator('.facts').waitFor();
  await live.post('/api/v1/charge-points/CP-000011/resume');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('Which part of a long list is seen is in the address, and another list is seen from its beginning', async () => {
  const large = await openRun(smallScenario({ points: 500 }));
  const tab = await openTab(`${large.base}/?view=table&zone=Z02&part=2`);
  const first = () => tab.locator('[data-testid=point-table] tbody th').first().textContent();
  await tab.getByTestId('point-table').waitFor();
  equal(await first(), 'CP-000226', 'the first of the second part');
  await tab.getByRole('button', { name: 'Those before' }).click();
  await until('the part before it is seen', async () => (await first()) === 'CP-000126' && !tab.url().includes('part='));
  await tab.getByRole('button', { name: 'Those after' }).click();
  await until('it is seen again', async () => (await first()) === 'CP-000226' && tab.url().includes('part=2'));
  await tab.getByTestId('zone-table').getByRole('button', { name: 'Z03' }).click();
  await until('another zone is seen from its beginning', async () => (await first()) === 'CP-000251' && !tab.url().includes('part='));
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
  large.kill();
});

await law('What stands beside a cell follows its state', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await tab.getByTestId('map').locator('canvas').focus();
  await tab.keyboard.press('Home');
  const tip = () => tab.getByTestId('tip').textContent();
  await until('its name is there', async () => (await tip()).startsWith('CP-000001'));
  await live.post('/api/v1/charge-points/CP-000001/stop');
  await until('and its new state', async () => (await tip()).endsWith('Out of Order'));
  await live.post('/api/v1/charge-points/CP-000001/resume');
  await tab.context().close();
});

await law('On-going requests are those of the API', async () => {  // D-198
  const tab = await openTab(`${live.base}/?panel=requests`);
  await until('a request is open', async () => (await live.ask('/api/v1/requests')).requests.length > 0, 60);
  await until('the panel has them', async () => {
    const rows = await tab.locator('[data-testid=requests] tbody th').allTextContents();
    const wanted = (await live.ask('/api/v1/requests')).requests.map(({ cp_id }) => cp_id);
    return wanted.length > 0 && JSON.stringify(rows) === JSON.stringify(wanted);
  }, 60);
  await tab.context().close();
});

await law('A list that cannot be asked anew says so, and is as it was', async () => {
  for (const panel of ['requests', 'messages', 'log']) {
    const tab = await openTab(`${live.base}/?panel=${panel}`);
    await tab.getByTestId(panel).waitFor();
    const note = tab.locator('.panel [role=status]');
    equal(await note.count(), 0, `notes on ${panel}`);
    await tab.route(`**/api/v1/${panel}*`, (route) => route.fulfill({ status: 503, body: '{"detail":"too many requests wait, try again later"}' }));
    await until(`${panel}: it is said`, async () => (await note.count()) === 1 && (await note.textContent()) === 'Not asked anew: too many requests wait, try again later');
    check(await tab.getByTestId(panel).isVisible(), `${panel} is still there`);
    await tab.unroute(`**/api/v1/${panel}*`);
    await until(`${panel}: it is asked again`, async () => (await note.count()) === 0);
    await tab.context().close();
  }
});

await law('What cannot be asked for now says why: nobody answers now, or the run is over; a view that is paused asks once', async () => {
  const short = await openRun(smallScenario({ points: 8 }));
  const tab = await openTab(`${short.base}/?hold=1&panel=requests`);
  const panels = { Requests: 'requests', Messages: 'messages', Log: 'log', Config: 'config', Files: 'downloads' };
  for (const [name, id] of Object.entries(panels)) {
    await tab.getByRole('tab', { name, exact: true }).click();
    await tab.getByTestId(id).waitFor();
  }
  await tab.getByRole('tab', { name: 'Requests', exact: true }).click();
  await tab.getByTestId('requests').waitFor();
  await tab.getByRole('button', { name: 'Resume view' }).click();
  await tab.evaluate(() => {
    const { wire } = window.chargemill;
    wire.open = () => { window.isDue = true; };
    wire.socket.close();
  });
  await until('it wants to come back', () => tab.evaluate(() => window.isDue));
  await until('it says that it is alone', async () => (await tab.getByTestId('connection').textContent()) === 'connection lost');
  check(await tab.getByTestId('requests').isVisible(), 'what was known stays');
  const says = (text) => until(text, async () => (await tab.locator('.panel .empty').allTextContents()).join() === text);
  // Those of another zone are not known.
  await tab.evaluate(() => {
    history.pushState(null, '', '?panel=requests&zone=Z02');
    window.dispatchEvent(new PopStateEvent('popstate'));
  });
  await says('Nobody answers now; asked again once somebody does.');
  await tab.getByRole('tab', { name: 'Files' }).click();
  await says('Nobody answers now; asked again once somebody does.');
  await tab.getByRole('tab', { name: 'Requests', exact: true }).click();
  await tab.evaluate(() => {
    const { wire } = window.chargemill;
    delete wire.open;
    wire.open();
  });
  await tab.getByTestId('requests').waitFor();
  await short.stop();
  await until('it says that the run is over', async () => (await tab.getByTestId('connection').textContent()) === 'finished');
  await tab.getByRole('tab', { name: 'Files' }).click();
  await says('The run is over; its files are in its run directory.');
  await tab.getByRole('tab', { name: 'Log' }).click();
  await says('The run is over; nobody answers any more.');
  await tab.context().close();
});

await law('Rates are of a second and more, however close two pulses come', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const speeds = await tab.evaluate(() => {
    const store = Object.assign(Object.create(Object.getPrototypeOf(window.chargemill)), { from: null, rates: { speed: null } });
    const pulse = (sim_s, wall_s) => ({ sim_s, wall_s, sessions: { completed: 0 }, messages: { delivered: 0 } });
    // Model seconds, milliseconds of the run: 20 times as fast, and two looks came at once.
    return [[1000, 0], [1010, 20], [1011, 500], [1020, 950], [1040, 2000]].map(([sim, ms]) => {
      store.measure(pulse(sim, ms / 1000));
      return store.rates.speed === null ? null : Math.round(store.rates.speed);
    });
  });
  equal(speeds, [null, null, null, 21, 19], 'speeds');
  await tab.context().close();
});

await law('Of another run nothing is shown that the one before was like, whatever cannot be asked', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await tab.route('**/api/v1/series', (route) => route.abort());
  const before = await tab.evaluate(async () => {
    const { chargemill: store } = window;
    store.series.add({ ...Object.fromEntries(Object.entries(store.series.columns).map(([name]) => [name, 0])), sim_s: 1e6 });
    const known = store.series.length;
    await store.begin({ ...store.hello, instance: 'another' });
    return known;
  });
  check(before > 0, 'there was a series');
  const times = () => tab.evaluate(() => window.chargemill.series.columns.sim_s);
  await until('it has rows of its own', async () => (await times()).length > 1);
  check((await times()).every((s) => s < 1e6), `it has rows of ${await times()}`);
  await tab.context().close();
});

await law('Messages tell what happened, as the journal has it, and who was denied', async () => {
  const cp = 'CP-000033';
  const tab = await openTab(`${live.base}/?panel=messages`);
  await live.post(`/api/v1/charge-points/${cp}/stop`);
  await live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
  const rows = () => tab.locator('[data-testid=messages] tbody tr').evaluateAll((all) => all.map((row) => row.textContent));
  for (const text of ['‖ Out of Order', '▲ Fault', '○ Recovery'])
    await until(`${text} is told`, async () => (await rows()).some((row) => row.includes(cp) && row.includes(text)), 30);
  await until('so is the end of a session', async () => (await rows()).some((row) => /Session ended.*kWh, €/.test(row)), 60);
  await live.post('/api/v1/drivers', { driver_id: 'driver-late' });
  await live.post('/api/v1/drivers/driver-late/requests', { cp_id: cp });
  await until('and who was denied, with the reason', async () =>
    (await rows()).some((row) => row.includes(cp) && row.includes('Request denied Charging point not available (state: STOPPED), driver driver-late')), 30);
  await live.post(`/api/v1/charge-points/${cp}/resume`);
  await until('and that it is back', async () => (await rows()).some((row) => row.includes(cp) && row.includes('In order again')), 30);
  await live.post(`/api/v1/charge-points/${cp}/resume`);
  await until('and what it has refused', async () => (await rows()).some((row) => row.includes(cp) && row.includes('Command refused')), 30);  // D-063
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('Log, configuration and downloads are those of the run, and arrows lead from tab to tab', async () => {
  const tab = await openTab(`${live.base}/?panel=log`);
  await tab.getByTestId('log').waitFor();
  const events = () => tab.locator('[data-testid=log] tbody td:nth-child(2)').allTextContents();
  const wanted = async () => (await live.ask('/api/v1/log')).lines.map(({ event, level }) => (level === 'info' ? event : `! ${event}`));
  await until('the log is there', async () => (await events()).length > 0 && JSON.stringify(await events()) === JSON.stringify(await wanted()));
  await tab.getByRole('tab', { name: 'Log' }).press('ArrowRight');
  await tab.getByTestId('config').waitFor();
  check(tab.url().includes('panel=config'), tab.url());
  await tab.getByLabel('only what differs').check();
  const { keys } = await live.ask('/api/v1/config');
  const changed = keys.filter((key) => key.value !== key.default).map(({ key }) => `● ${key}`);
  check(changed.includes('● network.charge_points'), 'something was changed');
  equal(await tab.locator('[data-testid=config] tbody th').allTextContents(), changed, 'what differs from its default');
  await tab.getByRole('tab', { name: 'Config' }).press('ArrowRight');
  await tab.getByTestId('downloads').waitFor();
  const paths = await tab.locator('[data-testid=downloads] a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  check(paths.length >= 8, `${paths.length} files`);
  const broken = await tab.locator('[data-testid=downloads] a').evaluateAll((links) => links.filter((link) => link.getClientRects().length > 1).map((link) => link.textContent));
  equal(broken, [], 'names that are broken over lines');
  for (const path of paths) equal((await fetch(live.base + path)).status, 200, path);
  await tab.context().close();
});

await law('A view that is paused stays as it is, also when it was opened so, and goes on when it is wanted', async () => {
  const cp = 'CP-000030';
  const tab = await openTab(`${live.base}/?hold=1`);
  await shown(tab);
  const clock = () => tab.getByTestId('clock').textContent();
  await until('there is something to hold', async () => (await clock()) !== '');
  const before = await clock();
  await live.post(`/api/v1/charge-points/${cp}/stop`);
  await until('it is stopped', async () => (await live.ask(`/api/v1/charge-points/${cp}`)).state === 'STOPPED');
  await until('others see it', async () => (await cellColour(page, 29)) === '#F0E442');
  check((await cellColour(tab, 29)) !== '#F0E442' && (await clock()) === before, 'the view went on');
  equal(await tab.getByTestId('age').textContent(), 'the view is paused', 'what it says');
  await tab.getByRole('button', { name: 'Resume view' }).click();
  await until('the view has caught up', async () => (await cellColour(tab, 29)) === '#F0E442' && (await clock()) !== before);
  await live.post(`/api/v1/charge-points/${cp}/resume`);
  await tab.context().close();
});

await law('A tab that nobody sees takes no states and is drawn every five seconds at most; once it is seen it is as it should be', async () => {
  const cp = 'CP-000031';
  const tab = await openTab(live.base);
  await shown(tab);
  const hide = (isHidden) => tab.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
  await hide(true);
  await live.post(`/api/v1/charge-points/${cp}/stop`);
  const [frames, tells, seconds] = await tab.evaluate(async () => {
    const { chargemill: store } = window;
    await new Promise((done) => setTimeout(done, 1500));  // one that was under way has come by then
    const [number, begun] = [store.states.number, store.pulse.sim_s];
    let told = 0;
    const stop = store.watch(() => ++told);
    await new Promise((done) => setTimeout(done, 6000));
    stop();
    return [store.states.number - number, told, store.pulse.sim_s - begun];
  });
  equal(frames, 0, 'frames of states');
  check(tells <= 2, `drawn ${tells} times in six seconds`);
  check(seconds > 2, 'figures still come');
  check((await cellColour(tab, 30)) !== '#F0E442', 'it was painted all the same');
  await hide(false);
  await until('it has caught up', async () => (await cellColour(tab, 30)) === '#F0E442');
  await live.post(`/api/v1/charge-points/${cp}/resume`);
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('A run that ends while nobody sees its tab is shown as it ended', async () => {
  const cp = 'CP-000003';
  const short = await openRun(smallScenario({ points: 8 }), ['--set', 'http.control=true']);
  const tab = await openTab(short.base);
  await shown(tab);
  const hide = (isHidden) => tab.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
  await hide(true);
  await short.post(`/api/v1/charge-points/${cp}/stop`);
  await until('figures say so', () => tab.evaluate(() => window.chargemill.pulse.states[3] === 1));
  await short.stop();
  await until('it knows that the run is over', () => tab.evaluate(() => window.chargemill.connection === 'finished'));
  await hide(false);
  await until('its cell is as it ended', async () => (await cellColour(tab, 2)) === '#F0E442');
  await tab.context().close();
});

await law('A view that is paused when its run ends stays so, says so, and shows the end once it goes on', async () => {
  const cp = 'CP-000003';
  const short = await openRun(smallScenario({ points: 8 }), ['--set', 'http.control=true']);
  const tab = await openTab(short.base);
  await shown(tab);
  const [age, clock] = ['age', 'clock'].map((id) => () => tab.getByTestId(id).textContent());
  await until('there is a clock', async () => (await clock()) !== '');
  await tab.getByRole('button', { name: 'Pause view' }).click();
  await until('the view is paused', async () => (await age()) === 'the view is paused');
  const [before, rows] = [await clock(), await tab.evaluate(() => window.chargemill.series.length)];
  await short.post(`/api/v1/charge-points/${cp}/stop`);
  await until('it is stopped', async () => (await short.ask(`/api/v1/charge-points/${cp}`)).state === 'STOPPED');
  await until('the run goes on', () => tab.evaluate(() => window.chargemill.late.series?.length > window.chargemill.series.length + 2));
  await short.stop();
  await until('it says that the run is over', async () => (await tab.getByTestId('connection').textContent()) === 'finished');
  equal([await age(), await clock()], ['the view is paused', before], 'what it says of what it shows');
  check((await cellColour(tab, 2)) !== '#F0E442', 'the map went on');
  await tab.getByRole('button', { name: 'Resume view' }).click();
  await until('its cell is as it ended', async () => (await cellColour(tab, 2)) === '#F0E442');
  await until('it says so', async () => (await age()) === 'this is how it ended');
  equal(await tab.getByTestId('count-stopped').textContent(), '1', 'stopped ones');
  const [last, end, now] = await tab.evaluate(() => {
    const { hello, series, end: { sim_s } } = window.chargemill;
    return [new Date(Date.parse(hello.run.start) + sim_s * 1000).toISOString().slice(0, 19).replace('T', ' '), sim_s, series.columns.sim_s];
  });
  equal((await clock()).slice(0, 19), last, 'the clock');
  check(now.length > rows + 2 && now.at(-1) > end - 3, `its charts end at ${now.at(-1)} of ${end} s`);
  equal(await tab.getByRole('button', { name: /(Pause|Resume) view/ }).count(), 0, 'there is nothing to pause any more');
  await tab.context().close();
});

await law('Charts of a view that was paused have what was meanwhile once it goes on', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const times = () => tab.evaluate(() => window.chargemill.series.columns.sim_s);
  await until('there is a series', async () => (await times()).length > 1);
  await tab.getByRole('button', { name: 'Pause view' }).click();
  await until('the view is paused', async () => tab.url().includes('hold=1'));
  const last = (await times()).at(-1);
  await until('the run goes on', async () => (await live.ask('/api/v1/summary')).run.sim_s > last + 5, 30);
  check((await times()).at(-1) < last + 2, 'what is shown stays as it is');
  await tab.getByRole('button', { name: 'Resume view' }).click();
  await until('what was meanwhile is there', async () => (await times()).filter((s) => s > last && s < last + 5).length > 2);
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('A tile leaves its state alone on the map: the others are dimmed', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const before = await until('one is available', async () => {
    const colour = await cellColour(tab, 0);
    return colour === '#66788A' && colour;
  }, 30);
  await tab.locator('.tile[data-state=faulted]').click();
  await until('it is dimmed', async () => (await cellColour(tab, 0)) !== before);
  check(tab.url().includes('state=faulted'), tab.url());
  await tab.locator('.tile[data-state=faulted]').click();
  await until('it is as it was', async () => (await cellColour(tab, 0)) === before, 30);
  await tab.getByRole('button', { name: 'Switch to the light theme' }).click();
  equal(await tab.evaluate(() => document.documentElement.dataset.theme), 'light', 'theme');
  await tab.context().close();
});

await law('A tab finds its way back after the server was restarted, and shows the new run', async () => {
  const port = await freePort();
  const first = await openRun(smallScenario({ points: 12 }), [], port);
  const tab = await openTab(first.base);
  await shown(tab);
  first.child.kill('SIGKILL');
  await until('it says that it lost it', async () => (await tab.getByTestId('connection').textContent()) === 'connection lost');
  await until('so does the name of the tab', async () => (await tab.title()).startsWith('connection lost: small - '));
  await tab.locator('.overlay').waitFor();
  const second = await openRun(smallScenario({ points: 30 }), [], port);
  await until('it shows the new one', async () => (await tab.evaluate(() => window.chargemill.states?.points)) === 30, 30);
  await until('and says so', async () => (await tab.getByTestId('connection').textContent()) === 'running');
  const notes = tab.complaints.filter((text) => !/WebSocket|ERR_CONNECTION/.test(text));
  equal(notes, [], 'complaints beside those of the browser itself');

  await second.stop();
  await until('it says that the run is over', async () => (await tab.getByTestId('connection').textContent()) === 'finished');
  check(await tab.locator('.tile').count() > 6 && await tab.getByTestId('map').isVisible(), 'all stays readable');
  equal(await tab.locator('.overlay').count(), 0, 'what is over is not stale');
  const third = await openRun(smallScenario({ points: 20 }), [], port);
  await tab.getByRole('button', { name: 'Another run is here' }).click({ timeout: 60_000 });
  await until('it shows the next one', async () => (await tab.evaluate(() => window.chargemill?.states?.points)) === 20, 30);
  await tab.context().close();
  third.kill();
});

await law('A connection that says nothing any more is given up, and one that breaks at once is tried ever more slowly', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const [isGivenUp, times] = await tab.evaluate(async () => {
    const { Wire } = await import('/page/wire.js');
    const { WebSocket: real } = window;
    const made = [];
    window.WebSocket = class {
      static OPEN = 1;
      constructor() {
        this.readyState = 1;
        made.push({ socket: this, at: performance.now() });
        const isFirst = made.length === 1;
        setTimeout(() => {
          this.onopen();
          if (!isFirst) this.close();
        });
      }
      send() {}
      close() {
        this.isClosed = true;
        setTimeout(() => this.onclose());
      }
    };
    const wire = new Wire({ text: () => {}, states: () => {}, connection: () => {} }, 300);
    while (made.length < 4) await new Promise((done) => requestAnimationFrame(done));
    wire.isOver = true;
    window.WebSocket = real;
    return [made[0].socket.isClosed, made.map(({ at }) => at)];
  });
  check(isGivenUp, 'the silent one is closed');
  check(times[2] - times[1] > 400 && times[3] - times[2] > 900, `tried at ${times}`);
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('A server that takes a connection and says nothing, or does not even take it, is given up', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const [said, closed] = await tab.evaluate(async () => {
    const { greeting, Wire } = await import('/page/wire.js');
    const { WebSocket: real } = window;
    const made = [];
    window.WebSocket = class {
      static OPEN = 1;
      static CLOSED = 3;
      constructor() {
        this.readyState = 0;  // and so it stays
        made.push(this);
      }
      close() {
        if (this.readyState === 3) return;
        this.readyState = 3;
        setTimeout(() => this.onclose());
      }
    };
    const said = await greeting(100);
    const wire = new Wire({ text: () => {}, states: () => {}, connection: () => {} }, 300);
    while (made.length < 3) await new Promise((done) => requestAnimationFrame(done));
    wire.isOver = true;
    window.WebSocket = real;
    return [said, made[1].readyState];
  });
  equal([said, closed], [null, 3], 'what was said, and the state of what hung');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('A tab that finds no room says so, whether it is new or has been there, and comes in once another has gone', async () => {
  const busy = await openRun(smallScenario({ points: 4 }));
  const [crowd, old] = [await openTab(busy.base), await openTab(busy.base)];
  await shown(crowd);
  await shown(old);
  const state = (tab) => tab.getByTestId('connection').textContent();
  // All that there is room for, beside these two.
  await crowd.evaluate(() => {
    window.crowd = Array.from({ length: 62 }, () => new WebSocket(`ws://${location.host}/ws`, 'chargemill.v1'));
    return Promise.all(window.crowd.map((socket) => new Promise((done) => { socket.onmessage = done; })));
  });
  // The old one loses its place to another.
  await old.evaluate(() => {
    const { wire } = window.chargemill;
    wire.open = () => { window.isDue = true; };
    wire.socket.close();
  });
  await until('that one is let in', () => crowd.evaluate(() => {
    const socket = new WebSocket(`ws://${location.host}/ws`, 'chargemill.v1');
    window.crowd.push(socket);
    return new Promise((done) => { socket.onmessage = ({ data }) => done(JSON.parse(data).type === 'hello'); });
  }));
  await until('it wants to come back', () => old.evaluate(() => window.isDue));
  await old.evaluate(() => {
    const { wire } = window.chargemill;
    delete wire.open;
    wire.open();
  });
  await until('it says why it is not there any more', async () => (await state(old)) === 'no room');
  await until('so does what lies over the map', async () => /this is how it was\. 64 tabs look/.test(await old.locator('.overlay').textContent()));

  const late = await openTab(busy.base);
  await late.getByText('64 tabs look at this run, and no more may').waitFor();
  equal(await state(late), 'no room', 'its state');
  equal(await late.locator('.overlay').count(), 0, 'there is nothing that could be of before');
  equal(late.complaints, [], 'complaints');

  await crowd.evaluate(() => window.crowd.forEach((socket) => socket.close()));
  for (const tab of [late, old]) {
    await until('it comes in', async () => (await state(tab)) === 'running');
    await shown(tab);
    await until('nothing lies over the map', async () => (await tab.locator('.overlay').count()) === 0);
    await tab.context().close();
  }
  await crowd.context().close();
  await busy.stop();
});

await law('Nothing heard for three seconds is said and seen, not earlier, and forgotten once something is heard', async () => {
  const mute = await openRun(smallScenario({ points: 4 }));
  const tab = await openTab(mute.base);
  await shown(tab);
  mute.child.kill('SIGSTOP');
  const age = await tab.evaluate(() => new Promise((done) => {
    const look = () => {
      if (document.querySelector('.overlay')) done((performance.now() - window.chargemill.heardAt) / 1000);
      else requestAnimationFrame(look);
    };
    look();
  }));
  check(age > 3, `said after ${age} s`);
  check(/^nothing heard for \d+ s$/.test(await tab.getByTestId('age').textContent()), await tab.getByTestId('age').textContent());
  const filter = () => tab.locator('.map canvas').evaluate((canvas) => getComputedStyle(canvas).filter);
  check((await filter()).includes('grayscale(1)'), `the map is painted with ${await filter()}`);
  await tab.setViewportSize({ width: 360, height: 640 });
  await tab.getByRole('region', { name: 'Charts' }).scrollIntoViewIfNeeded();
  const said = await tab.locator('.overlay').boundingBox();
  check(said.y >= 0 && said.y + said.height <= 640, `on a narrow page that was scrolled it is at ${said.y}`);
  mute.child.kill('SIGCONT');
  await until('it is fresh again', async () => (await tab.locator('.overlay').count()) === 0 && (await filter()) === 'none');
  await tab.context().close();
  mute.kill();
});

await law('Faults that still come make no state fresh', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await tab.evaluate(() => {
    const { chargemill: store } = window;
    store.wire.socket.onmessage = null;  // looks stop, the journal goes on
    window.telling = setInterval(() => store.hear({ type: 'faults', rows: [] }), 100);
  });
  await tab.locator('.overlay').waitFor();
  check(/^nothing heard for \d+ s$/.test(await tab.getByTestId('age').textContent()), await tab.getByTestId('age').textContent());
  await tab.context().close();
});

await law('How old it is goes on being said while nothing else is drawn anew', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await tab.waitForFunction(() => window.chargemill.areFaultsKnown && window.chargemill.series.length > 2, null, { timeout: 60_000 });
  // One of three looks: who has no core for a while finds the run silent for too long.
  const look = () => tab.evaluate(async () => {
    const { chargemill: store } = window;
    const { socket } = store.wire;
    const hear = socket.onmessage;
    const rest = (ms) => new Promise((done) => setTimeout(done, ms));
    socket.onmessage = null;  // the run falls silent
    await rest(300);
    // All that is drawn asks for this.
    const { total } = store;
    let drawn = 0;
    Object.defineProperty(store, 'total', { configurable: true, get: () => {
      ++drawn;
      return total;
    } });
    const said = new Set();
    for (let i = 0; i < 12; ++i) {
      await rest(100);
      said.add(document.querySelector('[data-testid=age]').textContent);
    }
    Object.defineProperty(store, 'total', { configurable: true, writable: true, enumerable: true, value: total });
    socket.onmessage = hear;
    return [drawn, said.size];
  });
  const looks = [];
  const isSo = ([drawn, ages]) => drawn === 0 && ages >= 3;
  while (looks.length < 3 && !looks.some(isSo)) {
    looks.push(await look());
    await until('it is fresh again', async () => /^last update 0/.test(await tab.getByTestId('age').textContent()));
  }
  check(looks.some(isSo), looks.map(([drawn, ages]) => `drawn anew ${drawn} times, ${ages} ages`).join('; '));
  await tab.context().close();
});

await law('A run that is over stays readable: the open charge point, and whatever part of the feed', async () => {
  const short = await openRun(smallScenario({ points: 8 }));
  const tab = await openTab(`${short.base}/?cp=CP-000003`);
  await shown(tab);
  for (const cp of ['CP-000003', 'CP-000007'])
    await short.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '10m' });
  const faults = () => tab.locator('[data-testid=drawer-faults] tbody tr').count();
  await until('the drawer has the fault', async () => (await faults()) === 1, 30);
  await until('the page knows both', async () => (await tab.evaluate(() => window.chargemill.faults.length)) === 2, 30);
  await short.stop();
  await until('it says that the run is over', async () => (await tab.getByTestId('connection').textContent()) === 'finished');
  equal(await tab.getByTestId('drawer').getByRole('alert').count(), 0, 'alerts in the drawer');
  check(await tab.getByTestId('drawer').locator('.facts').isVisible() && (await faults()) === 1, 'the drawer is as it was');
  await tab.getByRole('button', { name: 'Close' }).click();
  const names = () => tab.locator('[data-testid=feed] .fault button').allTextContents();
  await until('the feed has both', async () => (await names()).length === 2);
  await tab.locator('#search').fill('CP-000007');
  await until('one can be filtered', async () => JSON.stringify(await names()) === '["CP-000007"]');
  await tab.locator('#search').fill('');
  await tab.getByRole('button', { name: 'Filters' }).click();
  await tab.locator('.filters select').nth(1).selectOption('FAULT');
  await until('a kind too', async () => (await names()).length === 2);
  equal(tab.complaints.filter((text) => !/WebSocket|ERR_CONNECTION/.test(text)), [], 'complaints');
  await tab.context().close();
});

await law('Nothing was complained of in all of that', async () => {
  equal(page.complaints, [], 'complaints');
});

process.exit(await finish());
