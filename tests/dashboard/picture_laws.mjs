// Pictures of the page in all its sizes, for people to look at (build/screenshots) and, with CHARGEMILL_PICTURES=write, for the
// README (app/dashboard/pictures); and what can be said of a picture without looking: nothing is cut off, nothing covers anything else.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, cut, finish, folder, law, openRun, openTab, overlaps, root, shown, until, wear } from './harness.mjs';

const pictures = folder(join(root, 'build/screenshots'));

const city = (points, faults) => `
[run]
name = "city"
start = 2026-01-05T17:00:00Z
duration = "24h"
speed = 20
[network]
charge_points = ${points}
zones = ${points > 20_000 ? 64 : points > 100 ? 16 : 2}
health_interval = "5s"
telemetry_interval = "5s"
[drivers]
count = ${Math.ceil(points / 5)}
sessions_per_cp_per_day = 8
initial_supplying = 0.2
${faults}
[tcp]
listen = "off"
`;
/** So many a second whatever the size: of a hundred thousand each page was busy with its feed for half a minute. */
const many = (points) => `
[[fault]]
kind = "engine_ko"
rate = ${10_000 / points}
duration = "2m"
[[fault]]
kind = "monitor_loss"
rate = ${5_000 / points}
duration = "2m"
[[fault]]
kind = "engine_ko"
rate = ${1_200_000 / points}
duration = "3m"
zone = "Z07"
[[fault]]
kind = "partition"
at = "20s"
duration = "20h"
zone = "Z12"
`;

/** Of ten, some of each in the time that is waited. */
const some = `
[[fault]]
kind = "engine_ko"
rate = 20
duration = "2m"
[[fault]]
kind = "monitor_loss"
rate = 6
duration = "2m"
`;

const stories = [
  ['10', city(10, ''), [1280, 1920], ''],
  ['10-faults', city(10, some), [1280, 1920], ''],
  ['10k-whole', city(10_000, ''), [1280, 1920], ''],
  ['10k', city(10_000, many(10_000)), [1280, 1920], ''],
  ['10k-drawer', null, [1280, 1920], 'drawer'],
  ['10k-table', null, [1280], 'view=table'],
  ['10k-isolated', null, [1280], 'state=faulted'],
  ['10k-large', null, [1280, 1920], 'large=1'],
  ['10k-table-isolated', null, [1280], 'view=table&state=faulted'],
  ['100k-whole', city(100_000, ''), [1280, 1920], ''],
  ['100k', city(100_000, many(100_000)), [1280, 1920], ''],
];

let [run, next] = [null, null];
for (const [at, [name, scenario, widths, query]] of stories.entries()) {
  if (scenario) {
    run?.kill();
    run = await (next ?? openRun(scenario));
    await until('it has gone on for a while', async () => (await run.ask('/api/v1/summary')).run.wall_s > 12, 90);
    // The next one does so while pictures of this one are made, if it takes little of the cores.
    const after = stories.slice(at + 1).find(([, other]) => other);
    next = after && !after[0].startsWith('100k') ? openRun(after[1]) : null;
  }
  const { faults } = query === 'drawer' ? await run.ask('/api/v1/faults?kind=FAULT&limit=1') : { faults: [] };
  const part = query === 'drawer' ? `cp=${faults[0].cp_id}` : query;
  for (const width of widths) {
    let page = null;
    for (const theme of ['light', 'dark']) {
      await law(`The page of ${name} at ${width} pixels in ${theme} is whole, and a picture of it is made`, async () => {
        page ??= await openTab(`${run.base}/?${part}`, { width, height: width === 1280 ? 800 : 1080, colorScheme: theme });
        if (query.startsWith('view=table')) await page.getByTestId('zone-table').waitFor(); else await shown(page);
        if (query === 'drawer') await page.getByTestId('drawer-faults').waitFor();
        await wear(page, theme);
        await page.waitForFunction(() => window.chargemill.series.length > 5 && window.chargemill.pulse && window.chargemill.rates.speed !== null && window.chargemill.rates.sessions !== null && (document.querySelector('main.large') || document.querySelectorAll('.u-over').length === 6), null, { timeout: 60_000 });
        const picture = join(pictures, `${name}-${width}-${theme}.png`);
        await page.screenshot({ path: picture });
        if (process.env.CHARGEMILL_PICTURES === 'write' && name === '10k' && width === 1280)
          copyFileSync(picture, join(root, `app/dashboard/pictures/dashboard-${theme}.png`));
        const bad = [...await cut(page), ...await overlaps(page)];
        check(bad.length === 0, bad.join('; '));
        check(await page.locator('header.top').evaluate((header) => header.clientHeight) < 60, 'the header is one line');
      });
    }
    await page?.context().close();
  }
}

process.exit(await finish());
