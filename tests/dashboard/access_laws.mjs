// For everybody: with a keyboard alone, with a screen reader, with other eyes.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import {
  check, equal, findings, finish, law, openRun, openTab, root, shown, smallScenario, until,
} from './harness.mjs';

const live = await openRun(smallScenario(), ['--set', 'http.control=true']);
await live.post('/api/v1/charge-points/CP-000005/inject-fault', { kind: 'engine_ko', duration: '10m' });
await live.post('/api/v1/charge-points/CP-000006/stop');
await until('the fault is in the journal', async () => (await live.ask('/api/v1/faults')).faults.length > 0);

for (const theme of ['light', 'dark']) {
  for (const [name, query] of [['map', ''], ['table', 'view=table'], ['drawer', 'cp=CP-000005'], ['requests', 'panel=requests'], ['messages', 'panel=messages'],
    ['log', 'panel=log'], ['configuration', 'panel=config'], ['downloads', 'panel=downloads'],
    ['groups', 'group=1&state=faulted&zone=Z01']]) {
    await law(`axe finds nothing serious in the ${name} view of the ${theme} theme`, async () => {
      // The policy of the page lets no script of a test in; the test goes past it.
      const page = await openTab(`${live.base}/?${query}&theme=${theme}`, { bypassCSP: true });
      await shown(page).catch(() => page.getByTestId('zone-table').waitFor());
      if (name === 'drawer') await page.getByTestId('drawer-faults').waitFor();
      const found = await findings(page);
      await page.context().close();
      check(found.length === 0, found.join('\n'));
    });
  }
}

await law('A keyboard alone finds a fault, opens its charge point, acts, and comes back', async () => {
  const page = await openTab(live.base);
  await shown(page);
  await page.locator('[data-testid=feed] .fault').first().waitFor();
  const press = (key) => page.keyboard.press(key);
  const focus = () => page.evaluate(() => {
    const element = document.activeElement;
    return `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent ?? ''}`.trim();
  });
  const tabTo = async (what) => {
    for (let i = 0; i < 80; ++i) {
      await press('Tab');
      if (what.test(await focus())) return;
    }
    throw new Error(`no Tab leads to ${what}; last ${await focus()}`);
  };
  await press('6');
  await until('faults alone are shown', async () => page.url().includes('state=faulted'));
  await press('6');
  await until('all are shown again', async () => !page.url().includes('state='));
  await tabTo(/^CANVAS Map of 40 charge points/);
  await press('Home');
  const cursor = async () => (await page.getByTestId('map-cursor').textContent()).split(',')[0];
  await until('the cursor is at the first', async () => (await cursor()) === 'CP-000001');
  await press('ArrowRight');
  await until('the cursor has moved on', async () => (await cursor()) !== 'CP-000001');
  await press('ArrowDown');
  await press('End');
  await until('the cursor is at the last', async () => (await cursor()) === 'CP-000040');
  await press('Enter');
  await page.getByTestId('drawer').waitFor();
  await until('the drawer has the focus', async () => (await focus()) === 'H2 CP-000040');
  await press('ArrowLeft');
  await until('the one before is open', async () => page.url().includes('CP-000039'));
  await press('Escape');
  await until('it is closed', async () => (await page.getByTestId('drawer').count()) === 0);
  await press('/');
  await until('the search has the focus', async () => (await focus()).startsWith('INPUT'));
  await page.keyboard.type('CP-000005');
  await until('the feed has that one only', async () => {
    const names = await page.locator('[data-testid=feed] .fault button').allTextContents();
    return names.length > 0 && names.every((text) => text === 'CP-000005');
  });
  await tabTo(/^BUTTON CP-000005/);
  await press('Enter');
  await page.getByTestId('drawer').locator('.actions').waitFor();
  await tabTo(/^BUTTON Stop/);
  await press('Enter');
  await until('it is done', async () => (await live.ask('/api/v1/charge-points/CP-000005')).operator_stopped);
  await press('Escape');
  await page.context().close();
});

await law('Every focus is seen: its outline stands out from what is behind it', async () => {
  const page = await openTab(`${live.base}/?theme=light`);
  await shown(page);
  await page.keyboard.press('Tab');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineWidth);
  check(parseFloat(outline) >= 2, outline);
  await page.context().close();
});

await law('New faults are announced, together and not more often than every five seconds', async () => {
  const page = await openTab(live.base);
  await shown(page);
  equal(await page.getByTestId('announcer').getAttribute('role'), 'log', 'role');
  for (const cp of ['CP-000011', 'CP-000012'])
    await live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
  await until('they are announced', async () => /fault/i.test(await page.getByTestId('announcer').textContent()), 15);
  await page.context().close();
});

await law('With reduced motion nothing moves and the page changes once a second at most', async () => {
  const page = await openTab(live.base, { reducedMotion: 'reduce' });
  await shown(page);
  const draws = await page.evaluate(async () => {
    const { stage } = window.chargemill;
    const before = stage.frames;
    await new Promise((done) => setTimeout(done, 4000));
    return stage.frames - before;
  });
  check(draws <= 5, `${draws} changes in four seconds`);
  await page.context().close();
});

await law('No target is smaller than 24 pixels', async () => {
  const page = await openTab(`${live.base}/?cp=CP-000005`);
  await shown(page);
  const small = await page.locator('button:visible, select:visible').evaluateAll((items) => items
    .map((item) => [item.textContent, item.getBoundingClientRect()])
    .filter(([, box]) => box.height < 23.5 || box.width < 16).map(([text, box]) => `${text} ${box.width}x${box.height}`));
  equal(small, [], 'small ones');
  await page.context().close();
});

await law('The zoom buttons cover nothing of the map', async () => {
  const page = await openTab(live.base);
  await shown(page);
  const box = (selector) => page.locator(selector).boundingBox();
  const [map, zoom] = [await box('.map canvas'), await box('.zoom')];
  check(zoom.x >= map.x + map.width, `${JSON.stringify(zoom)} over ${JSON.stringify(map)}`);
  await page.context().close();
});

await law('The colours are what app/dashboard/README.md says of them, for everybody', async () => {
  execFileSync('python3', [join(root, 'app/dashboard/palette_check.py')]);
});

await live.stop();
process.exit(await finish());
