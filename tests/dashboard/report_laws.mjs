// The page of a finished run, opened from disk: the same parts, frozen.
import { join } from 'node:path';
import {
  axeSource, check, cut, equal, finish, folder, history, law, openRun, openTab, overlaps, root, smallScenario, until,
} from './harness.mjs';

const run = await openRun(smallScenario());
for (const cp of ['CP-000003', 'CP-000021'])
  await run.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '10m' });
await run.post('/api/v1/charge-points/CP-000030/stop');
await until('both are found', async () =>
  (await run.ask('/api/v1/faults?kind=FAULT')).faults.length >= 2);
await until('some seconds are in the series', async () => (await run.ask('/api/v1/series')).rows > 4, 20);
await run.stop();
const address = `file://${join(run.out, 'report.html')}`;
const page = await openTab(address, { width: 1280, height: 1100 });
const ready = () => page.waitForFunction(() => window.chargemill?.stage?.frames > 0, null, { timeout: 20_000 });

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
  const tab = await openTab(`${address}#now=faulted`, { width: 1280, height: 1100 });
  const row = tab.locator('[data-testid=feed] .fault', { hasText: 'CP-000003' }).first();
  await row.waitFor();
  const link = await row.locator('a').getAttribute('href');
  check(/^#(?=.*q=CP-000003)(?=.*from=)(?=.*to=)/.test(link), link);
  await row.locator('a').click();
  await until('its address is that of the link', async () => new URL(tab.url()).hash === link);
  const names = () => tab.locator('[data-testid=feed] .fault button').allTextContents();
  await until('only its rows are left', async () => (await names()).length > 0 && (await names()).every((name) => name === 'CP-000003'));
  await tab.locator('.filters select').nth(2).selectOption('Activated');
  await tab.getByText('No fault that fits.').waitFor();
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
    await tab.waitForFunction(() => window.chargemill?.stage?.frames > 0, null, { timeout: 20_000 });
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
    await tab.waitForFunction(() => document.querySelectorAll('.u-over').length === 6, null, { timeout: 20_000 });
    equal([...await cut(tab), ...await overlaps(tab)], [], `${width} pixels`);
    await tab.screenshot({ path: join(folder(join(root, 'build/screenshots')), `report-${width}.png`), fullPage: true });
    await tab.context().close();
  }
});

await law('Without scripts the report still has every figure', async () => {
  const tab = await openTab(address, { javaScriptEnabled: false });
  check(await tab.getByText('requests.sent', { exact: false }).count() > 0 || (await tab.locator('table').count()) > 4, 'tables');
  await tab.context().close();
});

await law('The report of a run without a journal has the faults it remembers, and who joined it', async () => {
  const brief = await openRun(smallScenario({ points: 6 }), ['--no-journal']);
  await brief.post('/api/v1/charge-points', { cp_id: 'CP-LATE', zone: 'Z02' });
  await until('it is on', async () => (await brief.ask('/api/v1/charge-points/CP-LATE')).state === 'ACTIVATED', 30);
  await brief.post('/api/v1/charge-points/CP-LATE/inject-fault', { kind: 'engine_ko', duration: '10m' });
  await until('it is found', async () => (await brief.ask('/api/v1/faults')).faults.length === 1, 30);
  await brief.stop();
  const tab = await openTab(`file://${join(brief.out, 'report.html')}`);
  await tab.waitForFunction(() => window.chargemill?.stage?.frames > 0, null, { timeout: 20_000 });
  equal(await tab.evaluate(() => window.chargemill.faults.map(({ cp_id }) => cp_id)), ['CP-LATE'], 'faults');
  const found = await tab.evaluate(() => {
    const { plan, states } = window.chargemill;
    return [plan.points, plan.find('CP-LATE'), states.code(6)];
  });
  equal(found, [7, 6, 5], 'points, its place, its state');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

process.exit(await finish());
