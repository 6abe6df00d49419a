// What stands beside the map in its place or over it: the table, which has all of it, and what asks, warns or is late.
import { check, equal, finish, findings, law, openRun, openTab, shown, smallScenario, until, wear } from './harness.mjs';

// Nobody comes by himself: states stay as they are made.
const live = await openRun(smallScenario(), ['--set', 'http.control=true', '--set', 'drivers.sessions_per_cp_per_day=0.001', '--set', 'network.max_session=10m']);
const kShown = { ACTIVATED: ['○ Activated', 0], SUPPLYING: ['● Supplying', 1], STOPPED: ['‖ Out of Order', 3], DISCONNECTED: ['× Disconnected', 4], BROKEN: ['▲ Broken', 5] };
const kNames = { ACTIVATED: 'available', SUPPLYING: 'charging', STOPPED: 'stopped', DISCONNECTED: 'disconnected', BROKEN: 'faulted' };
const kMade = { BROKEN: [3, 22, 23], STOPPED: [11, 12, 14, 40], DISCONNECTED: [35], SUPPLYING: [31] };
const nameOf = (n) => `CP-${String(n).padStart(6, '0')}`;
const pointsOf = async (query = '') => (await live.ask(`/api/v1/charge-points?limit=100${query}`)).charge_points;

const order = (n, what, body) => live.post(`/api/v1/charge-points/${nameOf(n)}/${what}`, body);
await until('all are on', async () => (await pointsOf('&state=ACTIVATED')).length === 40);
for (const n of kMade.STOPPED) await order(n, 'stop');
for (const n of kMade.BROKEN) await order(n, 'inject-fault', { kind: 'engine_ko', duration: '10m' });
for (const n of kMade.DISCONNECTED) await order(n, 'inject-fault', { kind: 'monitor_loss', duration: '10m' });
await live.post('/api/v1/drivers', { driver_id: 'driver-late' });
await live.post('/api/v1/drivers/driver-late/requests', { cp_id: nameOf(kMade.SUPPLYING[0]) });
for (const [state, numbers] of Object.entries(kMade))
  await until(`some are ${state}`, async () => JSON.stringify((await pointsOf(`&state=${state}`)).map(({ cp_id: cp }) => cp)) === JSON.stringify(numbers.map(nameOf)));

await law('The table is equal to the API and to the map in all of its cells: zones, sums, and each charge point of each zone and state', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const points = await pointsOf();
  equal(points.length, 40, 'charge points');
  await until('the map has the same', async () => JSON.stringify(await tab.evaluate(() => Array.from({ length: 40 }, (_, i) => window.chargemill.states.code(i)))) ===
    JSON.stringify(points.map(({ state }) => kShown[state][1])));
  const cells = (rows) => tab.locator(rows).evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent.trim())));
  const zones = ['Z01', 'Z02', 'Z03', 'Z04'];
  // Columns: broken, disconnected, out of order, starting, supplying, activated, all.
  const counts = (some) => [...[5, 4, 3, 2, 1, 0].map((code) => some.filter(({ state }) => kShown[state][1] === code).length), some.length].map(String);
  const wanted = [...zones.map((zone) => [zone, ...counts(points.filter((one) => one.zone === zone))]), ['All', ...counts(points)]];
  const lists = [...zones.map((zone) => [`zone=${zone}`, (one) => one.zone === zone]), ...Object.keys(kShown).map((state) => [`state=${kNames[state]}`, (one) => one.state === state]),
    ['zone=Z02&state=stopped', (one) => one.zone === 'Z02' && one.state === 'STOPPED'], ['zone=Z04&state=faulted', () => false]];
  for (const [query, isOf] of lists) {
    await tab.goto(`${live.base}/?view=table&${query}`);
    await tab.getByTestId('point-count').waitFor();
    await until('states are there', async () => JSON.stringify(await cells('[data-testid=zone-table] :is(tbody, tfoot) tr')) === JSON.stringify(wanted));
    const rows = points.filter(isOf).map(({ cp_id: cp, zone, site, state }) => [cp, zone, site, kShown[state][0]]);
    await until(`the rows of ${query} are there`, async () => (await cells('[data-testid=point-table] tbody tr')).length === rows.length);
    equal(await cells('[data-testid=point-table] tbody tr'), rows, query);
    equal(await tab.getByTestId('point-count').textContent(), `${rows.length} charge point${rows.length === 1 ? '' : 's'}`, `how many it says of ${query}`);
  }
  equal(await cells('[data-testid=zone-table] thead tr'), [['Zone', '▲ Broken', '× Disconnected', '‖ Out of Order', '◐ Starting', '● Supplying', '○ Activated', 'All']], 'what the columns are called');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

/** What lies over the page or speaks up in it, and how one gets there. */
const kOver = [
  ['the keys', '', async (tab) => {
    await tab.keyboard.press('?');
    await tab.getByRole('dialog', { name: 'Keys' }).waitFor();
  }],
  ['the question whether to stop all', '', async (tab) => {
    await tab.getByRole('button', { name: 'Stop all' }).click();
    await tab.getByRole('button', { name: 'Yes, stop 40 charge points' }).waitFor();
  }],
  ['the alert that too many are broken', '', (tab) => until('it is said', async () => (await tab.getByTestId('alert').textContent()) === '3 charge points are broken: too many')],
  ['a list and a history that cannot be asked for', 'panel=messages', async (tab) => {
    for (const what of ['messages', 'sessions']) await tab.route(`**/api/v1/${what}?*`, (route) => route.fulfill({ status: 503, body: '{"detail":"too many requests wait, try again later"}' }));
    await tab.evaluate((cp) => { history.pushState(null, '', `?panel=messages&cp=${cp}`); window.dispatchEvent(new PopStateEvent('popstate')); }, nameOf(3));
    await tab.getByTestId('drawer').getByRole('alert').waitFor();
    await tab.locator('.panel [role=status]').waitFor();
  }],
];
for (const [name, query, open] of kOver) {
  await law(`axe finds nothing serious beside ${name}, in either theme`, async () => {
    const tab = await openTab(`${live.base}/?${query}`, { bypassCSP: true, colorScheme: 'light', width: 1920, height: 1080 });
    await shown(tab);
    if (query.includes('messages')) await tab.getByTestId('messages').waitFor();
    await open(tab);
    for (const theme of ['light', 'dark']) {
      await wear(tab, theme);
      equal(await findings(tab), [], theme);
    }
    await tab.context().close();
  });
}

await law('axe finds nothing serious in what lies over a map of which nothing is heard, in either theme', async () => {
  const mute = await openRun(smallScenario({ points: 4 }));
  const tab = await openTab(mute.base, { bypassCSP: true, colorScheme: 'light' });
  await shown(tab);
  mute.child.kill('SIGSTOP');
  await tab.locator('.overlay').waitFor();
  for (const theme of ['light', 'dark']) {
    await wear(tab, theme);
    equal(await findings(tab), [], theme);
    check(await tab.locator('.overlay').isVisible(), 'it is not there any more');
  }
  await tab.context().close();
  mute.kill();
});

process.exit(await finish());
