// The feed of faults: what is asked for, all of it, and as a file.
import { readFileSync } from 'node:fs';
import {
  check, equal, finish, history, historyText, law, openRun, openTab, overlaps, shown, smallScenario, until,
} from './harness.mjs';

const live = await openRun(smallScenario(), ['--set', 'http.control=true']);

await law('The feed filtered by charge point and time range has exactly the rows of chargemill history', async () => {
  const cp = 'CP-000007';
  for (let i = 0; i < 3; ++i) {
    await live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
    await live.post(`/api/v1/charge-points/CP-00001${i}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
    await until('it is over', async () => (await live.ask(`/api/v1/faults?cp=${cp}`)).faults.length === 2 * (i + 1));
  }
  const all = await history(live.out, 'faults', ['--cp', cp, '--limit', '100']);
  const rows = all.faults ?? all;
  equal(rows.length, 6, 'rows of the journal');
  const [from, to] = [rows[4].timestamp, rows[1].timestamp];
  const wanted = await history(live.out, 'faults', ['--cp', cp, '--since', from, '--until', to, '--limit', '100']);
  const ids = (wanted.faults ?? wanted).map(({ id }) => id);
  equal(ids.length, 4, 'rows in the range');
  const tab = await openTab(`${live.base}/?q=${cp}&from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`);
  await shown(tab);
  const found = () => tab.locator('[data-testid=feed] .fault').evaluateAll((items) => items.map((item) => Number(item.dataset.id)));
  await until('the rows are there', async () => (await found()).length > 0);
  equal(await found(), ids, 'the feed');
  await tab.context().close();
});

await law('A range is that of chargemill history to the microsecond, wherever the browser is and however its address writes it', async () => {
  const cp = 'CP-000007';
  const rows = await history(live.out, 'faults', ['--cp', cp, '--limit', '100']);
  const [from, to] = [rows.at(-2).timestamp, rows[1].timestamp];
  check(/\.\d{6}\+00:00$/.test(from), `a time of the journal is ${from}`);
  const wanted = rows.slice(1, -1).map(({ id }) => id);
  check(wanted.length > 0, 'there are rows between them');
  // As a link has it, as somebody pastes it, without a zone, as people write.
  for (const write of [encodeURIComponent, (at) => at, (at) => at.replace('+00:00', ''), (at) => at.replace('+00:00', 'Z').replace('T', ' ')]) {
    const tab = await openTab(`${live.base}/?q=${cp}&from=${write(from)}&to=${write(to)}`, { timezoneId: 'America/New_York' });
    await shown(tab);
    const found = () => tab.locator('[data-testid=feed] .fault').evaluateAll((items) => items.map((item) => Number(item.dataset.id)));
    await until('the rows are there', async () => (await found()).length > 0);
    equal(await found(), wanted, `the feed from ${write(from)}`);
    const asked = tab.asked.find((url) => /\/faults\?.*since=.*until=/.test(url));
    const answered = (await (await fetch(asked)).json()).faults.filter((row) => row.cp_id === cp);  // of all there are in that time
    equal(answered.map(({ id }) => id), wanted, `what the journal answers to ${asked}`);
    equal(tab.complaints, [], 'complaints');
    await tab.context().close();
  }
  const tab = await openTab(live.base, { timezoneId: 'Asia/Kathmandu' });
  const texts = await tab.evaluate(async () => {
    const { unixOf, utc } = await import('/page/api.js');
    return ['2026-01-05T17:00:01.466764+00:00', '2026-01-05T17:00', '2026-01-05', '2026-01-05T17:00:01.5-01:30', '9999-12-31T23:59:59Z', '1969-12-31T23:59:59.000001Z']
      .map((text) => utc(unixOf(text))).concat(['', '5', 'tomorrow', '20260-01-05T17:00', '2026-13-05'].filter((text) => !Number.isNaN(unixOf(text))));
  });
  equal(texts, ['2026-01-05T17:00:01.466764Z', '2026-01-05T17:00:00.000Z', '2026-01-05T00:00:00.000Z', '2026-01-05T18:30:01.500Z', '9999-12-31T23:59:59.000Z',
    '1969-12-31T23:59:59.000001Z'], 'times, and none of what is none');
  await tab.context().close();
});

await law('A paused feed can be filtered, and what comes later stays out of it', async () => {
  const [cp, other] = ['CP-000008', 'CP-000009'];
  const fault = async (one, rows) => {
    await live.post(`/api/v1/charge-points/${one}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
    await until('it is over', async () => (await live.ask(`/api/v1/faults?cp=${one}`)).faults.length === rows, 30);
  };
  await fault(cp, 2);
  await fault(other, 2);
  const tab = await openTab(`${live.base}/?paused=1`);
  await shown(tab);
  const names = () => tab.locator('[data-testid=feed] .fault button').allTextContents();
  await until('all are there', async () => new Set(await names()).size > 1);
  await tab.locator('#search').fill(cp);
  await until('only that one is left', async () => JSON.stringify(await names()) === JSON.stringify([cp, cp]));
  equal(await tab.getByTestId('feed-count').textContent(), '2 rows', 'how many it says');
  await fault(cp, 4);
  await until('the page knows the later ones', () => tab.evaluate((id) => window.chargemill.faults.filter((row) => row.cp_id === id).length === 4, cp));
  equal(await names(), [cp, cp], 'the paused feed');
  await tab.getByRole('button', { name: 'Resume', exact: true }).click();
  await until('it catches up', async () => (await names()).length === 4);
  await tab.context().close();
});

await law('A name in full means that charge point alone, also among those that come while one looks', async () => {
  const [cp, longer] = ['CP-000012', 'CP-0000121'];
  const tab = await openTab(`${live.base}/?q=${cp}`);
  await shown(tab);
  await live.post('/api/v1/charge-points', { cp_id: longer, zone: 'Z01' });
  await until('it is on', async () => (await live.ask(`/api/v1/charge-points/${longer}`)).state === 'ACTIVATED', 30);
  for (const one of [longer, cp]) {
    await live.post(`/api/v1/charge-points/${one}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
    await until('the page knows', () => tab.evaluate((id) => window.chargemill.faults.some((row) => row.cp_id === id && row.event_type === 'RECOVERY'), one), 30);
  }
  const names = () => tab.locator('[data-testid=feed] .fault button').allTextContents();
  await until('its rows are there', async () => (await names()).length > 0);
  check((await names()).every((text) => text === cp), `${await names()}`);
  await tab.context().close();
});

await law('A file of the feed has the rows that are listed, as NDJSON and as CSV', async () => {
  const cp = 'CP-000007';
  const tab = await openTab(`${live.base}/?q=${cp}`);
  await shown(tab);
  await tab.locator('[data-testid=feed] .fault').first().waitFor();
  const file = async (name) => {
    const [saved] = await Promise.all([tab.waitForEvent('download'), tab.getByRole('button', { name, exact: true }).click()]);
    return [saved.suggestedFilename(), readFileSync(await saved.path(), 'utf8')];
  };
  const wanted = await history(live.out, 'faults', ['--cp', cp, '--limit', '100']);
  const rows = wanted.faults ?? wanted;
  const [ndjsonName, ndjson] = await file('NDJSON');
  equal(ndjsonName, 'faults-small.ndjson', 'its name');
  equal(ndjson.trimEnd().split('\n').map((line) => JSON.parse(line)), rows, 'NDJSON');
  const [csvName, csv] = await file('CSV');
  equal(csvName, 'faults-small.csv', 'its name');
  const lines = csv.trimEnd().split('\r\n');
  equal(lines[0], 'id,timestamp,cp_id,zone,event_type,reason,created_at', 'head');
  equal(lines.slice(1).map((line) => Number(line.split(',')[0])), rows.map(({ id }) => id), 'CSV');
  await tab.context().close();
});

await law('A CSV of the feed has the lines of chargemill history, and no name in it is a formula to a spreadsheet', async () => {
  const cp = '+2+3,"x"';
  await live.post('/api/v1/charge-points', { cp_id: cp, zone: 'Z04' });
  const path = `/api/v1/charge-points/${encodeURIComponent(cp)}`;
  await until('it is on', async () => (await live.ask(path)).state === 'ACTIVATED', 30);
  await live.post(`${path}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
  await until('it is over', async () => (await live.ask(`/api/v1/faults?cp=${encodeURIComponent(cp)}`)).faults.length === 2, 30);
  const tab = await openTab(`${live.base}/?q=${encodeURIComponent(cp)}`);
  await shown(tab);
  await until('its rows are there', async () => (await tab.locator('[data-testid=feed] .fault').count()) === 2);
  const [saved] = await Promise.all([tab.waitForEvent('download'), tab.getByRole('button', { name: 'CSV', exact: true }).click()]);
  const lines = readFileSync(await saved.path(), 'utf8').trimEnd().split('\r\n');
  equal(lines, (await historyText(live.out, 'faults', ['--format', 'csv', '--cp', cp])).trimEnd().split('\n'), 'lines');
  check(lines[1].includes(`,"'+2+3,""x""",Z04,`), lines[1]);
  const texts = await tab.evaluate(async () => {
    const { csvText } = await import('/page/format.js');
    return csvText(['a', 'b', 'c'], [{ a: '-x', b: -1.5, c: null }, { a: '@x', b: '+1', c: '\t=1' }, { a: '\uFF1D1', b: 'a=b', c: 0 }]);
  });
  equal(texts, "a,b,c\r\n'-x,-1.5,\r\n'@x,'+1,'\t=1\r\n'\uFF1D1,a=b,0\r\n", 'texts behind an apostrophe, numbers as they are');
  await tab.context().close();
});

await law('Equal faults can be one line with their number, and what is new is new until it is read', async () => {
  const tab = await openTab(`${live.base}/?group=1&kind=FAULT&zone=Z03&filters=1`);
  await shown(tab);
  await until('the page knows what there is', () => tab.evaluate(() => window.chargemill.areFaultsKnown));
  await live.post('/api/v1/charge-points/CP-000021/inject-fault', { kind: 'engine_ko', duration: '10m' });
  const lines = () => tab.locator('[data-testid=feed] .fault .reason').allTextContents();
  await until('it is there', async () => (await lines()).length > 0, 30);
  for (const cp of ['CP-000022', 'CP-000023']) await live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '10m' });
  await until('all are one', async () => /^×[3-9] /.test((await lines())[0]), 30);
  await until('three are new, the first one too', async () => (await tab.locator('.unread').textContent().catch(() => '')) === '3 new');
  const read = tab.getByRole('button', { name: 'Mark read' });
  equal(await read.getAttribute('aria-disabled'), 'false', 'to mark them read is of use');
  await read.press('Enter');
  await until('none is new any more', async () => (await tab.locator('.unread').count()) === 0);
  equal(await read.evaluate((item) => [item.getAttribute('aria-disabled'), document.activeElement === item]), ['true', true], 'it is of no use any more, and has the focus');
  await tab.getByLabel('group equal').uncheck();
  await until('each has its line', async () => (await lines()).length >= 3);
  await tab.context().close();
});

await law('A row that somebody reads or has in hand stays where it is, however many come', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await tab.locator('[data-testid=feed] .fault').first().waitFor();
  const list = tab.getByTestId('feed');
  const known = () => tab.evaluate(() => window.chargemill.faults.length);
  const more = async (points) => {
    const before = await known();
    for (const cp of points) await live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
    await until('they are known', async () => (await known()) >= before + 2 * points.length, 30);
  };
  const some = Array.from({ length: 16 }, (_, i) => `CP-0000${i + 25}`);
  await more(some);
  const row = list.locator('.fault button').first();
  await row.focus();
  const place = () => tab.evaluate(() => [document.activeElement.closest('.fault')?.dataset.id, Math.round(document.activeElement.getBoundingClientRect().top)]);
  const [id, top] = await place();
  await more(some);
  equal(await place(), [id, top], 'the row that has the focus, and where it is');
  const at = await tab.evaluate(() => Number(document.activeElement.closest('.fault').getAttribute('aria-posinset')));
  check(at > 32, `it is told to be number ${at}`);
  await list.focus();
  await tab.keyboard.press('Home');
  await until('the newest is in sight', async () => (await list.evaluate((item) => item.scrollTop)) === 0);
  await more(['CP-000025']);
  equal(await list.evaluate((item) => item.scrollTop), 0, 'whoever is at the top stays there');
  await tab.context().close();
});

await law('The feed can be that of what is broken now: who has recovered is not in it', async () => {
  const [broken, whole] = ['CP-000035', 'CP-000036'];
  const tab = await openTab(`${live.base}/?now=faulted&q=CP-00003&filters=1`);
  await shown(tab);
  await live.post(`/api/v1/charge-points/${broken}/inject-fault`, { kind: 'engine_ko', duration: '10m' });
  await live.post(`/api/v1/charge-points/${whole}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
  const newest = (cp) => tab.evaluate((id) => window.chargemill.faults.find((row) => row.cp_id === id)?.event_type, cp);
  await until('the page knows both', async () => (await newest(broken)) === 'FAULT' && (await newest(whole)) === 'RECOVERY', 30);
  const names = async () => [...new Set(await tab.locator('[data-testid=feed] .fault button').allTextContents())].sort();
  await until('it has the broken one only', async () => JSON.stringify(await names()) === JSON.stringify([broken]));
  const now = tab.locator('.filters select').nth(2);
  equal(await now.locator('option:checked').textContent(), 'Broken', 'the state that is asked for');
  await now.selectOption('Activated');
  await until('or those that work', async () => (await names()).includes(whole) && !(await names()).includes(broken));
  check(tab.url().includes('now=available'), tab.url());
  await now.selectOption('all');
  await until('or all', async () => (await names()).includes(whole) && (await names()).includes(broken));
  check(!tab.url().includes('now='), tab.url());
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('Where the feed is narrow its filters are behind a button, which says how many are set, and where it is wide they are there', async () => {
  const tab = await openTab(`${live.base}/?kind=FAULT&zone=Z01`);
  await shown(tab);
  const opener = tab.getByRole('button', { name: 'Filters (2)' });
  const kind = tab.locator('.filters select').nth(1);
  check(!await kind.isVisible() && await tab.locator('#search').isVisible(), 'only the search');
  equal(await opener.getAttribute('aria-expanded'), 'false', 'closed');
  await opener.focus();
  await tab.keyboard.press('Enter');
  await kind.waitFor({ state: 'visible' });
  equal(await opener.getAttribute('aria-expanded'), 'true', 'open');
  check(tab.url().includes('filters=1'), tab.url());
  await kind.selectOption('');
  await tab.getByRole('button', { name: 'Filters (1)' }).waitFor();
  equal(await overlaps(tab), [], 'one over the other');
  await tab.setViewportSize({ width: 1920, height: 1080 });
  await until('they are there anyhow', async () => await kind.isVisible() && !await tab.locator('.opener').isVisible());
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('The time of a row leads to its charge point and the minutes around it, and so does its address elsewhere', async () => {
  const cp = 'CP-000007';
  await live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
  const tab = await openTab(`${live.base}/?zone=Z01&theme=light`, { width: 1920 });
  await shown(tab);
  const newest = tab.locator('[data-testid=feed] .fault', { hasText: cp }).first();
  await newest.waitFor();
  const id = await newest.getAttribute('data-id'); // the newest may be another a moment later
  const row = tab.locator(`[data-testid=feed] .fault[data-id="${id}"]`);
  const address = await row.locator('a').getAttribute('href');
  const others = await openTab(`${live.base}/${address}`, { width: 1920 });
  await row.locator('a').click();
  for (const one of [tab, others]) {
    await one.getByTestId('drawer-faults').locator(`tr[data-id="${id}"]`).waitFor();
    equal(await one.locator('#drawer-title').textContent(), cp, 'the charge point');
    await until('its row is in the feed', async () => (await one.locator(`[data-testid=feed] .fault[data-id="${id}"]`).count()) === 1);
    equal(new URL(one.url()).search, address, 'address');
    equal(one.complaints, [], 'complaints');
  }
  await tab.goBack();
  await until('a step back leads back', async () => (await tab.getByTestId('drawer').count()) === 0);
  await tab.context().close();
  await others.context().close();
});

await law('Where rows are of more than one day each says of which it is, and has the room for it', async () => {
  for (const width of [1280, 1920]) {
    const tab = await openTab(live.base, { width, height: 1000 });
    await shown(tab);
    const times = () => tab.locator('[data-testid=feed] .fault .time').evaluateAll((all) => all.map((item) => [item.textContent, item.scrollWidth - item.clientWidth]));
    await until('there are rows', async () => (await times()).length > 0);
    check((await times()).every(([text]) => /^\d\d:\d\d:\d\d$/.test(text)), `of one day: ${await times()}`);
    await tab.evaluate(() => {
      const { chargemill: store } = window;
      const [row] = store.faults;
      store.addFaults([{ ...row, id: 1e6, timestamp: new Date(Date.parse(row.timestamp) - 86_400_000).toISOString() }]);
    });
    await until('all say the day', async () => (await times()).every(([text]) => /^\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)));
    check((await times()).every(([, beyond]) => beyond <= 1), `they have the room: ${await times()}`);
    await tab.context().close();
  }
});

await law('Where more was missed than is asked for, the feed has no hole: it is of the newest, and says so', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const found = await tab.evaluate(async () => {
    const { Store } = await import('/page/store.js');
    const { fetch: real } = window;
    const row = (id) => ({ id, timestamp: new Date(Date.UTC(2026, 0, 5) + id * 1000).toISOString(), cp_id: 'CP-000001', zone: 'Z01', event_type: 'FAULT', reason: '' });
    const rows = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => row(to - i));
    const after = async (known, newest) => {
      const store = new Store();
      Object.assign(store, { hello: { has_journal: true }, faults: known });
      window.fetch = async () => new Response(JSON.stringify({ faults: rows(newest - 999, newest) }));
      await store.fetchFaults();
      return [store.faults.length, store.faults[0].id, store.faults.at(-1).id, store.hasOlderFaults];
    };
    const all = [await after(rows(1, 500), 3000), await after([row(3001), ...rows(1, 500)], 3000), await after(rows(1, 2500), 3000), await after([], 3000),
      await after([{ ...row(2999), id: null }], 3000)];  // seen while the journal did not answer
    window.fetch = real;
    return all;
  });
  equal(found, [[1000, 3000, 2001, true], [1001, 3001, 2001, true], [3000, 3000, 1, true], [1000, 3000, 2001, true], [1000, 3000, 2001, true]], 'rows, the newest, the oldest, whether there are older ones');
  await tab.context().close();
});

await law('Faults that cannot be asked for are not none: they are asked for again, and those of another run are not among them', async () => {
  const tab = await openTab(`${live.base}/?theme=dark`);
  await shown(tab);
  await until('the page knows some', () => tab.evaluate(() => window.chargemill.faults.length > 0));
  const known = await tab.evaluate(() => window.chargemill.faults.length);
  let isBusy = true;
  await tab.route('**/api/v1/faults?*', (route) => (isBusy ? route.fulfill({ status: 503, body: '{"detail":"too many requests wait, try again later"}' }) : route.continue()));
  // As after a restart: what was known is of another run.
  await tab.evaluate(() => window.chargemill.begin({ ...window.chargemill.hello, instance: 'another' }));
  await until('it is asking', async () => (await tab.locator('.feed .empty').allTextContents()).includes('Asking the journal…'));
  check(!(await tab.locator('.feed').textContent()).includes('No fault so far'), 'it says that there is none');
  isBusy = false;
  await until('they are there again', () => tab.evaluate((rows) => window.chargemill.faults.length >= rows, known));

  const found = await tab.evaluate(async () => {
    const { Store } = await import('/page/store.js');
    const { fetch: real } = window;
    const store = Object.assign(new Store(), { hello: { has_journal: true, instance: 'one' } });
    window.fetch = async () => {
      store.hello = { has_journal: true, instance: 'other' };  // while it was asked
      return new Response('{"faults":[{"id":1,"timestamp":"2026-01-05T00:00:00Z","cp_id":"CP-000001","zone":"Z01","event_type":"FAULT","reason":""}]}');
    };
    await store.fetchFaults();
    window.fetch = real;
    return store.faults.length;
  });
  equal(found, 0, 'rows of a run that is not there any more');
  await tab.context().close();
});

await law('A zone of an address that the network does not have leaves nothing out', async () => {
  const tab = await openTab(`${live.base}/?zone=Z99&kind=FAULT&filters=1`);
  await shown(tab);
  await until('the address has dropped it', async () => !tab.url().includes('zone=') && tab.url().includes('kind=FAULT'));
  await tab.locator('[data-testid=feed] .fault').first().waitFor();
  equal(await tab.locator('.filters select').first().inputValue(), '', 'the zone that is asked for');
  check(await tab.evaluate(() => window.chargemill.stage.zone === -1 && window.chargemill.stage.isLit() === null), 'nothing is left out on the map');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('A year that is still being written is no time yet, and breaks nothing', async () => {
  const tab = await openTab(`${live.base}/?filters=1`);
  await shown(tab);
  const from = tab.locator('.filters input[type=datetime-local]').first();
  await from.evaluate((field) => {
    field.value = '20260-01-05T17:00:00';
    field.dispatchEvent(new Event('change', { bubbles: true }));
  });
  check(!tab.url().includes('from='), tab.url());
  await from.fill('2026-01-05T17:00:01');
  await until('then it is one', async () => tab.url().includes('from=2026-01-05T17'));
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('The feed of a zone has all of its rows, also those from before the page knew any; of a part it says so', async () => {
  const busy = await openRun(`
[run]
name = "busy"
duration = "10h"
speed = 100
[network]
charge_points = 400
zones = 4
health_interval = "5s"
[[fault]]
kind = "engine_ko"
rate = 30
duration = "1m"
[tcp]
listen = "off"
`);
  await until('there are many', async () => (await busy.ask('/api/v1/faults?limit=10000')).faults.length > 2000, 120);
  const all = async () => (await busy.ask('/api/v1/faults?zone=Z02&limit=10000')).faults.length;
  const before = await all();
  // Paused: rows as they stood when it was opened.
  const tab = await openTab(`${busy.base}/?zone=Z02&paused=1&filters=1`);
  await shown(tab);
  const count = () => tab.getByTestId('feed-count').textContent();
  await until('rows are there', async () => /^[1-9]/.test(await count()));
  const rows = Number((await count()).replace(/\D/g, ''));
  check(await tab.locator('[data-testid=feed] .fault').count() < 100, 'only rows in sight are there');
  check(before > 300 && before <= rows && rows <= await all(), `${rows} rows, ${before} before`);
  await tab.getByRole('button', { name: 'Resume', exact: true }).click();
  await tab.locator('.filters select').first().selectOption('');
  await until('it says that it has the newest only', async () => /^newest \d.* rows$/.test(await count()));
  await tab.locator('.unread').waitFor();
  const { height } = await tab.locator('.feed .bar').boundingBox();
  check(height < 45, `at 1280 pixels what is said of the rows takes more than a line: ${height} pixels`);
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
  busy.kill();
});
process.exit(await finish());
