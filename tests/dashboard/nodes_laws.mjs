// A run on several nodes is one page, with a tab for its nodes.
import {
  check, equal, findings, finish, history, law, openRun, openTab, overlaps, shown, smallScenario, until,
} from './harness.mjs';

const live = await openRun(smallScenario(), ['--nodes', '2', '--workers', '1', '--set', 'http.control=true']);

await law('The map of a run on two nodes shows the charge points of both, and each can be acted on', async () => {
  const page = await openTab(live.base);
  await shown(page);
  await until('all are on', async () => (await page.getByTestId('count-disconnected').textContent()) === '0', 60);
  // Shards go round: a site of each is on either node.
  for (const cp of ['CP-000001', 'CP-000015', 'CP-000040']) {
    await live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
    await page.locator('[data-testid=feed] .fault', { hasText: cp }).first().waitFor({ timeout: 60_000 });
  }
  const rows = await until('all recover', async () => {
    const found = await history(live.out, 'faults', ['--limit', '100']);
    return (found.faults ?? found).length >= 6 && (found.faults ?? found);
  }, 60);
  const ids = rows.map(({ id }) => id);
  equal(new Set(ids).size, ids.length, 'numbers of rows');
  const tab = await openTab(`${live.base}/?cp=CP-000015`);
  await tab.getByRole('button', { name: 'Stop', exact: true }).click();
  await until('it is stopped', async () => (await live.ask('/api/v1/charge-points/CP-000015')).state === 'STOPPED', 60);
  equal(page.complaints, [], 'complaints');
  await tab.context().close();
  await page.context().close();
});

await law('A feed that is filtered has new faults of both nodes, whichever journal is the longer', async () => {
  const page = await openTab(`${live.base}/?q=CP-0`);
  await shown(page);
  check((await page.locator('h1').textContent()).includes('2 nodes'), await page.locator('h1').textContent());
  await page.locator('[data-testid=feed] .fault').first().waitFor({ timeout: 60_000 });
  // One of each node, and again: one of the two has a number below those that are there.
  for (const cp of ['CP-000002', 'CP-000016', 'CP-000003', 'CP-000017', 'CP-000039']) {
    await live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
    await page.locator('[data-testid=feed] .fault', { hasText: cp }).first().waitFor({ timeout: 60_000 });
  }
  const times = await page.evaluate(() => [...document.querySelectorAll('[data-testid=feed] .fault .time')].map((item) => item.textContent));
  equal(times, [...times].sort().reverse(), 'the newest is first');
  await page.context().close();
});

await law('The tab Nodes has a row for each, with what the API says of it', async () => {
  const page = await openTab(live.base);
  await shown(page);
  await page.getByRole('tab', { name: 'Nodes' }).click();
  check(page.url().includes('panel=nodes'), page.url());
  const cells = () => page.locator('[data-testid=nodes] tbody tr').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  const rows = await until('both have told', async () => {
    const found = await cells();
    return found.length === 2 && found.every((row) => row[1] !== 'lost') && found;
  }, 60);
  const { nodes } = await live.ask('/api/v1/nodes');
  equal(rows.map(([name, state, points, drivers]) => [name, state, Number(points), Number(drivers)]),
    nodes.map((node) => [node.name, node.state, node.charge_points, node.drivers]), 'names, states, charge points, drivers');
  equal(nodes.reduce((sum, node) => sum + node.charge_points, 0), 40, 'charge points');
  equal(rows[0][1], 'leads', 'state');
  equal(rows.map((row) => row[10]), ['all', 'all'], 'roles');
  await until('the link of the other is told by the second', async () => / [kM]?B\/s$/.test((await cells()).find(([, state]) => state !== 'leads')[9]));
  // It lives: each second anew.
  const before = (await live.ask('/api/v1/nodes')).nodes[1].messages;
  await until('messages go on', async () => (await live.ask('/api/v1/nodes')).nodes[1].messages > before, 60);
  equal(await overlaps(page), [], 'parts');
  equal(page.complaints, [], 'complaints');
  await page.context().close();
});

await law('Tab and arrows lead to it, and axe finds nothing serious there in either theme', async () => {
  for (const theme of ['light', 'dark']) {
    const page = await openTab(`${live.base}/?theme=${theme}`, { bypassCSP: true });
    await shown(page);
    const names = ['Faults', 'Requests', 'Messages'];
    for (const [at, name] of names.entries()) {
      await page.getByRole('tab', { name, selected: true }).press('ArrowRight');
      const next = `tab-${(names[at + 1] ?? 'Nodes').toLowerCase()}`;
      await until('it leads to the next', () => page.evaluate((id) => document.activeElement.id === id, next), 30);
    }
    await page.getByTestId('nodes').waitFor();
    equal(await page.evaluate(() => document.activeElement.id), 'tab-nodes', 'focus');
    equal(await findings(page), [], `axe, ${theme}`);
    await page.context().close();
  }
});

await law('The page of a finished run has the states and faults of both nodes, and how these stood', async () => {
  await live.stop();
  const report = await openTab(`file://${live.out}/report.html`);
  await report.waitForFunction(() => document.querySelectorAll('.fault').length > 0, null, { timeout: 60_000 });
  await report.getByRole('tab', { name: 'Nodes' }).click();
  await report.getByTestId('nodes').waitFor();
  const points = await report.locator('[data-testid=nodes] tbody tr td:nth-child(3)').allTextContents();
  equal(points.reduce((sum, text) => sum + Number(text), 0), 40, 'charge points of the nodes');
  equal(report.complaints, [], 'complaints');
  await report.context().close();
});

const alone = await openRun(smallScenario());
await law('A run on one node has no such tab', async () => {
  const page = await openTab(`${alone.base}/?panel=nodes`);
  await shown(page);
  equal(await page.getByRole('tab', { name: 'Nodes' }).count(), 0, 'tabs');
  equal(await page.getByRole('tab', { name: 'Faults' }).getAttribute('aria-selected'), 'true', 'chosen');
  await page.context().close();
});

process.exit(await finish());
