// A hundred thousand charge points: smooth, small, and nobody's burden.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { check, equal, law, finish, openRun, openTab, shown, until } from './harness.mjs';

const kFramesMin = 30;       // a second
const kHeapMax = 150 << 20;  // bytes of one tab
const kReportMax = 800_000;  // bytes
const kGrowthMax = 8 << 20;  // bytes, from 120 frames to 360: each has 50,000, were it kept
const kLateMs = 100;         // that a tab more may cost a tick, where another needs its core

const city = await openRun(`
[run]
name = "hundred thousand"
duration = "1h"
[network]
charge_points = 100_000
zones = 64
health_interval = "5s"
telemetry_interval = "5s"
[drivers]
count = 20_000
sessions_per_cp_per_day = 20
initial_supplying = 0.2
[[fault]]
kind = "engine_ko"
rate = 20
duration = "1m"
[tcp]
listen = "off"
`, ['--no-journal']);

/** Frames painted a second while the map is moved and zoomed all the time. */
const framesOf = (page, seconds) => page.evaluate(async (ms) => {
  const { stage } = window.chargemill;
  const before = stage.frames;
  const begun = performance.now();
  await new Promise((done) => {
    let n = 0;
    const step = () => {
      if (performance.now() - begun > ms) return done();
      stage.zoom(++n % 60 < 30 ? 1.03 : 1 / 1.03, 400, 300);
      stage.pan(Math.sin(n / 10) * 8, Math.cos(n / 10) * 8);
      requestAnimationFrame(step);
      return undefined;
    };
    requestAnimationFrame(step);
  });
  return (stage.frames - before) / (performance.now() - begun) * 1000;
}, seconds * 1000);

/** Bytes that the tab of that session holds, once what nobody needs is gone. */
const heapOf = async (session) => {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = await session.send('Runtime.getHeapUsage');
  return usedSize + backingStorageSize;
};
const mega = (bytes) => `${(bytes / (1 << 20)).toFixed(1)} MB`;

const page = await openTab(city.base, { width: 1280, height: 900 });

await law('A hundred thousand charge points are on the map within five seconds of opening it', async () => {
  // It can be so fast: the first of three tabs that is.
  for (let tries = 1; ; ++tries) {
    const tab = tries === 1 ? page : await openTab(city.base, { width: 1280, height: 900 });
    const isInTime = await shown(tab, 5).then(() => true, () => false);
    if (tab !== page) await tab.context().close();
    if (isInTime) return;
    check(tries < 3, 'none of three tabs');
  }
});

await law('The map of a hundred thousand moves with thirty frames a second and more', async () => {
  await shown(page);
  await until('most are on', async () =>
    Number((await page.getByTestId('count-disconnected').textContent()).replace(/\D/g, '')) < 5000, 60);
  await framesOf(page, 0.5);
  // While others want the cores it is theirs how fast it moves: the best median of four minutes.
  const end = performance.now() + 240_000;
  let best = 0;
  while (best < kFramesMin && performance.now() < end) {
    const found = [];
    for (let i = 0; i < 5; ++i) found.push(await framesOf(page, 1.5));
    found.sort((a, b) => a - b);
    console.log(`# ${found.map((rate) => rate.toFixed(1)).join(', ')} frames a second`);
    best = Math.max(best, found[2]);
  }
  check(best >= kFramesMin, `${best.toFixed(1)} frames a second, the median of five looks`);
});

await law('The faulty one among a hundred thousand is two clicks away', async () => {
  const tab = await openTab(city.base, { width: 1280, height: 900 });
  await shown(tab);
  await until('something is broken', async () => (await tab.getByTestId('count-faulted').textContent()) !== '0', 60);
  await tab.locator('.tile[data-state=faulted]').click();
  await until('the map leaves them alone', async () => tab.url().includes('state=faulted'));
  const place = await until('one is there', () => tab.evaluate(() => {
    const { stage, states, plan } = window.chargemill;
    const { places, view } = stage;
    for (let i = 0; i < plan.points; ++i)
      if (states.code(i) === 5) return { name: plan.name(i), x: (places.x[i] - view.left + places.cell / 2) * view.scale, y: (places.y[i] - view.top + places.cell / 2) * view.scale };
    return null;
  }), 60);
  await tab.getByTestId('map').locator('canvas').click({ position: { x: place.x, y: place.y } });
  await tab.getByTestId('drawer').locator('.facts').waitFor();
  equal(await tab.locator('#drawer-title').textContent(), place.name, 'who is open');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('The tab of a hundred thousand holds less than 150 MB after forty frames', async () => {
  const session = await page.context().newCDPSession(page);
  const number = () => page.evaluate(() => window.chargemill.states.number);
  const first = await number();
  await until('forty frames have come', async () => (await number()) - first > 40, 60);
  const bytes = await heapOf(session);
  console.log(`# ${mega(bytes)}`);
  check(bytes < kHeapMax, mega(bytes));
});

await law('A second tab that is slow delays neither the first one nor the run', async () => {
  /** Frames that the run has made, those that the first tab has taken and model seconds, a second; how late ticks were, in milliseconds. */
  const rates = async () => {
    const look = async () => [await page.evaluate(() => window.chargemill.states.number), (await city.ask('/api/v1/summary')).run.sim_s, performance.now() / 1000];
    const [frames, model, begun] = await look();
    const [taken, late] = await page.evaluate(async () => {
      const { chargemill: store } = window;
      let count = -1;  // told of the one that is there
      const lateness = new Map();
      const from = performance.now();
      const stops = [store.onStates(() => ++count), store.watch(() => lateness.set(store.pulse.sim_s, store.pulse.interval_p99_ms?.tick_lateness ?? null))];
      await new Promise((done) => setTimeout(done, 4000));
      for (const stop of stops) stop();
      const known = [...lateness.values()].filter((ms) => ms !== null).sort((a, b) => a - b);
      return [count / (performance.now() - from) * 1000, known[known.length >> 1] ?? null];
    });
    const [framesThen, modelThen, ended] = await look();
    check(late !== null, 'no pulse says how late ticks are');
    return [(framesThen - frames) / (ended - begun), (modelThen - model) / (ended - begun), taken, late];
  };
  const [alone, speedAlone, takenAlone, lateAlone] = await rates();
  const slow = await openTab(city.base);
  await shown(slow);
  const session = await slow.context().newCDPSession(slow);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 20 });
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions',
    { offline: false, latency: 400, downloadThroughput: 20_000, uploadThroughput: 20_000 });
  // One of three looks: what delays a single one may be somebody else.
  const looks = [];
  const isUndelayed = ([together, speed, taken, late]) => speed > 0.9 * speedAlone && together > 0.7 * alone && together > 1.2 &&
    taken > 0.5 * takenAlone && late < 2 * lateAlone + kLateMs;
  while (looks.length < 3 && !looks.some(isUndelayed)) {
    const [together, speed, taken, late] = await rates();
    looks.push([together, speed, taken, late]);
    console.log(`# model seconds a second: ${speedAlone.toFixed(2)} alone, ${speed.toFixed(2)} with the slow one`);
    console.log(`# ${alone.toFixed(2)} frames of states a second alone, ${together.toFixed(2)} with the slow one`);
    console.log(`# of them taken ${takenAlone.toFixed(2)} and ${taken.toFixed(2)}; ticks ${lateAlone.toFixed(2)} and ${late.toFixed(2)} ms late`);
  }
  check(looks.some(isUndelayed), `frames of states, model seconds, frames taken a second, and ms that ticks are late: ${looks.map((look) => look.map((rate) => rate.toFixed(2))).join('; ')}`);
  const held = await slow.evaluate(() => window.chargemill.states.number);
  await until('the slow one sees newer states all the same', async () =>
    (await slow.evaluate(() => window.chargemill.states.number)) > held, 180);
  const { run } = await city.ask('/api/v1/summary');
  check(!run.invalid, run.invalid_reason);
  await slow.context().close();
});

await law('Two tabs show the same states', async () => {
  const other = await openTab(city.base);
  await shown(other);
  const sample = (tab) => tab.evaluate(() => {
    const { states } = window.chargemill;
    let hash = 0;
    for (const byte of states.packed) hash = (hash * 31 + byte) | 0;
    return [states.number, hash];
  });
  // On a busy machine one of them is always behind: what each one held is remembered.
  const held = [new Map(), new Map()];
  await until('both have held one and the same frame', async () => {
    const frames = await Promise.all([sample(page), sample(other)]);
    frames.forEach(([number, hash], i) => held[i].set(number, hash));
    const both = [...held[0].keys()].filter((number) => held[1].has(number));
    for (const number of both) check(held[0].get(number) === held[1].get(number), `frame ${number} differs`);
    return both.length > 0;
  }, 120);
  await other.context().close();
});

await law('A tab whose lists, charts and drawer are as long as they may get holds less than 150 MB, and no more for three times as many frames', async () => {
  const row = (i, zone) => ({ id: i, timestamp: new Date(Date.UTC(2026, 0, 5) + i * 1000).toISOString(), cp_id: `CP-${String(i % 90_000 + 1).padStart(6, '0')}`, zone,
    event_type: i % 2 ? 'RECOVERY' : 'FAULT', reason: `Health check failures: ${i}`, created_at: new Date(Date.UTC(2026, 0, 5) + i * 1000).toISOString() });
  const rows = (n, zone) => Array.from({ length: n }, (_, i) => row(n - i, zone));
  const past = {
    health: rows(100, 'Z02').map((one) => ({ ...one, state: one.id % 2 ? 'SUPPLYING' : 'ACTIVATED', is_faulty: false })),
    sessions: rows(100, 'Z02').map(({ id, timestamp, cp_id }) => ({ session_id: `S-${id}`, cp_id, driver_id: `driver-${id}`, start_time: timestamp,
      end_time: timestamp, total_kwh: id / 10, total_cost: id / 30, status: 'COMPLETED' })),
    readings: rows(500, 'Z02').map(({ id, timestamp }) => ({ timestamp, kwh: id / 10, session_id: 'S-1' })),
  };
  const answers = { health: { health: past.health }, sessions: { sessions: past.sessions }, meter: { readings: past.readings } };
  for (const [what, json] of Object.entries(answers)) await page.route(`**/api/v1/${what}?*`, (route) => route.fulfill({ json }));
  const [all, few] = [10_000, 100].map((n) => ({ faults: rows(n, 'Z02') }));
  await page.route('**/api/v1/faults?*', (route) => route.fulfill({ json: route.request().url().includes('cp=') ? few : all }));
  await page.evaluate(async () => {
    const { chargemill: store } = window;
    store.hello = { ...store.hello, has_journal: true };  // as if there were one: then a filter asks it, and so does a drawer
    const { faults: [newest], pulse } = store;
    const at = Date.parse(newest.timestamp);
    store.addFaults(Array.from({ length: 12_000 }, (_, i) => ({ ...newest, id: 1e6 + i, zone: 'Z02', timestamp: new Date(at - i).toISOString(), reason: `Health check failures: ${i}` })));
    const { rowOf } = await import('/page/series.js');
    for (let i = 1; i < 7000 || store.series.length < 5500; ++i) store.series.add(rowOf({ ...pulse, sim_s: pulse.sim_s + i }));  // it thins at 6,000
    history.pushState(null, '', '?zone=Z02&cp=CP-000001');
    window.dispatchEvent(new PopStateEvent('popstate'));
  });
  await page.getByTestId('drawer-sessions').waitFor();
  await until('the answer of the zone is there', async () => Number((await page.getByTestId('feed-count').textContent()).replace(/\D/g, '')) >= 10_000);
  /** So many frames more, each with a pulse, as they come twice a second. */
  const watch = (n) => page.evaluate(async (count) => {
    const { chargemill: store } = window;
    const { States } = await import('/page/frames.js');
    const { points } = store.states;
    const states = new States(points);
    let { sim_s: time } = store.pulse;
    time = Math.max(time, store.series.columns.sim_s.at(-1));
    for (let i = 1; i <= count; ++i) {
      const codes = Uint8Array.from({ length: (points + 1) >> 1 }, (_, at) => ((at * 7 + i) % 6) << 4 | (at + i) % 6);
      const payload = new Uint8Array(await new Response(new Blob([codes]).stream().pipeThrough(new CompressionStream('deflate'))).arrayBuffer());
      const frame = new Uint8Array(22 + payload.length);
      const head = new DataView(frame.buffer);
      head.setUint8(0, 1);
      head.setUint8(1, 1);  // a keyframe, of base 0
      head.setUint32(2, points, true);
      head.setUint32(6, i, true);
      frame.set(payload, 22);
      if (!await states.take(frame.buffer)) throw new Error('a frame that is none');
      store.take(states);
      store.hear({ ...store.pulse, type: 'pulse', sim_s: time += 0.5 });
      if (i % 4 === 0) await new Promise((done) => requestAnimationFrame(done));
    }
  }, n);
  const session = await page.context().newCDPSession(page);
  await watch(120);
  const once = await heapOf(session);
  await watch(240);
  const thrice = await heapOf(session);
  const [faults, series] = await page.evaluate(() => [window.chargemill.faults.length, window.chargemill.series.length]);
  console.log(`# ${mega(once)}, then ${mega(thrice)}; ${faults} faults, ${series} rows of the series`);
  check(faults === 10_000 && series > 5000 && series <= 6000, `${faults} faults, ${series} rows`);
  check(Math.max(once, thrice) < kHeapMax, `${mega(once)}, then ${mega(thrice)}`);
  check(thrice - once < kGrowthMax, `${mega(thrice - once)} more`);
});

await law('Nothing was complained of in all of that', async () => {
  check(page.complaints.length === 0, page.complaints.join('\n'));
});

await city.stop();

await law('The report of a hundred thousand is a file of some hundred kilobytes, and opens a charge point', async () => {
  const file = join(city.out, 'report.html');
  const { size } = statSync(file);
  console.log(`# ${(size / 1000).toFixed(0)} kB`);
  check(size < kReportMax, `${size} bytes`);
  const tab = await openTab(`file://${file}`);
  await tab.locator('[data-testid=feed] .fault button').first().click({ timeout: 60_000 });
  await tab.getByTestId('drawer-faults').waitFor();
  // Far from all that has happened: it says what there is no room for.
  const absent = await tab.evaluate(() => {
    const { plan, remains } = window.chargemill;
    for (let i = plan.points - 1; i >= 0; --i) if (!remains.has(plan.name(i))) return plan.name(i);
    return '';
  });
  await tab.evaluate((cp) => { location.hash = `cp=${cp}`; }, absent);
  await tab.getByTestId('drawer').getByText('chargemill history has the others').waitFor();
  check(/Z\d\d, S\d+/.test(await tab.locator('.facts').textContent()), 'where it is');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});
process.exit(await finish());
