// For everybody: with a keyboard alone, with a screen reader, with other eyes.
import {
  check, cut, equal, findings, finish, law, openRun, openTab, overlaps, shown, smallScenario, until, wear,
} from './harness.mjs';

const live = await openRun(smallScenario(), ['--set', 'http.control=true']);
await live.post('/api/v1/charge-points/CP-000005/inject-fault', { kind: 'engine_ko', duration: '10m' });
await live.post('/api/v1/charge-points/CP-000006/stop');
await until('the fault is in the journal', async () => (await live.ask('/api/v1/faults')).faults.length > 0);

for (const [name, query] of [['map', ''], ['table', 'view=table'], ['charge points', 'view=table&zone=Z02'], ['drawer', 'cp=CP-000005'], ['requests', 'panel=requests'], ['messages', 'panel=messages'],
  ['log', 'panel=log'], ['configuration', 'panel=config'], ['downloads', 'panel=downloads'],
  ['groups', 'group=1&state=faulted&zone=Z01&filters=1'], ['large map', 'large=1']]) {
  let page = null;
  for (const theme of ['light', 'dark']) {
    await law(`axe finds nothing serious in the ${name} view of the ${theme} theme`, async () => {
      // The policy of the page lets no script of a test in; the test goes past it.
      page ??= await openTab(`${live.base}/?${query}`, { bypassCSP: true, colorScheme: theme });
      if (query.startsWith('view=table')) await page.getByTestId('zone-table').waitFor(); else await shown(page);
      if (name === 'drawer') await page.getByTestId('drawer-faults').waitFor();
      await wear(page, theme);
      const found = await findings(page);
      check(found.length === 0, found.join('\n'));
    });
  }
  await page?.context().close();
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
  await until('it is of no use any more', async () => (await page.getByRole('button', { name: 'Stop', exact: true }).getAttribute('aria-disabled')) === 'true');
  equal(await focus(), 'BUTTON Stop', 'what has the focus');
  await press('Escape');
  await until('from there too it is closed', async () => (await page.getByTestId('drawer').count()) === 0);
  await page.context().close();
});

await law('Tab leads past a long feed, and arrows lead from row to row', async () => {
  const page = await openTab(live.base);
  await shown(page);
  await page.locator('[data-testid=feed] .fault').first().waitFor();
  await page.evaluate(() => {
    const { chargemill: store } = window;
    const at = Date.parse(store.faults[0].timestamp);
    const rows = Array.from({ length: 3000 }, (_, i) => ({ ...store.faults[0], id: 1e6 + i, timestamp: new Date(at - 120_000 - i * 1000).toISOString() }));
    store.addFaults(rows);
  });
  const feed = page.getByTestId('feed');
  const row = () => page.evaluate(() => Number(document.activeElement.closest('.fault')?.getAttribute('aria-posinset') ?? 0));
  await until('there are many rows', async () => /^[23]/.test(await page.getByTestId('feed-count').textContent().then((text) => text.replace(/\D/g, ''))) && (await feed.locator('.fault').count()) > 8);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();  // or each new fault moves all by one
  await feed.focus();
  await page.keyboard.press('Tab');
  const first = await row();
  check(first > 0, 'Tab leads into the rows');
  for (let i = 1; i <= 40; ++i) {
    await page.keyboard.press('ArrowDown');
    await until(`it is ${i} rows further`, async () => (await row()) === first + i);
  }
  const place = await page.evaluate(() => [document.activeElement, document.querySelector('[data-testid=feed]')].map((item) => item.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom]));
  check(place[0][0] >= place[1][0] - 1 && place[0][1] <= place[1][1] + 1, `it is in sight: ${place}`);
  await page.keyboard.press('ArrowUp');
  await until('and one back', async () => (await row()) === first + 39);
  await page.keyboard.press('Tab');
  equal(await row(), first + 39, 'the button of the row is next to its time');
  await page.keyboard.press('Tab');
  equal(await row(), 0, 'what follows is no row');
  await page.keyboard.press('Shift+Tab');
  equal(await row(), first + 39, 'Tab leads back to the row that was left');
  equal(page.complaints, [], 'complaints');
  await page.context().close();
});

await law('Tab leads past the rows of a table, and arrows from one to the next', async () => {
  const page = await openTab(`${live.base}/?view=table&zone=Z01`);
  await page.getByTestId('point-table').waitFor();
  const name = () => page.evaluate(() => document.activeElement.textContent);
  const rowsOf = (table) => page.getByTestId(table).locator('tbody button').allTextContents();
  for (const table of ['zone-table', 'point-table']) {
    const rows = await rowsOf(table);
    check(rows.length > 3, `${rows}`);
    await page.locator('.table-box', { has: page.getByTestId(table) }).focus();
    await page.keyboard.press('Tab');
    equal(await name(), rows[0], 'Tab leads to the first');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    equal(await name(), rows[2], 'arrows lead on');
    await page.keyboard.press('ArrowUp');
    equal(await name(), rows[1], 'and back');
    await page.keyboard.press('Tab');
    check(!rows.includes(await name()), `what follows is no row: ${await name()}`);
    await page.keyboard.press('Shift+Tab');
    equal(await name(), rows[1], 'and from there it is back where it was');
  }
  equal(page.complaints, [], 'complaints');
  await page.context().close();
});

await law('Whoever hears a list cell by cell is told of what its row is', async () => {
  for (const [query, names] of [['panel=requests', ['requests']], ['panel=messages', ['messages']], ['panel=log', ['log']], ['cp=CP-000005', ['drawer-faults', 'drawer-reports']]]) {
    const page = await openTab(`${live.base}/?${query}`);
    for (const name of names) {
      const rows = page.locator(`[data-testid=${name}] tbody tr`);
      await until(`${name} has rows`, async () => (await rows.count()) > 0);
      const heads = await rows.evaluateAll((all) => all.map((row) => row.querySelectorAll('th[scope=row]').length));
      check(heads.every((n) => n === 1), `${name}: ${heads}`);
    }
    await page.context().close();
  }
});

await law('At 1280 pixels no time of a list is broken over lines', async () => {
  for (const [query, name] of [['panel=requests', 'requests'], ['panel=messages', 'messages'], ['panel=log', 'log']]) {
    const page = await openTab(`${live.base}/?${query}`);
    const times = page.locator(`[data-testid=${name}] tbody tr > :first-child`);
    await until(`${name} has rows`, async () => (await times.count()) > 0);
    const broken = await times.evaluateAll((all) => all.map((cell) => {
      const text = document.createRange();
      text.selectNodeContents(cell);
      return [cell.textContent, new Set([...text.getClientRects()].map(({ top }) => top)).size];
    }).filter(([, lines]) => lines !== 1));
    equal(broken, [], name);
    const beyond = await page.locator('.panel .rows').evaluate((box) => box.scrollWidth - box.clientWidth);
    check(beyond <= 1, `${name} is ${beyond} pixels wider than its place`);
    await page.context().close();
  }
});

await law('At 1280 pixels values of the configuration are whole, and reasons of faults can be told apart', async () => {
  const page = await openTab(`${live.base}/?panel=config`);
  await page.getByTestId('config').waitFor();
  const broken = await page.locator('[data-testid=config] tbody .whole').evaluateAll((all) => [all.length > 40, ...all.filter((text) => text.getClientRects().length > 1).map((text) => text.textContent)]);
  equal(broken, [true], 'values that are broken over lines');
  const beyond = await page.locator('.panel .rows').evaluate((box) => box.scrollWidth - box.clientWidth);
  check(beyond <= 1, `it is ${beyond} pixels wider than its place`);
  await page.getByRole('tab', { name: 'Faults' }).click();
  const reason = page.locator('[data-testid=feed] .fault', { hasText: 'Health check failures' }).first().locator('.reason');
  await reason.waitFor();
  const [usual, left] = await reason.evaluate((item) => {
    const text = document.createRange();
    text.selectNodeContents(item.lastChild);
    return [item.querySelector('.word').getBoundingClientRect().width, text.getBoundingClientRect().left - item.getBoundingClientRect().left];
  });
  check(usual <= 1 && left <= 1, `what differs begins ${left} pixels from the left, after ${usual} of what does not`);
  equal(await reason.getAttribute('title'), await reason.textContent(), 'all of it');
  await page.context().close();
});

await law('What leads no further says so and keeps the focus', async () => {
  const page = await openTab(`${live.base}/?cp=CP-000040`);
  await shown(page);
  const next = page.getByRole('button', { name: 'Next charge point' });
  await until('there is no next one', async () => (await next.getAttribute('aria-disabled')) === 'true');
  await next.press('Enter');
  check(await next.evaluate((item) => document.activeElement === item) && page.url().includes('cp=CP-000040'), page.url());
  await page.keyboard.press('ArrowLeft');
  await until('but one before', async () => page.url().includes('cp=CP-000039') && (await next.getAttribute('aria-disabled')) === 'false');
  await page.context().close();

  const many = await openRun(smallScenario({ points: 220 }));
  const table = await openTab(`${many.base}/?view=table&state=available`);
  await table.getByTestId('point-table').waitFor();
  await until('there is more than one part', async () => (await table.getByTestId('point-count').textContent()).includes(', 1 to 100'));
  const after = table.getByRole('button', { name: 'Those after' });
  await after.focus();
  for (let i = 0; i < 4; ++i) await table.keyboard.press('Enter');
  await until('it is the last part', async () => (await after.getAttribute('aria-disabled')) === 'true');
  check(await after.evaluate((item) => document.activeElement === item), 'it has the focus');
  check(/[?&]part=[23]\b/.test(table.url()), table.url());
  equal(table.complaints, [], 'complaints');
  await table.context().close();
  many.kill();
});

await law('Every focus is seen: its outline stands out from what is behind it', async () => {
  const page = await openTab(`${live.base}/?theme=light`);
  await shown(page);
  const seen = new Set();
  let wasOnMap = false;
  for (let i = 0; i < 30; ++i) {
    await page.keyboard.press('Tab');
    const [name, width, colour, isOnMap] = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      const { tagName, id, className, textContent } = document.activeElement;
      return [`${tagName} ${id} ${className} ${textContent.slice(0, 20)}`, parseFloat(style.outlineWidth), style.outlineColor,
        document.activeElement.closest('.map') !== null];
    });
    seen.add(name);
    wasOnMap ||= isOnMap && !name.startsWith('CANVAS');
    // Dark blue on the light page, yellow on the dark map: 3 to 1 and more against what is behind each.
    const wanted = isOnMap ? 'rgb(255, 211, 77)' : 'rgb(11, 99, 181)';
    check(width >= 2 && (colour === wanted || name.startsWith('BODY')), `${name}: ${width} ${colour}`);
  }
  check(seen.size > 20, `only ${seen.size} had the focus`);
  check(wasOnMap, 'no button of the map had it');
  await page.context().close();
});

await law('The edge of every field stands out from what is behind it, three to one and more', async () => {  // WCAG 1.4.11
  for (const theme of ['light', 'dark']) {
    const page = await openTab(`${live.base}/?theme=${theme}&filters=1`);
    await shown(page);
    const faint = await page.evaluate(() => {
      const light = (colour) => {
        const [r, g, b] = colour.match(/[\d.]+/g).slice(0, 3).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
      };
      const fields = [...document.querySelectorAll('input:not([type=checkbox]), select')].filter((item) => item.checkVisibility());
      return [fields.length, ...fields.map((item) => [getComputedStyle(item).borderTopColor, getComputedStyle(item).backgroundColor].map(light))
        .map(([edge, back]) => Math.max(edge, back) / Math.min(edge, back)).filter((ratio) => ratio < 3)];
    });
    check(faint[0] > 4 && faint.length === 1, `${theme}: ${faint}`);
    await page.context().close();
  }
});

await law('New faults are announced, whatever one looks at, together and not more often than every five seconds', async () => {
  const page = await openTab(`${live.base}/?panel=requests&cp=CP-000005`);
  await shown(page);
  await page.waitForFunction(() => window.chargemill.areFaultsKnown, null, { timeout: 60_000 });
  equal(await page.getByTestId('announcer').getAttribute('role'), 'log', 'role');
  for (const cp of ['CP-000011', 'CP-000012'])
    await live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
  await until('they are announced', async () => /fault/i.test(await page.getByTestId('announcer').textContent()), 30);
  check(await page.getByTestId('announcer').evaluate((item) => item.checkVisibility({ visibilityProperty: true })), 'a hidden region is silent');
  await page.context().close();
});

await law('What has the focus is called as it was when it got it, however often its figures change', async () => {
  const page = await openTab(live.base);
  await shown(page);
  const broken = () => page.evaluate(() => window.chargemill.total[5]);
  const canvas = page.getByTestId('map').locator('canvas');
  const tile = page.locator('.tile[data-state=faulted]');
  const legend = page.locator('.legend button').nth(5);
  for (const [item, cp] of [[canvas, 'CP-000014'], [tile, 'CP-000015'], [legend, 'CP-000016']]) {
    const before = await broken();
    await item.focus();
    const name = await item.getAttribute('aria-label');
    check(name.includes('roken'), name);
    check(/\d/.test(name), name);
    await live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '10m' });
    await until('one more is broken', async () => (await broken()) > before, 30);
    await until('the figures say so', async () => Number((await page.getByTestId('count-faulted').textContent()).replace(/\D/g, '')) > before);
    equal(await item.getAttribute('aria-label'), name, 'name');
    await item.blur();
    await until('it has other words once it is left', async () => (await item.getAttribute('aria-label')) !== name);
  }
  equal(await tile.getAttribute('aria-label'), null, 'a tile is called by its own words');
  await page.context().close();
});

await law('A fault in the same words as the one before is announced again', async () => {
  const page = await openTab(live.base);
  await shown(page);
  await page.waitForFunction(() => window.chargemill.areFaultsKnown, null, { timeout: 60_000 });
  const said = () => page.getByTestId('announcer').locator('p').allTextContents();
  for (let n = 1; n <= 2; ++n) {
    await live.post('/api/v1/charge-points/CP-000013/inject-fault', { kind: 'engine_ko', duration: '1s' });
    await until(`it is said ${n} times`, async () => (await said()).filter((text) => text.startsWith('Fault at CP-000013')).length === n, 30);
  }
  const [first, second] = (await said()).filter((text) => text.startsWith('Fault at CP-000013'));
  equal(second, first, 'words');
  await page.context().close();
});

await law('That too many are broken again is said once it is time, if it is still so', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await tab.evaluate(async () => {
    const { html, render } = await import('/page/vendor/preact_htm.js');
    const { Alert } = await import('/page/feed.js');
    const box = document.body.appendChild(document.createElement('div'));
    box.id = 'alone';
    window.showBroken = (n) => render(html`<${Alert} store=${{ hello: { points: 40 }, pulse: { states: [0, 0, 0, 0, 0, n] } }} pageMs=${2000} />`, box);
  });
  const begun = performance.now();
  for (const [n, said] of [[9, '9 charge points are broken: too many'], [0, ''], [8, '8 charge points are broken: too many']]) {
    await tab.evaluate((broken) => window.showBroken(broken), n);
    await until(`of ${n} it is said: ${said}`, async () => (await tab.locator('#alone').textContent()) === said);
  }
  check(performance.now() - begun > 2000, 'not more often than it may');
  await tab.context().close();
});

await law('Whoever closes a charge point is where it was opened from, on the map or in the feed', async () => {
  for (const width of [1280, 1920]) {
    const page = await openTab(`${live.base}/?q=CP-000005`, { width });
    await shown(page);
    const focus = () => page.evaluate(() => `${document.activeElement.tagName} ${document.activeElement.textContent}`.trim());
    const row = page.locator('[data-testid=feed] .fault button').first();
    await row.focus();
    await page.keyboard.press('Enter');
    await until('the drawer has the focus', async () => (await focus()) === 'H2 CP-000005');
    await page.keyboard.press('Escape');
    await until('the row has it back', async () => (await focus()) === 'BUTTON CP-000005');
    await page.getByTestId('map').locator('canvas').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await until('the drawer has it', async () => (await focus()) === 'H2 CP-000001');
    // With Alt an arrow is the browser's: a step back in its history, and no charge point beside this one.
    await page.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', altKey: true, bubbles: true })));
    await page.keyboard.press('Escape');
    await until('the map has it back', async () => (await focus()) === 'CANVAS');
    check(!page.url().includes('cp='), page.url());
    equal(await page.getByTestId('map-cursor').textContent().then((text) => text.split(',')[0]), 'CP-000001', 'cursor');
    await page.context().close();
  }
});

await law('Keys 1 to 6 leave one state alone each, and pressed once more bring back all', async () => {
  const page = await openTab(live.base);
  await shown(page);
  const lit = () => page.evaluate(() => {
    const isLit = window.chargemill.stage.isLit();
    return [0, 1, 2, 3, 4, 5].filter((code) => isLit === null || isLit(code, 0)).join('');
  });
  for (const [code, name] of ['available', 'charging', 'starting', 'stopped', 'disconnected', 'faulted'].entries()) {
    await page.keyboard.press(String(code + 1));
    await until(`${name} is left alone`, async () => (await lit()) === String(code) && page.url().includes(`state=${name}`));
    await until('it is pressed in the legend, and no other', async () =>
      JSON.stringify(await page.locator('.legend button[aria-pressed=true] .swatch').evaluateAll((all) => all.map((one) => one.getAttribute('class')))) === `["swatch s-${name}"]`);
    await page.keyboard.press(String(code + 1));
    await until('all are back', async () => (await lit()) === '012345' && !page.url().includes('state='));
  }
  await page.context().close();
});

await law('Keys can be looked up, and those that work everywhere can be switched off', async () => {
  const page = await openTab(live.base, { bypassCSP: true });
  await shown(page);
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await page.keyboard.press('?');
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await until('it is closed', async () => !(await dialog.isVisible()));
  await page.getByRole('button', { name: 'Keys' }).click();
  await dialog.waitFor();
  equal(await findings(page), [], 'axe');
  await dialog.getByLabel('these are on').uncheck();
  await page.keyboard.press('Escape');
  await until('it is closed', async () => !(await dialog.isVisible()));
  await until('the address has it', async () => page.url().includes('keys=off'));
  await page.keyboard.press('6');
  await page.keyboard.press('/');
  await page.keyboard.press('?');
  check(!(await dialog.isVisible()), 'the keys are shown');
  check(!page.url().includes('state='), page.url());
  check(await page.evaluate(() => document.activeElement.id !== 'search'), 'the search has the focus');
  equal(await page.locator('.legend kbd').count(), 0, 'keys in the legend');
  await page.getByTestId('map').locator('canvas').focus();
  await page.keyboard.press('End');  // those of what has the focus are not meant
  await until('the cursor moves', async () => (await page.getByTestId('map-cursor').textContent()).startsWith('CP-000040'));
  await page.getByRole('button', { name: 'Keys' }).click();
  await dialog.getByLabel('these are on').check();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('6');
  await until('they work again', async () => page.url().includes('state=faulted') && !page.url().includes('keys='));
  await page.context().close();
});

await law('Where the system chooses the colours, what is pressed and what is chosen still stand out', async () => {
  const page = await openTab(`${live.base}/?state=faulted`, { forcedColors: 'active' });
  await shown(page);
  const pairs = [['.legend button[aria-pressed=true]', '.legend button[aria-pressed=false]'], ['.tile[aria-pressed=true]', '.tile[aria-pressed=false]'],
    ['[role=tab][aria-selected=true]', '[role=tab][aria-selected=false]']];
  for (const pair of pairs) {
    const [on, off] = await Promise.all(pair.map((name) => page.locator(name).first().evaluate((item) => getComputedStyle(item).backgroundColor)));
    check(on !== off, `${pair[0]}: ${on} either way`);
  }
  await page.context().close();
});

await law('Where the system chooses the colours, what is drawn keeps the ground that its own are chosen for', async () => {
  const { sessions } = await until('a session is over', async () => {
    const found = await live.ask('/api/v1/sessions?status=COMPLETED&limit=1');
    return found.sessions.length > 0 && found;
  }, 60);
  for (const theme of ['light', 'dark']) {
    const page = await openTab(`${live.base}/?theme=${theme}&cp=${sessions[0].cp_id}`, { forcedColors: 'active', width: 1920, height: 1080 });
    await shown(page);
    await page.getByTestId('power').waitFor();
    await page.waitForFunction(() => window.chargemill.series.length > 2 && document.querySelectorAll('.u-over').length === 6, null, { timeout: 30_000 });
    const bad = await page.evaluate(() => {
      const light = (colour) => {
        const [r, g, b] = colour.match(/[\d.]+/g).slice(0, 3).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
      };
      const found = [];
      for (const name of ['.swatch', '.map', '.timeline', '.energy', '.spark', '.power', '.plot', '.key svg']) {
        const items = [...document.querySelectorAll(name)];
        if (items.length === 0) found.push(`no ${name}`);
        if (items.some((item) => getComputedStyle(item).forcedColorAdjust !== 'none')) found.push(`${name} is painted over`);
      }
      for (const [name, what] of [['.energy rect', 'fill'], ['.spark polyline', 'stroke'], ['.power polyline', 'stroke'], ['.key line', 'stroke']]) {
        for (const item of document.querySelectorAll(name)) {
          const [a, b] = [getComputedStyle(item)[what], getComputedStyle(item.closest('svg')).backgroundColor].map(light);
          if (Math.max(a, b) / Math.min(a, b) < 3) found.push(`${name} is faint`);
        }
      }
      return found;
    });
    equal(bad, [], `in the ${theme} theme`);
    await page.context().close();
  }
});

await law('Whoever asks for more contrast has lines and words in the colour of the text, in either theme', async () => {
  for (const theme of ['light', 'dark']) {
    const page = await openTab(`${live.base}/?theme=${theme}`, { contrast: 'more' });
    await shown(page);
    const colours = await page.evaluate(() => [getComputedStyle(document.body).color, ...[...document.querySelectorAll('.tile-name, .age, .legend button, #search')]
      .flatMap((item) => [getComputedStyle(item).color, getComputedStyle(item).borderTopColor])]);
    check(colours.length > 20, `${colours.length} colours`);
    equal([...new Set(colours)], [colours[0]], `colours of the ${theme} theme`);
    await page.context().close();
  }
});

await law('The theme is the system\'s, and goes with it, until a person chooses one', async () => {
  const page = await openTab(live.base, { colorScheme: 'light' });
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  await until('it is light', async () => (await theme()) === 'light');
  await shown(page);
  for (let i = 0; i < 20; ++i) {  // a page that draws while the system changes missed one of many
    for (const colorScheme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme });
      await until(`it is ${colorScheme} (${i})`, async () => (await theme()) === colorScheme);
    }
  }
  await page.emulateMedia({ colorScheme: 'dark' });
  await until('it is dark', async () => (await theme()) === 'dark');
  await page.getByRole('button', { name: 'Switch to the light theme' }).click();
  await until('it is what was chosen', async () => (await theme()) === 'light' && page.url().includes('theme=light'));
  await page.context().close();
});

await law('At 320 pixels, a wide window at four times its size, nothing needs to be scrolled sideways, and nothing lies over anything', async () => {  // WCAG 1.4.10
  for (const query of ['', 'view=table&zone=Z01', 'cp=CP-000005', 'panel=messages']) {
    const page = await openTab(`${live.base}/?${query}`, { width: 320, height: 640 });
    await page.waitForFunction(() => window.chargemill?.states && window.chargemill.series.length > 1, null, { timeout: 60_000 });
    if (query.startsWith('cp=')) await page.getByTestId('drawer').locator('.facts').waitFor();
    const wide = await page.evaluate(() => [document.documentElement.scrollWidth, ...[...document.querySelectorAll('body *')]
      .filter((item) => item.getBoundingClientRect().right > innerWidth + 1 && item.checkVisibility() && !item.closest('.table-box, .rows, .hidden'))
      .slice(0, 5).map((item) => `${item.tagName} ${item.className} ${item.textContent.slice(0, 30)}`)]);
    equal(wide, [320], `how wide ${query || 'the map'} is, and what reaches beyond`);
    equal((await overlaps(page)).filter((text) => text.includes(' over ')), [], 'one above the other');
    equal((await cut(page)).filter((text) => text.startsWith('tile-')), [], 'tiles');
    if (query.startsWith('cp=')) check(await page.locator('.side').isHidden(), 'the feed leaves a hole');
    await page.context().close();
  }
});

await law('With reduced motion nothing moves and the page changes once a second at most', async () => {
  const page = await openTab(live.base, { reducedMotion: 'reduce' });
  await shown(page);
  await page.waitForFunction(() => window.chargemill.areFaultsKnown && window.chargemill.series.length > 2, null, { timeout: 60_000 });
  // The fewest of three looks: what comes together is two changes where the second waits for a core.
  const look = () => page.evaluate(async () => {
    const { stage } = window.chargemill;
    const before = stage.frames;
    const begun = performance.now();
    let [last, count] = [-Infinity, 0];
    // What changes together is one change, effects after it included.
    const watcher = new MutationObserver(() => {
      const now = performance.now();
      if (now - last > 400) ++count;
      last = now;
    });
    watcher.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    await new Promise((done) => setTimeout(done, 5000));
    watcher.disconnect();
    return [stage.frames - before, count, (performance.now() - begun) / 1000];
  });
  const isCalm = ([draws, moments, seconds]) => Math.max(draws, moments) <= seconds + 1;
  const looks = [];
  while (looks.length < 3 && !looks.some(isCalm)) looks.push(await look());
  check(looks.some(isCalm), looks.map(([draws, moments, seconds]) => `${draws} frames of the map, ${moments} changes in ${seconds} seconds`).join('; '));
  await page.context().close();
});

await law('Whoever moves on the map with keys sees the name, and all of it', async () => {
  const page = await openTab(live.base);
  await shown(page);
  await page.getByTestId('map').locator('canvas').focus();
  for (const [key, name] of [['Home', 'CP-000001'], ['End', 'CP-000040']]) {
    await page.keyboard.press(key);
    await until('its name is there', async () => (await page.getByTestId('tip').textContent().catch(() => '')).startsWith(name));
    const [tip, map] = [await page.getByTestId('tip').boundingBox(), await page.getByTestId('map').boundingBox()];
    check(tip.x >= map.x && tip.x + tip.width <= map.x + map.width && tip.y >= map.y && tip.y + tip.height <= map.y + map.height,
      `${JSON.stringify(tip)} beyond ${JSON.stringify(map)}`);
  }
  await page.keyboard.press('Tab');
  await until('it goes with the focus', async () => (await page.getByTestId('tip').count()) === 0);
  await page.context().close();
});

await law('Keys lead from the view from afar to cells that can be seen', async () => {
  const page = await openTab(`${live.base}/?at=0.5`);
  await shown(page);
  await page.getByTestId('map').locator('canvas').focus();
  await page.keyboard.press('End');
  await until('its name is there', async () => (await page.getByTestId('tip').textContent().catch(() => '')).startsWith('CP-000040'));
  const [tip, cell, scale] = await page.evaluate(() => {
    const { stage } = window.chargemill;
    const at = stage.canvas.getBoundingClientRect();
    const { x, y } = stage.places;
    const box = document.querySelector('.tip').getBoundingClientRect();
    return [[box.left, box.right, box.top, box.bottom], [at.x + (x[39] - stage.view.left) * stage.view.scale, at.y + (y[39] - stage.view.top) * stage.view.scale], stage.view.scale];
  });
  check(scale >= 0.75, `scale ${scale}`);
  const far = Math.hypot(Math.max(tip[0] - cell[0], 0, cell[0] - tip[1]), Math.max(tip[2] - cell[1], 0, cell[1] - tip[3]));
  check(far < 40, `the name is ${far} pixels from its cell`);
  await page.context().close();
});

await law('/ leads to the search from every view', async () => {
  for (const [query, width] of [['panel=requests', 1280], ['cp=CP-000005', 1280], ['panel=log&cp=CP-000005', 1920]]) {
    const page = await openTab(`${live.base}/?${query}`, { width });
    await shown(page);
    if (query.includes('cp=')) await page.getByTestId('drawer').locator('.facts').waitFor();
    await page.keyboard.press('/');
    await until(`${query}: the search has the focus`, () => page.evaluate(() => document.activeElement.id === 'search'));
    await page.keyboard.type('CP-000005');
    equal(await page.locator('#search').inputValue(), 'CP-000005', 'what was typed');
    await page.context().close();
  }
});

await law('At 1280 pixels a drawer is whole: the page does not scroll, and its facts and tables fit', async () => {
  await until('a session is over', async () => (await live.ask('/api/v1/sessions?status=COMPLETED&limit=1')).sessions.length > 0, 60);
  const [{ cp_id: cp }] = (await live.ask('/api/v1/sessions?status=COMPLETED&limit=1')).sessions;
  for (const [width, height] of [[1280, 800], [1920, 1080]]) {
    const page = await openTab(`${live.base}/?cp=${cp}`, { width, height });
    await shown(page);
    await page.getByTestId('drawer-sessions').waitFor();
    equal([...await cut(page), ...await overlaps(page)], [], `${width} pixels`);
    await page.context().close();
  }
});

await law('No target is smaller than 24 pixels', async () => {
  for (const query of ['cp=CP-000005', '', 'panel=downloads']) {
    const page = await openTab(`${live.base}/?${query}`);
    await shown(page);
    if (query === 'panel=downloads') await page.getByTestId('downloads').waitFor();
    if (query !== '') await until('something is there', async () => (await page.locator('.drawer button, [data-testid=downloads] a').count()) > 3);
    // A label is part of its field: who hits it hits the box.
    const small = await page.locator('button:visible, select:visible, input:not([type=checkbox]):visible, label:has([type=checkbox]):visible, a:visible').evaluateAll((items) => items
      .map((item) => [item.textContent, item.getBoundingClientRect()])
      .filter(([, box]) => box.height < 23.5 || box.width < 23.5).map(([text, box]) => `${text} ${box.width}x${box.height}`));
    equal(small, [], `small ones of ${query}`);
    await page.context().close();
  }
});

await law('The zoom buttons cover nothing of the map', async () => {
  const page = await openTab(live.base);
  await shown(page);
  const box = (selector) => page.locator(selector).boundingBox();
  const [map, zoom] = [await box('.map canvas'), await box('.zoom')];
  check(zoom.x >= map.x + map.width, `${JSON.stringify(zoom)} over ${JSON.stringify(map)}`);
  await page.context().close();
});

process.exit(await finish());
