// The map: how much of the window it has, where cells stand, what they show from near and from afar.
import {
  check, equal, finish, law, openRun, openTab, overlaps, shown, smallScenario, until,
} from './harness.mjs';

const live = await openRun(smallScenario(), ['--set', 'http.control=true']);

await law('The middle of the map stays in sight beside an open charge point, and in a window of another shape', async () => {
  for (const width of [1280, 1920]) {
    const tab = await openTab(`${live.base}/?at=6%2C21`, { width });
    await shown(tab);
    const isSeen = () => tab.evaluate(() => {
      const { places, view, canvas } = window.chargemill.stage;
      const [x, y] = [(places.x[21] - view.left) * view.scale, (places.y[21] - view.top) * view.scale];
      const size = places.cell * view.scale;
      return view.scale === 6 && x > -size && y > -size && x < canvas.clientWidth && y < canvas.clientHeight;
    });
    check(await isSeen(), `it is not in sight at ${width} pixels`);
    await tab.getByTestId('map').locator('canvas').click({ position: await tab.evaluate(() => {
      const { canvas } = window.chargemill.stage;
      return { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 };
    }) });
    await tab.getByTestId('drawer').locator('.facts').waitFor();
    check(tab.url().includes('cp=CP-0000'), tab.url());
    const wide = () => tab.evaluate(() => window.chargemill.stage.canvas.clientWidth);
    const beside = await wide();
    await tab.keyboard.press('Escape');
    if (width === 1920) await until('the map has its room back', async () => (await wide()) > beside);
    check(await isSeen(), `it is not in sight any more at ${width} pixels`);
    await tab.context().close();
  }
});

await law('The map has three fifths of the window, with figures, legend, feed and charts in sight, and more when it is made large', async () => {
  for (let point = 1; point <= 6; ++point)
    await live.post(`/api/v1/charge-points/CP-00000${point}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
  for (const [width, height] of [[1280, 800], [1440, 900], [1920, 1080]]) {
    const tab = await openTab(live.base, { width, height });
    await shown(tab);
    await tab.locator('[data-testid=feed] .fault').first().waitFor();
    await tab.waitForFunction(() => document.querySelectorAll('.u-over').length === 6 && document.querySelectorAll('.spark polyline').length > 5, null, { timeout: 20_000 });
    const share = async () => {
      const box = await tab.getByTestId('map').boundingBox();
      return box.width * box.height / (width * height);
    };
    const all = await share();
    console.log(`# ${width} by ${height}: ${(all * 100).toFixed(1)} % of the window`);
    check(all >= 0.6, `${all} of the window`);
    // Seen as a whole where it stands: nothing lies over it, no edge cuts it.
    const hidden = await tab.evaluate(() => [['.tile .spark', 10], ['.tile-note', 10], ['.legend button', 6], ['[data-testid=connection]', 1], ['[data-testid=age]', 1],
      ['#search', 1], ['.chart .plot', 1], ['.fault', 5]].filter(([name, least]) => [...document.querySelectorAll(name)].filter((item) => {
      const { left, right, top, bottom } = item.getBoundingClientRect();
      return [[left + 1, top + 1], [right - 1, bottom - 1]].every(([x, y]) => {
        const there = document.elementFromPoint(x, y);
        return item.contains(there) || there === item.parentElement;
      });
    }).length < least).map(([name]) => name));
    equal(hidden, [], `what is not in sight at ${width}`);
    await tab.getByRole('button', { name: 'Large map' }).click();
    await until('it is nearly all of the window', async () => (await share()) >= 0.75);
    check(tab.url().includes('large=1'), tab.url());
    equal(await overlaps(tab), [], 'one over the other');
    await tab.reload();
    await shown(tab);
    check((await share()) >= 0.75, 'whoever opens the address sees it so');
    await tab.keyboard.press('/');
    await until('the search is there again', () => tab.evaluate(() => document.activeElement.id === 'search'));
    check(!tab.url().includes('large='), tab.url());
    equal(tab.complaints, [], 'complaints');
    await tab.context().close();
  }
});

await law('From afar zones fill the map as blocks, and one that is clicked is chosen', async () => {
  const tab = await openTab(`${live.base}/?at=0.5`);
  await shown(tab);
  const blocks = await tab.evaluate(() => window.chargemill.stage.blocks);
  equal(blocks.map(({ name }) => name), ['Z01', 'Z02', 'Z03', 'Z04'], 'zones');
  const box = await tab.getByTestId('map').boundingBox();
  check(Math.max(...blocks.map(({ left, width }) => left + width)) > box.width * 0.9, 'they are as wide as the map');
  const third = blocks[2];
  await tab.getByTestId('map').click({ position: { x: 8 + third.left + third.width / 2, y: 8 + third.top + 30 } });
  await until('it is chosen', async () => tab.url().includes('zone=Z03'));
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await live.stop();
process.exit(await finish());
