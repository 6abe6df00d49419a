// The page of a finished run, opened from disk: the same parts, frozen.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  axeSource, check, cut, equal, finish, folder, history, law, openRun, openTab, overlaps, root, smallScenario, until,
} from './harness.mjs';

const run = await openRun(smallScenario(), ['--set', 'network.max_session=60s']);  // so that some are open at the end
for (const cp of ['CP-000003', 'CP-000021'])
  await run.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '10m' });
await run.post('/api/v1/charge-points/CP-000030/stop');
await until('both are found', async () =>
  (await run.ask('/api/v1/faults?kind=FAULT')).faults.length >= 2);
await until('some seconds are in the series', async () => (await run.ask('/api/v1/series')).rows > 4, 20);
await until('somebody charges', async () => (await run.ask('/api/v1/sessions?status=ACTIVE&limit=1')).sessions.length > 0);
await run.stop();
const address = `file://${join(run.out, 'report.html')}`;
const page = await openTab(address, { width: 1280, height: 1100 });
const ready = () => page.waitForFunction(() => window.chargemill?.stage?.frames > 0, null, { timeout: 60_000 });

await law('The report opens from disk, asks nobody, and complains of nothing', async () => {
  await ready();
  equal(page.asked.filter((url) => !url.startsWith('file:') && !url.startsWith('data:')), [], 'asked');
  equal(page.complaints, [], 'complaints');
});

await law('The report shows how each charge point stood at the end, as the summary counts them', async () => {
  const codes = await page.evaluate(() => {
    const { states, plan } = window.chargemill;
    const count = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < plan.points; ++i) ++count[states.code(i)];
    return [count, states.code(2), states.code(29), window.chargemill.total];
  });
  equal(codes[0], codes[3], 'counts');
  equal(codes.slice(1, 3), [5, 3], 'the broken one and the stopped one');
});

await law('The tile of the power says what the sessions that supplied had told last', async () => {
  const rows = readFileSync(join(run.out, 'timeseries.csv'), 'utf8').trim().split('\n').map((line) => line.split(','));
  const watts = Number(rows.at(-1)[rows[0].indexOf('power_w')]);
  const said = await page.locator('.tile', { hasText: 'Power' }).locator('.tile-value').textContent();
  const wanted = await page.evaluate(async (w) => (await import('page/format.js')).figureText(w, 'W'), watts);
  equal(said, wanted, 'power');
});

await law('The feed of the report has the faults of the journal, and its filters work', async () => {
  const rows = await history(run.out, 'faults', ['--limit', '1000']);
  const wanted = (rows.faults ?? rows).map(({ id }) => id);
  equal(await page.evaluate(() => window.chargemill.faults.map(({ id }) => id)), wanted, 'faults');
  await page.locator('#search').fill('CP-000021');
  await until('only those are listed', async () => {
    const names = await page.locator('[data-testid=feed] .fault button').allTextContents();
    return names.length > 0 && names.every((text) => text === 'CP-000021');
  });
  check(page.url().includes('#') && page.url().includes('q=CP-000021'), page.url());
});

await law('The time of a row leads to the minutes around it in the report too, and rows can be those of what stood in one state at the end', async () => {
  const tab = await openTab(`${address}#now=faulted&filters=1`, { width: 1280, height: 1100 });
  const row = tab.locator('[data-testid=feed] .fault', { hasText: 'CP-000003' }).first();
  await row.waitFor();
  const link = await row.locator('a').getAttribute('href');
  check(/^#(?=.*cp=CP-000003)(?=.*from=)(?=.*to=)/.test(link), link);
  await row.locator('a').click();
  await until('its address is that of the link', async () => new URL(tab.url()).hash === link);
  await tab.getByTestId('drawer-faults').waitFor();
  equal(await tab.locator('#drawer-title').textContent(), 'CP-000003', 'the charge point');
  await tab.keyboard.press('Escape');
  const names = () => tab.locator('[data-testid=feed] .fault button').allTextContents();
  await until('only rows of the broken are left', async () => (await names()).length > 0 && (await names()).every((name) => ['CP-000003', 'CP-000021'].includes(name)));
  await tab.locator('.filters select').nth(2).selectOption('Activated');
  await tab.getByText('No fault that fits.').waitFor();
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('A charge point of the report opens as on the live page, with what its journal has', async () => {
  const cp = 'CP-000003';
  const tab = await openTab(address, { width: 1280, height: 1100 });
  await tab.locator('[data-testid=feed] .fault button', { hasText: cp }).first().click();
  await tab.getByTestId('drawer-faults').waitFor();
  check(tab.url().includes(`#cp=${cp}`), tab.url());
  const rowsOf = async (what) => {
    const rows = await history(run.out, what, ['--cp', cp, '--limit', '100']);
    return rows[what] ?? rows;
  };
  const cells = (name) => tab.locator(`[data-testid=${name}] tbody tr`).evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  const at = (timestamp) => timestamp.slice(5, 19).replace('T', ' ');
  equal(await cells('drawer-faults'), (await rowsOf('faults')).map((row) => [at(row.timestamp), row.event_type.toLowerCase(), row.reason]), 'faults');
  equal((await cells('drawer-sessions')).map(([start, , driver, kwh, euros, status]) => [start, driver, kwh, euros, status]),
    (await rowsOf('sessions')).map((row) => [at(row.start_time), row.driver_id, row.total_kwh.toFixed(3), row.total_cost.toFixed(2), row.status.toLowerCase()]), 'sessions');
  const reports = (await rowsOf('health')).slice(0, 20);
  check(reports.length > 1, `${reports.length} reports`);
  equal(await cells('drawer-reports'), reports.map((row) => [at(row.timestamp), row.state.toLowerCase(), row.reason]), 'reports');
  const bars = await tab.locator('[data-testid=timeline] rect').evaluateAll((all) => all.map((bar) => bar.getAttribute('class')));
  equal(bars.at(-1), 'f-faulted', 'how its bar ends');
  check((await tab.locator('.facts').textContent()).includes('Z01'), 'its zone');
  equal(await tab.locator('.actions').count(), 0, 'nobody is left to take orders');
  await tab.keyboard.press('ArrowRight');
  await until('the one beside it is open', async () => (await tab.locator('#drawer-title').textContent()) === 'CP-000004');
  await tab.keyboard.press('Escape');
  await until('it is closed', async () => (await tab.getByTestId('drawer').count()) === 0 && await tab.getByTestId('feed').isVisible());
  equal(tab.complaints, [], 'complaints');
  equal(tab.asked.filter((url) => !url.startsWith('file:') && !url.startsWith('data:')), [], 'asked');
  await tab.context().close();
});

await law('Requests that were open when the run ended are in its report, and lead to their charge points', async () => {
  const rows = await history(run.out, 'sessions', ['--limit', '1000']);
  const wanted = rows.filter(({ status }) => status === 'ACTIVE').map(({ cp_id, driver_id }) => [driver_id, cp_id]);
  const tab = await openTab(`${address}#panel=requests`, { width: 1280, height: 1100 });
  await tab.getByTestId('requests').waitFor();
  const found = await tab.locator('[data-testid=requests] tbody tr').evaluateAll((all) => all.map((row) => [row.children[1].textContent, row.children[2].textContent]));
  equal(found, wanted, 'open sessions of the journal');
  check(wanted.length > 0, 'some were open');
  await tab.locator('[data-testid=requests] tbody button').first().click();
  await until('it is open', async () => (await tab.locator('#drawer-title').textContent()) === wanted[0][1]);
  await tab.getByRole('button', { name: 'Close' }).click();
  await tab.getByRole('tab', { name: 'Requests' }).press('ArrowLeft');
  await tab.getByTestId('feed').waitFor();
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('Messages, log and configuration of the run are in its report', async () => {
  const tab = await openTab(`${address}#panel=messages`, { width: 1280, height: 1100 });
  await tab.getByTestId('messages').waitFor();
  const rows = await tab.locator('[data-testid=messages] tbody tr').evaluateAll((all) => all.map((row) => row.textContent));
  for (const text of ['Supply started', 'Request accepted', 'Out of Order']) check(rows.some((row) => row.includes(text)), `${text} is not among ${rows.join(' / ')}`);
  await tab.getByRole('tab', { name: 'Log' }).click();
  await tab.getByTestId('log').waitFor();
  const lines = readFileSync(join(run.out, 'log.ndjson'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line)).reverse();
  const events = await tab.locator('[data-testid=log] tbody td:nth-child(2)').allTextContents();
  equal(events, lines.map(({ event, level }) => (level === 'info' ? event : level === 'warning' ? `! ${event}` : `✖ ${event}`)), 'the log');
  await tab.getByRole('tab', { name: 'Config' }).click();
  await tab.getByLabel('only what differs').check();
  const keys = await tab.locator('[data-testid=config] tbody th').allTextContents();
  check(keys.includes('● network.charge_points'), `${keys}`);
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('What stands still says that it is of the end, and offers nothing that is for what moves', async () => {
  const tab = await openTab(`${address}#from=2020-01-01T00:00:00Z`, { width: 1280, height: 1100 });
  await tab.getByTestId('feed').waitFor();
  check(/ to the end/.test(await tab.getByTestId('range').textContent()), await tab.getByTestId('range').textContent());
  const charts = await tab.locator('.chart').evaluateAll((all) => all.map((chart) => chart.getAttribute('aria-label')));
  check(charts.length > 3 && charts.every((text) => text.includes(', at the end: ')), charts.join('; '));
  equal(await tab.getByRole('button', { name: /^(Pause|Mark read)$/ }).count(), 0, 'buttons for what moves');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('The table of the report has the charge points of a state', async () => {
  const tab = await openTab(`${address}#view=table&state=stopped`, { width: 1280, height: 1100 });
  await tab.getByTestId('point-table').waitFor();
  equal(await tab.locator('[data-testid=point-table] tbody th').allTextContents(), ['CP-000030'], 'those out of order');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

for (const theme of ['light', 'dark']) {
  await law(`axe finds nothing serious in the report of the ${theme} theme`, async () => {
    const tab = await openTab(`${address}#theme=${theme}`, { bypassCSP: true });
    await tab.waitForFunction(() => window.chargemill?.stage?.frames > 0, null, { timeout: 60_000 });
    await tab.locator('[data-testid=feed] .fault button').first().click();
    await tab.getByTestId('drawer-faults').waitFor();
    await tab.evaluate(axeSource);
    const { violations } = await tab.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    const found = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
    await tab.context().close();
    check(found.length === 0, found.join('\n'));
  });
}

await law('Nothing in the report is cut off or lies over anything else', async () => {
  for (const width of [1280, 1920]) {
    const tab = await openTab(address, { width, height: 1080 });
    await tab.waitForFunction(() => document.querySelectorAll('.u-over').length === 6, null, { timeout: 60_000 });
    equal([...await cut(tab), ...await overlaps(tab)], [], `${width} pixels`);
    const picture = (name) => tab.screenshot({ path: join(folder(join(root, 'build/screenshots')), `report${name}-${width}.png`), fullPage: true });
    await picture('');
    await tab.locator('[data-testid=feed] .fault button').first().click();
    await tab.getByTestId('drawer-faults').waitFor();
    equal([...await cut(tab), ...await overlaps(tab)], [], `${width} pixels, a charge point`);
    await picture('-drawer');
    await tab.context().close();
  }
});

await law('Without scripts the report still has every figure', async () => {
  const summary = JSON.parse(readFileSync(join(run.out, 'summary.json'), 'utf8'));
  const tab = await openTab(address, { javaScriptEnabled: false });
  const rowsOf = (item) => tab.locator(item).evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  const isLeaf = (value) => value === null || typeof value !== 'object' || Object.keys(value).length === 0;
  const leaves = (value, name) => (isLeaf(value) ? [[name, value]] : Object.entries(value).flatMap(([key, one]) => leaves(one, name === '' ? key : `${name}.${key}`)));
  // Four digits of a number count, of a whole one all; what is empty is none.
  const isSaid = (text, value) => {
    if (value === null || value === '' || typeof value === 'object') return text === 'none';
    if (typeof value !== 'number') return text === String(value);
    const number = Number(text.replace(/ (mJ|kWh|µEUR|EUR|\/s|s|B|ms)$/, '').replaceAll(' ', ''));
    return Number.isInteger(value) ? number === value : Math.abs(number - value) <= Math.max(Math.abs(value) * 5.1e-4, Math.abs(value) < 1000 ? 0 : 0.5);
  };
  let count = 0;
  for (const [name, section] of Object.entries(summary)) {
    if (name === 'latency_ms' || Array.isArray(section) || isLeaf(section)) continue;
    const found = new Map(await rowsOf(`.figures section:has(h3 code:text-is("${name}")) tr`));
    const wanted = leaves(section, '');
    equal([...found.keys()].sort(), wanted.map(([key]) => key).sort(), `figures of ${name}`);
    for (const [key, value] of wanted) check(isSaid(found.get(key), value), `${name}.${key} is ${value}, and the report says ${found.get(key)}`);
    count += wanted.length;
  }
  check(count > 50, `only ${count} figures were compared`);
  const rows = new Map((await rowsOf('main > .wide tbody tr')).map(([name, ...cells]) => [name, cells]));
  for (const [name, latency] of Object.entries(summary.latency_ms).filter(([, value]) => !isLeaf(value))) {
    const [{ count: n }, cells] = [latency, rows.get(name) ?? []];
    equal(cells.slice(0, 5), ['p50', 'p90', 'p99', 'p999', 'max'].map((key) => (n === 0 ? 'none' : latency[key].toFixed(3))), name);
    check(isSaid(cells[5], n), `there were ${n} of ${name}, and the report says ${cells[5]}`);
  }
  await tab.context().close();
});

await law('Without scripts too, whoever asks for more contrast has words and lines in the colour of the text, in either theme', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const tab = await openTab(address, { javaScriptEnabled: false, colorScheme, contrast: 'more' });
    const colourOf = (name, what) => tab.locator(name).first().evaluate((item, key) => getComputedStyle(item)[key], what);
    const text = await colourOf('body', 'color');
    for (const [name, what] of [['footer', 'color'], ['.report .run', 'color'], ['footer', 'borderTopColor'], ['.figures section', 'borderTopColor']])
      equal(await colourOf(name, what), text, `${what} of ${name}, ${colorScheme}`);
    await tab.context().close();
  }
});

await law('The report of a run without a journal has the faults it remembers, and who joined it', async () => {
  const brief = await openRun(smallScenario({ points: 6 }), ['--no-journal']);
  await brief.post('/api/v1/charge-points', { cp_id: 'CP-LATE', zone: 'Z02' });
  await until('it is on', async () => (await brief.ask('/api/v1/charge-points/CP-LATE')).state === 'ACTIVATED', 30);
  await brief.post('/api/v1/charge-points/CP-LATE/inject-fault', { kind: 'engine_ko', duration: '10m' });
  await until('it is found', async () => (await brief.ask('/api/v1/faults')).faults.length === 1, 30);
  await brief.stop();
  const tab = await openTab(`file://${join(brief.out, 'report.html')}`);
  await tab.waitForFunction(() => window.chargemill?.stage?.frames > 0, null, { timeout: 60_000 });
  equal(await tab.evaluate(() => window.chargemill.faults.map(({ cp_id }) => cp_id)), ['CP-LATE'], 'faults');
  const found = await tab.evaluate(() => {
    const { plan, states } = window.chargemill;
    return [plan.points, plan.find('CP-LATE'), states.code(6)];
  });
  equal(found, [7, 6, 5], 'points, its place, its state');
  await tab.locator('[data-testid=feed] .fault button').first().click();
  equal(await tab.locator('[data-testid=drawer-faults] tbody tr').count(), 1, 'faults of its drawer');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

process.exit(await finish());
