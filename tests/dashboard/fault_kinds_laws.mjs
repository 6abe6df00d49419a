// What an operator may let befall a charge point, kind by kind, and as what the page shows it.
import { cellColour, check, equal, finish, law, openRun, openTab, shown, smallScenario, until } from './harness.mjs';

// Nobody comes by himself, and a session is over soon.
const live = await openRun(smallScenario(), ['--set', 'http.control=true', '--set', 'drivers.sessions_per_cp_per_day=0.001']);
const kBroken = '#E8590C';
const pathOf = (cp) => `/api/v1/charge-points/${cp}`;
const inject = (cp, kind) => live.post(`${pathOf(cp)}/inject-fault`, { kind, duration: '10m' });
const states = (tab) => tab.evaluate(() => Array.from({ length: 40 }, (_, i) => window.chargemill.states.code(i)));
const rowsOf = (tab, cp) => tab.locator('[data-testid=feed] .fault', { hasText: cp })
  .evaluateAll((rows) => rows.map((row) => [row.querySelector('.kind').textContent, row.querySelector('.reason').title]));

await until('all are on', async () => (await live.ask('/api/v1/charge-points?state=ACTIVATED&limit=100')).charge_points.length === 40);

// Its monitor finds each of these, sooner or later: live_laws and return_laws say how soon an engine that is out of order is there.
for (const [point, kind] of [[3, 'engine_ko'], [14, 'engine_crash'], [25, 'engine_silent']]) {
  await law(`A charge point that ${kind} befalls is broken in the map, the tile and the feed, and it alone`, async () => {
    const cp = `CP-${String(point + 1).padStart(6, '0')}`;
    const tab = await openTab(`${live.base}/?q=${cp}`, { width: 1920, height: 1080 });
    await shown(tab);
    const before = await states(tab);
    check(before[point] === 0 && (await cellColour(tab, point)) !== kBroken, `it was in state ${before[point]} before`);
    equal(await rowsOf(tab, cp), [], 'its rows before');
    await inject(cp, kind);
    await until('its row is there', async () => (await rowsOf(tab, cp)).length > 0);
    equal(await rowsOf(tab, cp), [['▲ fault', 'Health check failures exceeded threshold']], 'its rows');
    await until('its cell has turned', async () => (await cellColour(tab, point)) === kBroken);
    const wanted = before.map((code, i) => (i === point ? 5 : code));
    await until('and no other one', async () => JSON.stringify(await states(tab)) === JSON.stringify(wanted));
    const broken = wanted.filter((code) => code === 5).length;
    await until('the tile counts it', async () => (await tab.getByTestId('count-faulted').textContent()) === String(broken));
    equal((await live.ask(pathOf(cp))).state, 'BROKEN', 'what the API says');
    equal(tab.complaints, [], 'complaints');
    await tab.context().close();
  });
}

await law('A charge point whose monitor is lost is disconnected, not broken, and no row says that it were', async () => {
  const [point, cp] = [31, 'CP-000032'];
  const tab = await openTab(`${live.base}/?q=${cp}`, { width: 1920, height: 1080 });
  await shown(tab);
  await until('the page knows what there is', () => tab.evaluate(() => window.chargemill.areFaultsKnown));
  const before = await states(tab);
  equal(before[point], 0, 'its state before');
  await inject(cp, 'monitor_loss');
  await until('it is lost', async () => (await states(tab))[point] === 4);
  equal(await states(tab), before.map((code, i) => (i === point ? 4 : code)), 'states');
  await until('the tile counts it', async () => (await tab.getByTestId('count-disconnected').textContent()) === '1');
  equal([(await live.ask(pathOf(cp))).state, (await live.ask(`/api/v1/faults?cp=${cp}`)).faults], ['DISCONNECTED', []], 'what the API says');
  equal(await rowsOf(tab, cp), [], 'its rows');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('A charge point that refuses to start is none that is broken: the request fails, and messages and drawer say so', async () => {
  const [point, cp] = [36, 'CP-000037'];
  await inject(cp, 'start_refused');
  await live.post('/api/v1/drivers', { driver_id: 'driver-late' });
  // An order may take its time: whoever comes before it is served, and comes again.
  const sessionsOf = async () => (await live.ask(`/api/v1/sessions?cp=${cp}&limit=10`)).sessions;
  const failed = await until('a start is refused', async () => {
    const known = await sessionsOf();
    if (known.some(({ status }) => status === 'ACTIVE')) return null;
    const last = known.find(({ status }) => status === 'FAILED');
    if (!last) await live.post('/api/v1/drivers/driver-late/requests', { cp_id: cp }).catch(() => null);
    return last;
  });
  const tab = await openTab(`${live.base}/?panel=messages&cp=${cp}`, { width: 1920, height: 1080 });
  await shown(tab);
  const row = tab.getByTestId('messages').locator('tbody tr', { hasText: cp }).filter({ hasText: 'Session ended failed' });
  await until('a message says so', async () => (await row.count()) > 0 && (await row.first().textContent()).includes('driver-late'));
  const session = tab.locator(`[data-testid=drawer-sessions] tr[data-id="${failed.session_id}"]`);
  await session.waitFor();
  equal([await session.locator('td').last().textContent(), await session.locator('td').nth(1).textContent()], ['failed', 'driver-late'], 'what the drawer says of it');
  check((await states(tab))[point] !== 5 && (await cellColour(tab, point)) !== kBroken, 'it is broken');
  equal((await live.ask(`/api/v1/faults?cp=${cp}`)).faults, [], 'faults that the journal has');
  check(!(await tab.evaluate((name) => window.chargemill.faults.some((fault) => fault.cp_id === name), cp)), 'a fault that the page has');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('These are the kinds that the page lets an operator choose', async () => {
  const tab = await openTab(`${live.base}/?cp=CP-000040`, { width: 1920, height: 1080 });
  await tab.locator('.actions select').waitFor();
  equal((await tab.locator('.actions select option').allTextContents()).sort(), ['engine_crash', 'engine_ko', 'engine_silent', 'monitor_loss', 'start_refused'], 'kinds');
  await tab.context().close();
});

process.exit(await finish());
