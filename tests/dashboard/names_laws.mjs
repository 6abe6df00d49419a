// A name is a name, whatever else it could be taken for (D-201).
import { join } from 'node:path';
import { check, equal, finish, history, law, openRun, openTab, shown, smallScenario, until } from './harness.mjs';

const live = await openRun(smallScenario(), ['--set', 'http.control=true']);
/** What the texts of others have made of a page. It has no picture and nothing underlined of its own. */
const madeOf = (tab) => tab.evaluate(() => [window.hit ?? 'not hit', ...[...document.querySelectorAll('img, iframe, object, u')].map((item) => item.outerHTML)]);
const kNothing = ['not hit'];
/** As it stands, and not what HTML would read it as. */
const isListed = (texts, name) => texts.some((text) => text.trim() === name);

await law('A charge point may be called as an element is: feed, drawer, tip, table and report have its name', async () => {
  const cp = '<img><u>&lt;"\'';  // a door takes neither spaces nor = and /
  await live.post('/api/v1/charge-points', { cp_id: cp, zone: 'Z04' });
  const path = `/api/v1/charge-points/${encodeURIComponent(cp)}`;
  await until('it is on', async () => (await live.ask(path)).state === 'ACTIVATED', 30);
  await live.post(`${path}/inject-fault`, { kind: 'engine_ko', duration: '10m' });
  await until('it is broken', async () => (await live.ask(`/api/v1/faults?cp=${encodeURIComponent(cp)}`)).faults.length === 1, 30);
  // The policy of the page would hide what the page itself has let through.
  const tab = await openTab(live.base, { bypassCSP: true, width: 1920, height: 1080 });
  await shown(tab);
  await until('the map has it', () => tab.evaluate((name) => window.chargemill.plan.find(name) === 40, cp));
  await tab.getByTestId('map').locator('canvas').focus();
  await tab.keyboard.press('End');
  await until('it is said where it is', async () => (await tab.getByTestId('tip').textContent().catch(() => '')).startsWith(`${cp}, Z04, `));
  check((await tab.getByTestId('map-cursor').textContent()).startsWith(`${cp}, `), 'its name to those who hear it');
  const row = tab.locator('[data-testid=feed] .fault button');
  await until('the feed has it', async () => isListed(await row.allTextContents(), cp));
  await row.first().click();
  await tab.getByTestId('drawer-faults').waitFor();
  equal(await tab.locator('#drawer-title').textContent(), cp, 'the drawer');
  await tab.locator('#search').fill(cp);
  await until('it can be searched for', async () => JSON.stringify(await row.allTextContents()) === JSON.stringify([cp]));
  equal(await madeOf(tab), kNothing, 'what was made of it');
  await tab.goto(`${live.base}/?view=table&zone=Z04&panel=messages&cp=${encodeURIComponent(cp)}`);
  await until('the table has it', async () => isListed(await tab.locator('[data-testid=point-table] tbody th').allTextContents(), cp));
  await until('messages have it', async () => (await tab.getByTestId('messages').textContent()).includes(cp));
  await tab.getByTestId('drawer-faults').waitFor();
  equal(await madeOf(tab), kNothing, 'what was made of it');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('Whatever an answer has for a name, a reason or an error, it is text', async () => {
  const evil = '<img src=x onerror="window.hit = 1"><u>x</u>';
  const tab = await openTab(live.base, { bypassCSP: true, width: 1920, height: 1080 });
  await shown(tab);
  const at = { timestamp: '2026-01-05T00:00:00Z', cp_id: evil, zone: 'Z01' };
  const answers = {
    health: [{ ...at, id: 1, state: 'ACTIVATED', is_faulty: false, reason: evil }],
    faults: [{ ...at, id: 1, event_type: 'FAULT', reason: evil }],
    sessions: [{ session_id: evil, cp_id: evil, driver_id: evil, start_time: at.timestamp, end_time: '2026-01-05T00:00:09Z', total_kwh: 1, total_cost: 1, status: evil }],
  };
  for (const [what, rows] of Object.entries(answers)) await tab.route(`**/api/v1/${what}?*`, (route) => route.fulfill({ json: { [what]: rows } }));
  await tab.route('**/api/v1/meter?*', (route) => route.fulfill({ json: { readings: [] } }));
  await tab.route('**/api/v1/messages?*', (route) => route.fulfill({ status: 503, body: JSON.stringify({ detail: evil }) }));
  const point = { ...await live.ask('/api/v1/charge-points/CP-000001'), cp_id: evil, current_driver: evil, current_session: evil, fault_reason: evil };
  await tab.route('**/api/v1/charge-points/*', (route) => route.fulfill({ json: point }));
  const plan = await live.ask('/api/v1/layout');
  const names = Array.from({ length: 40 }, (_, i) => (i === 0 ? evil : `CP-${String(i + 1).padStart(6, '0')}`));
  await tab.route('**/api/v1/layout', (route) => route.fulfill({ json: { ...plan, names } }));
  // As another run, of which all is asked anew.
  await tab.evaluate((name) => window.chargemill.begin({ ...window.chargemill.hello, instance: 'another', run: { ...window.chargemill.hello.run, name } }), evil);
  await until('the run is called so', async () => (await tab.locator('h1').textContent()).includes(evil) && (await tab.title()).includes(evil));
  await until('the map has it', () => tab.evaluate((name) => window.chargemill.plan?.find(name) === 0 && window.chargemill.states?.number > 0, evil));
  await tab.getByTestId('map').locator('canvas').focus();
  await tab.keyboard.press('Home');
  await until('the tip', async () => (await tab.getByTestId('tip').textContent().catch(() => '')).startsWith(evil));
  const row = tab.locator('[data-testid=feed] .fault', { hasText: evil }).first();
  await row.waitFor();
  equal([await row.locator('button').textContent(), await row.locator('.reason').getAttribute('title')], [evil, evil], 'the feed');
  equal(await madeOf(tab), kNothing, 'what was made of it');
  await row.locator('button').click();
  await tab.getByTestId('drawer-sessions').waitFor();
  equal(await tab.locator('#drawer-title').textContent(), evil, 'the drawer');
  check((await tab.locator('.facts').textContent()).includes(evil), 'its facts');
  check((await tab.getByTestId('drawer-sessions').textContent()).includes(evil), 'its sessions');
  check((await tab.getByTestId('drawer-faults').textContent()).includes(evil), 'its faults');
  equal(await madeOf(tab), kNothing, 'what was made of it there');
  await tab.keyboard.press('Escape');
  await tab.getByRole('button', { name: 'Table', exact: true }).click();
  await tab.getByTestId('zone-table').getByRole('button', { name: 'Z01' }).click();
  await until('the table', async () => isListed(await tab.locator('[data-testid=point-table] tbody th').allTextContents(), evil));
  await tab.getByRole('tab', { name: 'Messages' }).click();
  await until('the trouble', async () => (await tab.locator('.panel').textContent()).includes(evil));
  equal(await madeOf(tab), kNothing, 'what was made of it in the end');
  await tab.context().close();
});

await law('The report has such a name as text too', async () => {
  const [{ cp_id: cp }] = await history(live.out, 'faults', ['--limit', '1']);
  check(cp.startsWith('<img>'), cp);
  await live.stop();
  const tab = await openTab(`file://${join(live.out, 'report.html')}`, { bypassCSP: true });
  const row = tab.locator('[data-testid=feed] .fault button').first();
  await row.waitFor();
  equal(await row.textContent(), cp, 'the feed');
  await row.click();
  await tab.getByTestId('drawer-faults').waitFor();
  equal(await tab.locator('#drawer-title').textContent(), cp, 'the drawer');
  equal(await madeOf(tab), kNothing, 'what was made of it');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

process.exit(await finish());
