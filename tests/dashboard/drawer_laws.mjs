// One charge point, as its drawer shows it: now, in the journal, and in the hands of an operator.
import {
  check, equal, finish, history, law, openRun, openTab, shown, smallScenario, until,
} from './harness.mjs';

const live = await openRun(smallScenario(), ['--set', 'http.control=true']);

await law('The drawer of a charge point has the sessions and faults that the journal has', async () => {
  const { sessions: any } = await until('a session is over', async () => {
    const found = await live.ask('/api/v1/sessions?status=COMPLETED&limit=1');
    return found.sessions.length > 0 && found;
  }, 60);
  const cp = any[0].cp_id;
  await live.post(`/api/v1/charge-points/${cp}/stop`);
  await live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
  await until('it has recovered', async () => {
    const { faults } = await live.ask(`/api/v1/faults?cp=${cp}`);
    return faults[0]?.event_type === 'RECOVERY';
  });
  const tab = await openTab(`${live.base}/?cp=${cp}`);
  const ids = (name) => tab.locator(`[data-testid=${name}] tbody tr`).evaluateAll((rows) => rows.map((row) => row.dataset.id));
  const journal = async (what, key) => {
    const rows = await history(live.out, what, ['--cp', cp, '--limit', '100']);
    return (rows[what] ?? rows).map((row) => String(row[key]));
  };
  await tab.getByTestId('drawer-faults').waitFor();
  const [sessions, faults] = [await journal('sessions', 'session_id'), await journal('faults', 'id')];
  check(sessions.length > 0 && faults.length > 1, 'there is something to compare');
  await until('sessions are those of the journal', async () => JSON.stringify(await ids('drawer-sessions')) === JSON.stringify(sessions));
  equal(await ids('drawer-faults'), faults, 'faults');
  const cells = (name) => tab.locator(`[data-testid=${name}] tbody tr`).evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  const rowsOf = async (what) => {
    const rows = await history(live.out, what, ['--cp', cp, '--limit', '100']);
    return rows[what] ?? rows;
  };
  const at = (timestamp) => timestamp.slice(5, 19).replace('T', ' ');
  equal((await cells('drawer-sessions')).map(([start, , driver, kwh, euros, status]) => [start, driver, kwh, euros, status]),
    (await rowsOf('sessions')).map((row) => [at(row.start_time), row.driver_id, row.total_kwh.toFixed(3), row.total_cost.toFixed(2), row.status.toLowerCase()]),
    'starts, drivers, kWh, € and what became of them');
  equal(await cells('drawer-faults'), (await rowsOf('faults')).map((row) => [at(row.timestamp), row.event_type.toLowerCase(), row.reason]), 'what the faults say');
  equal(await cells('drawer-reports'), (await rowsOf('health')).slice(0, 20).map((row) => [at(row.timestamp), row.state.toLowerCase(), row.reason]), 'reports');
  // Oldest first, as high as its share of the largest.
  const told = (await rowsOf('sessions')).filter(({ total_kwh: kwh }) => kwh !== null).slice(0, 30).map(({ total_kwh: kwh }) => kwh).reverse();
  const energy = await tab.locator('.energy rect').evaluateAll((all) => all.map((bar) => [bar.textContent.trim(), Number(bar.getAttribute('height'))]));
  equal(energy.map(([text]) => text), told.map((kwh) => `${kwh.toFixed(3)} kWh`), 'energy by session');
  const heights = told.map((kwh) => kwh / Math.max(...told) * 38);
  check(energy.every(([, height], i) => Math.abs(height - heights[i]) < 0.01), `bars of ${energy}, not as high as ${heights}`);
  const sum = told.reduce((kwh, one) => kwh + one, 0);
  const head = await tab.getByRole('heading', { name: /^Energy by session/ }).textContent();
  equal(head, `Energy by session ${await tab.evaluate(async (wh) => (await import('/page/format.js')).figureText(wh, 'Wh'), sum * 1e3)} in ${told.length === 1 ? 'one' : `the last ${told.length}`}`, 'their sum');
  const bars = await tab.locator('[data-testid=timeline] rect').evaluateAll((all) => all.map((bar) => bar.getAttribute('class')));
  for (const kind of ['f-charging', 'f-faulted', 'f-stopped']) check(bars.includes(kind), `${kind} is not among ${bars}`);
  const { readings } = await live.ask(`/api/v1/meter?cp=${cp}`);
  const whole = readings.find(({ session_id }) => session_id === any[0].session_id);
  equal(whole.kwh, any[0].total_kwh, 'the last reading of a session is its total');
  check(await tab.getByTestId('power').isVisible(), 'power is a line beside them');
  await tab.context().close();
});

await law('The line of power goes on from the meter to what is heard, without a gap in which nothing would have been delivered', async () => {
  const tab = await openTab(live.base);
  const found = await tab.evaluate(async () => {
    const { powerOf } = await import('/page/drawer.js');
    const at = (second) => new Date(second * 1000).toISOString();
    // Newest first, as the API has them: 22 kW, read each minute.
    const readings = [[120, 0.733333], [60, 0.366667], [0, 0]].map(([second, kwh]) => ({ timestamp: at(second), kwh, session_id: 's1' }));
    const heard = (second, session, kwh) => ({ at: second, kw: 11, kwh, session });
    return [
      powerOf(readings, [heard(150, 's1', 0.916667), heard(151, 's1', 0.92)]),
      powerOf(readings, [heard(150, 's2', 0.01), heard(151, 's2', 0.02)]),    // another session: what was between them, nobody knows
      powerOf(readings, [heard(115, 's1', 0.7), heard(125, 's1', 0.75)]),     // a reading that came later than what was heard
      powerOf([], [heard(5, 's1', 1), heard(6, 's1', 1.01)]),
    ].map((steps) => steps.map(({ from, to, kw }) => [from, to, Math.round(kw)]));
  });
  const metered = [[0, 60, 22], [60, 120, 22]];
  equal(found, [[...metered, [120, 150, 22], [150, 151, 11]], [...metered, [150, 151, 11]], [...metered, [120, 125, 11]], [[5, 6, 11]]], 'from, to, kW');
  await tab.context().close();
});

await law('With http.control an operator stops, resumes and breaks a charge point from its drawer', async () => {  // D-203
  const cp = 'CP-000025';
  const tab = await openTab(`${live.base}/?cp=${cp}`);
  const state = async () => (await live.ask(`/api/v1/charge-points/${cp}`)).state;
  await tab.getByRole('button', { name: 'Stop', exact: true }).click();
  await until('it is stopped', async () => (await state()) === 'STOPPED');
  await tab.getByRole('button', { name: 'Resume', exact: true }).click();
  await until('it is back', async () => (await state()) !== 'STOPPED');
  await tab.locator('.actions select').selectOption('engine_ko');
  await tab.getByLabel(/^for how long/).fill('2s');
  await tab.getByRole('button', { name: 'Inject fault' }).click();
  // Its journal knows, however late somebody looks.
  await until('it is broken', async () => (await live.ask(`/api/v1/faults?cp=${cp}&kind=FAULT`)).faults.length > 0);
  await until('and whole again, when it was told', async () => (await state()) !== 'BROKEN');
  await tab.getByRole('button', { name: 'Shut down' }).click();
  await until('its engine is off', async () => (await state()) === 'BROKEN');
  await tab.getByRole('button', { name: 'Switch on' }).click();
  await until('its engine is on', async () => (await state()) !== 'BROKEN');
  const focus = () => tab.evaluate(() => document.activeElement.textContent);
  await tab.getByRole('button', { name: 'Resume all' }).press('Enter');
  await until('the focus is on what does nothing', async () => (await focus()) === 'No');
  await tab.keyboard.press('Enter');
  await until('and back where it was', async () => (await focus()) === 'Resume all');
  const high = async () => (await tab.getByTestId('map').boundingBox()).height;
  const before = await high();
  await tab.getByRole('button', { name: 'Stop all' }).click();
  const yes = tab.getByRole('button', { name: 'Yes, stop 40 charge points' });
  await yes.waitFor();
  equal([await high(), await tab.getByRole('button', { name: 'Stop all' }).count()], [before, 0], 'how high the map is while it is asked, and whether it may be asked again');
  await yes.click();
  await until('it is said', async () => (await tab.locator('.to-all [role=status]').textContent()) === 'stop all: ordered');
  equal(await high(), before, 'how high the map is then');
  const stopped = async () => (await live.ask('/api/v1/charge-points?limit=100')).charge_points.filter((one) => one.operator_stopped).length;
  await until('all are stopped', async () => (await stopped()) === 40);
  await tab.getByRole('button', { name: 'Resume all' }).click();
  await tab.getByRole('button', { name: /^Yes, resume/ }).click();
  await until('all are back', async () => (await stopped()) === 0);
  await tab.getByRole('button', { name: 'Reset breaker' }).click();
  await until('it is said', async () => /reset-breaker: ordered/.test(await tab.locator('.said').textContent()));
  await tab.context().close();
});

await law('The bar of states says what the journal says: how a range begins, and nothing of what is not known', async () => {
  const cp = 'CP-000028';
  const point = `/api/v1/charge-points/${cp}`;
  const bars = (tab) => tab.locator('[data-testid=timeline] rect').evaluateAll((all) => all.map((bar) => bar.getAttribute('class')));
  await live.post(`${point}/stop`);
  await live.post(`${point}/inject-fault`, { kind: 'engine_ko', duration: '10m' });
  const { faults } = await until('it is broken', async () => {
    const found = await live.ask(`/api/v1/faults?cp=${cp}&kind=FAULT`);
    return found.faults.length > 0 && found;
  }, 30);
  const from = Date.parse(faults[0].timestamp) + 1000;
  await until('a second later', async () => Date.parse((await live.ask(point)).monitor_last_seen) > from + 1000, 30);
  const part = await openTab(`${live.base}/?cp=${cp}&from=${new Date(from).toISOString()}&to=${new Date(from + 1000).toISOString()}`);
  await until('it was broken all the time', async () => JSON.stringify(await bars(part)) === '["f-faulted"]', 30);
  equal(await part.locator('.ends span').first().textContent(), new Date(from).toISOString().slice(0, 19).replace('T', ' '), 'where it begins');
  equal(part.complaints, [], 'complaints');
  await part.context().close();

  // More reports than are asked for, and a recovery from before the oldest of them: what it was then, nobody knows.
  const tab = await openTab(live.base);
  await shown(tab);
  const at = (second) => new Date(Date.UTC(2026, 0, 5) + second * 1000).toISOString();
  const health = Array.from({ length: 100 }, (_, i) => ({ id: i, timestamp: at(1000 - i), cp_id: cp, state: i % 2 ? 'SUPPLYING' : 'ACTIVATED', is_faulty: false, reason: '' }));
  await tab.route('**/api/v1/health?*', (route) => route.fulfill({ json: { health } }));
  await tab.route('**/api/v1/faults?*', (route) => route.fulfill({ json: { faults: [{ id: 1, timestamp: at(30), cp_id: cp, zone: 'Z03', event_type: 'RECOVERY', reason: '', created_at: at(30) }] } }));
  await tab.evaluate((id) => { history.pushState(null, '', `?cp=${id}`); window.dispatchEvent(new PopStateEvent('popstate')); }, cp);
  await until('its reports are a bar', async () => (await bars(tab)).length >= 100, 30);
  check(!(await bars(tab)).includes('f-disconnected'), 'it says Disconnected');
  await tab.context().close();
});

await law('A history that cannot be asked for is said as long as that is so, and asked for again', async () => {
  const cp = 'CP-000030';
  const tab = await openTab(live.base);
  await shown(tab);
  await tab.route('**/api/v1/sessions?*', (route) => route.fulfill({ status: 503, body: '{"detail":"too many requests wait, try again later"}' }));
  await tab.evaluate((id) => { history.pushState(null, '', `?cp=${id}`); window.dispatchEvent(new PopStateEvent('popstate')); }, cp);
  const alerts = () => tab.getByTestId('drawer').getByRole('alert').allTextContents();
  await until('it is said', async () => (await alerts()).join() === 'too many requests wait, try again later');
  // What it is now is asked for meanwhile, and that nothing is wrong with that is no news of its past.
  const looks = () => tab.asked.filter((url) => url.endsWith(`/charge-points/${cp}`)).length;
  const before = looks();
  await until('it is looked at again', () => looks() > before + 2);
  equal(await alerts(), ['too many requests wait, try again later'], 'what is said then');
  await tab.unroute('**/api/v1/sessions?*');
  await tab.getByTestId('drawer').getByRole('heading', { name: 'Sessions' }).waitFor();
  await until('then nothing is', async () => (await alerts()).length === 0);
  await tab.context().close();
});

await law('The bar of a charge point that is open for days says the day, to those who hear it as well', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const health = ['2026-01-04T23:00:00Z', '2026-01-03T22:00:00Z'].map((timestamp, i) => ({ id: 2 - i, timestamp, cp_id: 'CP-000031', state: i ? 'SUPPLYING' : 'ACTIVATED', is_faulty: false, reason: '' }));
  await tab.route('**/api/v1/health?*', (route) => route.fulfill({ json: { health } }));
  await tab.route('**/api/v1/faults?*', (route) => route.fulfill({ json: { faults: [] } }));
  await tab.evaluate(() => { history.pushState(null, '', '?cp=CP-000031&to=2026-01-04T23:30:00Z'); window.dispatchEvent(new PopStateEvent('popstate')); });
  await until('it is said', async () => (await tab.getByTestId('timeline').getAttribute('aria-label')) === 'States, the last: Supplying from 01-03 22:00:00, Activated from 01-04 23:00:00');
  await tab.context().close();
});

await law('Who has lost its monitor is disconnected in its bar too', async () => {
  const cp = 'CP-000027';
  await live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'monitor_loss', duration: '10m' });
  await until('it is lost', async () => (await live.ask(`/api/v1/charge-points/${cp}`)).state === 'DISCONNECTED', 60);
  const tab = await openTab(`${live.base}/?cp=${cp}`);
  await until('its bar says so', async () =>
    (await tab.locator('[data-testid=timeline] rect').last().getAttribute('class').catch(() => '')) === 'f-disconnected', 30);
  await tab.context().close();
});

await law('Without http.control the page offers no actions, and the server takes none from a page', async () => {
  const guarded = await openRun(smallScenario({ points: 8 }));
  const tab = await openTab(`${guarded.base}/?cp=CP-000001`);
  await tab.getByTestId('drawer').locator('.facts').waitFor();
  equal(await tab.locator('.actions').count(), 0, 'actions');
  const status = await tab.evaluate(() => fetch('/api/v1/charge-points/stop', { method: 'POST', body: '{}' }).then((r) => r.status));
  equal(status, 403, 'a page that tries');
  await guarded.post('/api/v1/charge-points/CP-000001/stop');  // a program may
  await tab.context().close();
  guarded.kill();
});
process.exit(await finish());
