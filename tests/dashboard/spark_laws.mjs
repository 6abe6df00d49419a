// The small lines of the tiles: what is drawn is what the series has.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, equal, finish, law, openRun, openTab, shown, smallScenario, until } from './harness.mjs';

const kPoints = 60;  // the newest that a line shows

/** Of the line of `tile` its points and its limit, as they stand on the screen: pixels from the left and from the top of its picture. */
const drawn = (tab, tile) => tab.locator(`.tile${tile} .spark`).evaluate((svg) => {
  const { left, top, width, height } = svg.getBoundingClientRect();
  const [line, limit] = ['polyline', '.limit'].map((name) => svg.querySelector(name));
  const at = (item, x, y) => {
    const point = new DOMPoint(x, y).matrixTransform(item.getScreenCTM());
    return [point.x - left, point.y - top];
  };
  return {
    width, height,
    line: line && Array.from(line.points, ({ x, y }) => at(line, x, y)),
    limit: limit && at(limit, 0, limit.y1.baseVal.value)[1],
    isSeen: line !== null && getComputedStyle(line).stroke !== 'none' && getComputedStyle(line).visibility === 'visible',
  };
});

/**
 * Holds a line to the newest of `values`; null: it was not known, and is left out. `limit`: one that is drawn too. Evenly from edge to
 * edge, the oldest on the left; the lowest at the bottom, the highest at the top.
 */
function isDrawn(name, picture, values, limit = null) {
  const known = values.filter((value) => value !== null).slice(-kPoints);
  const all = limit === null ? known : [...known, limit];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const { width, height, line } = picture;
  equal([picture.isSeen, line?.length, picture.limit !== null], [true, known.length, limit !== null], `${name}: whether it is seen, its points, whether a limit is there`);
  const heights = [...line.map(([, y]) => y), ...(limit === null ? [] : [picture.limit])];
  const [top, bottom] = [Math.min(...heights), Math.max(...heights)];
  check(top >= 0 && bottom <= height && (low === high || bottom - top > height / 2), `${name}: from ${top} to ${bottom} of ${height} pixels`);
  const placeOf = (value) => bottom - (low === high ? 0 : (value - low) / (high - low) * (bottom - top));
  for (const [i, value] of known.entries()) {
    const place = [i / (known.length - 1) * width, placeOf(value)];
    const away = Math.max(...place.map((pixels, k) => Math.abs(pixels - line[i][k])));
    check(away < 0.5, `${name}: ${value}, number ${i} of ${known.length}, is at ${line[i]}, not at ${place}`);
  }
  if (limit !== null) check(Math.abs(picture.limit - placeOf(limit)) < 0.5, `${name}: its limit is at ${picture.limit}, not at ${placeOf(limit)}`);
}

const live = await openRun(smallScenario());

/** As if the run had been like this; the view of `tab` is paused, so that nothing is added. What is not named is 0. */
const plant = (tab, columns) => tab.evaluate((given) => {
  const { chargemill: store } = window;
  const series = store.series.copy();
  for (const name of Object.keys(series.columns)) series.columns[name] = given[name] ?? given.sim_s.map(() => 0);
  store.series = series;
  store.changed();
}, columns);

await law('The line of a tile is as high as its values, ends on the right with the newest, is flat where they are one, and has its limit where that is near', async () => {
  const tab = await openTab(live.base, { width: 1920, height: 1080 });
  await shown(tab);
  await until('there is a series', () => tab.evaluate(() => window.chargemill.series.length > 1));
  await tab.getByRole('button', { name: 'Pause view' }).click();
  await until('the view is paused', () => tab.evaluate(() => window.chargemill.isHeld));

  // Two rows: of what is told from row to row one is known at most, and that is no line.
  await plant(tab, { sim_s: [0, 1], activated: [3, 5], power_w: [2000, 1000], decision_interval_p99_ms: [0, 7] });
  const tiles = { activated: '[data-state=available]', supplying: '[data-state=charging]', stopped: '[data-state=stopped]', fault: '[data-state=faulted]',
    disconnected: '[data-state=disconnected]', power: '[aria-label=Power]', ended: '[aria-label="Sessions ended"]', decision: '[aria-label="Decision p99"]',
    detection: '[aria-label="Detection p99"]', late: '[aria-label="Tick lateness p99"]' };
  await until('two values are drawn', async () => (await drawn(tab, tiles.activated)).line?.length === 2);
  isDrawn('two that rise', await drawn(tab, tiles.activated), [3, 5]);
  isDrawn('two that fall', await drawn(tab, tiles.power), [2, 1]);
  for (const name of ['ended', 'decision', 'detection', 'late']) equal((await drawn(tab, tiles[name])).line, null, `${name}: the line of what is not known twice`);

  const rows = [...Array(90).keys()];
  const values = {
    activated: rows.map((i) => 1000 - Math.abs(i - 70)),
    supplying: rows.map(() => 7),
    stopped: rows.map((i) => (i < 30 ? 5000 : i * 37 % 11)),  // what was high is too long ago
    fault: rows.map((i) => i % 2),
    disconnected: rows.map((i) => 90 - i),
    power_w: rows.map((i) => 1000 * i * i),
    sessions_completed: rows.map((i) => 2 * i),
    decision_interval_p99_ms: rows.map((i) => (i % 3 === 0 ? 0 : 10 + i * 7 % 13)),
    detection_interval_p99_ms: rows.map((i) => 6000 + i * 1300 % 3000),
    tick_lateness_interval_p99_ms: rows.map((i) => (i % 5 === 0 ? 100 + 2 * i : 0)),
  };
  await plant(tab, { sim_s: rows, ...values });
  await until('as many are drawn as have room', async () => (await drawn(tab, tiles.activated)).line?.length === kPoints);
  const measured = (all) => all.map((value) => (value > 0 ? value : null));
  isDrawn('a peak', await drawn(tab, tiles.activated), values.activated);
  isDrawn('always the same', await drawn(tab, tiles.supplying), values.supplying);
  isDrawn('up and down', await drawn(tab, tiles.stopped), values.stopped);
  isDrawn('below a limit that is near', await drawn(tab, tiles.fault), values.fault, 2);  // 5 % of 40
  isDrawn('ever fewer', await drawn(tab, tiles.disconnected), values.disconnected);
  isDrawn('ever more', await drawn(tab, tiles.power), values.power_w);
  isDrawn('as many each second', await drawn(tab, tiles.ended), rows.map((i) => (i === 0 ? null : 2)));
  isDrawn('with gaps, far from its limit', await drawn(tab, tiles.decision), measured(values.decision_interval_p99_ms));
  isDrawn('below its limit', await drawn(tab, tiles.detection), values.detection_interval_p99_ms, 15_000);
  isDrawn('with gaps, through its limit', await drawn(tab, tiles.late), measured(values.tick_lateness_interval_p99_ms), 250);
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('The lines of the tiles of a report are the last rows of its time series', async () => {
  const run = await openRun(smallScenario({ extra: '[[fault]]\nkind = "engine_crash"\nrate = 60\nduration = "20s"\n' }), ['--speed', 'max', '--duration', '5m']);
  await run.ended;
  const [head, ...lines] = readFileSync(join(run.out, 'timeseries.csv'), 'utf8').trim().split('\n').map((line) => line.split(','));
  const column = (name) => lines.map((cells) => Number(cells[head.indexOf(name)]));
  check(lines.length > kPoints, `${lines.length} rows`);
  check(new Set(column('fault').slice(-kPoints)).size > 1, 'some broke, and not all at once');
  const tab = await openTab(`file://${join(run.out, 'report.html')}`, { width: 1920, height: 1080 });
  await tab.waitForFunction(() => window.chargemill?.stage?.frames > 0, null, { polling: 20 });
  const bound = 2;  // 5 % of 40
  const faults = column('fault');
  isDrawn('broken', await drawn(tab, '[data-state=faulted]'), faults, bound < 3 * Math.max(...faults.slice(-kPoints)) ? bound : null);
  for (const [name, state] of [['activated', 'available'], ['supplying', 'charging'], ['stopped', 'stopped'], ['disconnected', 'disconnected']])
    isDrawn(name, await drawn(tab, `[data-state=${state}]`), column(name));
  isDrawn('power', await drawn(tab, '[aria-label=Power]'), column('power_w'));
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

process.exit(await finish());
