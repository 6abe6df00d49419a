// The feed of a part, however much comes and whatever cannot be asked for: whole, or said not to be.
import { check, equal, finish, law, openRun, openTab, overlaps, shown, smallScenario, until } from './harness.mjs';

const live = await openRun(smallScenario(), ['--set', 'http.control=true']);

const idsOf = (tab) => tab.locator('[data-testid=feed] .fault').evaluateAll((items) => items.map((item) => Number(item.dataset.id)));
const inject = (cp, duration) => live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration });
const knows = (tab, cp) => tab.evaluate((id) => window.chargemill.faults.some((row) => row.cp_id === id), cp);

await law('The feed of a zone keeps the rows that came while one looked, however many come after them from elsewhere', async () => {
  await inject('CP-000001', '1h');
  await until('it is in the journal', async () => (await live.ask('/api/v1/faults?zone=Z01')).faults.length === 1);
  const tab = await openTab(`${live.base}/?zone=Z01`);
  await shown(tab);
  await until('it has what was', async () => (await idsOf(tab)).length === 1);
  await inject('CP-000002', '1h');
  await until('and what came', async () => (await idsOf(tab)).length === 2);
  // More of another zone than the page keeps.
  await tab.evaluate(() => {
    const { chargemill: store } = window;
    const begun = Date.parse(store.faults[0].timestamp) + 3_600_000;
    store.addFaults(Array.from({ length: 12_000 }, (_, i) =>
      ({ id: 1e6 + i, timestamp: new Date(begun + i).toISOString(), cp_id: 'CP-000040', zone: 'Z04', event_type: 'FAULT', reason: '' })));
  });
  check(!await knows(tab, 'CP-000002'), 'it is among the newest all the same');
  const wanted = (await live.ask('/api/v1/faults?zone=Z01')).faults.map(({ id }) => id);
  equal(wanted.length, 2, 'rows of the journal');
  await until('it has both again', async () => JSON.stringify(await idsOf(tab)) === JSON.stringify(wanted));
  await until('and says so', async () => (await tab.getByTestId('feed-count').textContent()) === '2 rows');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('A part of the feed that cannot be asked for is asked for again', async () => {
  let isBusy = true;
  const tab = await openTab('about:blank');
  await tab.route('**/api/v1/faults?*zone=*', (route) => (isBusy ? route.fulfill({ status: 503, body: '{"detail":"too many requests wait, try again later"}' }) : route.continue()));
  await tab.goto(`${live.base}/?zone=Z01`);
  await shown(tab);
  await until('it says why', async () => (await tab.locator('.feed [role=alert]').allTextContents()).includes('too many requests wait, try again later'));
  isBusy = false;
  await until('that is over', async () => (await tab.locator('.feed [role=alert]').count()) === 0);
  const wanted = (await live.ask('/api/v1/faults?zone=Z01')).faults.map(({ id }) => id);
  equal(await idsOf(tab), wanted, 'the feed');
  await tab.context().close();
});

await law('The times of a range and the clock say that they are UTC, to those who hear them as well', async () => {
  const tab = await openTab(`${live.base}/?filters=1`, { timezoneId: 'Asia/Kathmandu' });
  await shown(tab);
  for (const name of ['From (UTC)', 'To (UTC)']) equal(await tab.getByLabel(name, { exact: true }).getAttribute('type'), 'datetime-local', name);
  await until('so does the clock', async () => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/.test(await tab.getByTestId('clock').textContent()));
  equal(await overlaps(tab), [], 'one over the other');
  await tab.context().close();
});

await law('Of a run that remembers nothing what is not known is not called none, nor what is known all', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await until('it knows a fault', () => tab.evaluate(() => window.chargemill.faults.length > 0 && window.chargemill.pulse?.faults.raised > 0));
  // As it is for whoever comes after them.
  await tab.evaluate(() => {
    const { chargemill: store } = window;
    store.wire.socket.onmessage = null;
    store.hello = { ...store.hello, has_journal: false };
    window.known = store.faults;
    store.faults = [];
    ++store.revision;
    store.changed();
  });
  const says = (text) => until(text, async () => (await tab.locator('.feed').textContent()).includes(text));
  await says('None is known; nobody remembers what was.');
  await tab.evaluate(() => window.chargemill.addFaults(window.known));
  await until('it has those it knows', async () => (await idsOf(tab)).length > 0);
  await tab.evaluate(() => window.chargemill.hear({ type: 'missed' }));
  await says('newest ');
  await tab.context().close();
});

await law('What fits nothing has nothing to mark as read', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await until('there are rows', async () => (await idsOf(tab)).length > 0);
  await tab.locator('#search').fill('CP-000039');
  await until('none of them fits', async () => (await idsOf(tab)).length === 0);
  await tab.getByRole('button', { name: 'Mark read' }).focus();
  await tab.keyboard.press('Enter');
  await tab.locator('#search').fill('');
  await until('they are back', async () => (await idsOf(tab)).length > 0);
  equal(await tab.locator('.unread').count(), 0, 'what was read is new');
  await tab.context().close();
});

process.exit(await finish());
