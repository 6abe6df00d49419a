// What the drawer of a charge point draws: its bars of states and its line of power stand where the journal says, to the pixel.
import { check, equal, finish, history, law, openRun, openTab, shown, smallScenario, until } from './harness.mjs';

// Nobody comes by himself: what happens at a charge point is what is made to happen.
const live = await openRun(smallScenario({ points: 8 }), ['--set', 'http.control=true', '--set', 'drivers.sessions_per_cp_per_day=0.001',
  '--set', 'network.max_session=10m', '--set', 'journal.checkpoint_interval=1s']);

const kClass = { ACTIVATED: 'f-available', SUPPLYING: 'f-charging', STOPPED: 'f-stopped', DISCONNECTED: 'f-disconnected', FAULT: 'f-faulted' };
const timeOf = ({ timestamp }) => Date.parse(timestamp);
const iso = (ms) => new Date(ms).toISOString();

/** As a part of the range: the page draws nothing narrower than 0.0015, however short it was. */
const kSeen = 0.002;

/** Those that are wide enough to be drawn as they were, neighbours of a kind as one. */
function joined(bars) {
  const all = [];
  for (const bar of bars) {
    if (bar.to - bar.from < kSeen) continue;
    const last = all.at(-1);
    if (last?.kind === bar.kind) last.to = bar.to; else all.push({ ...bar });
  }
  return all;
}

/** What it was from when to when, as parts of the range, oldest first; `rows` are reports and faults of it and of what was before. */
function barsOf(rows, from, to) {
  const oldestFirst = [...rows].sort((a, b) => (a.timestamp === b.timestamp ? a.id - b.id : a.timestamp < b.timestamp ? -1 : 1));
  const kindAt = (at) => {
    const known = oldestFirst.filter((row) => timeOf(row) <= at);
    const last = known.at(-1);
    const isBroken = last.event_type ? last.event_type === 'FAULT' : last.is_faulty;
    return kClass[isBroken ? 'FAULT' : known.findLast(({ state }) => state).state];
  };
  const begun = Math.min(...rows.map(timeOf));
  const times = [...new Set([Math.max(from, begun), ...rows.map(timeOf).filter((at) => at > from && at < to)])].sort((a, b) => a - b);
  const part = (at) => (at - from) / (to - from);
  return joined(times.map((at, i) => ({ kind: kindAt(at), from: part(at), to: part(times[i + 1] ?? to) })));
}

/** The bars of a tab as they stand on the screen, as parts of the range, and how wide all of it is, in pixels. */
async function drawnBars(tab) {
  const { width, bars } = await tab.locator('[data-testid=timeline] svg').evaluate((svg) => {
    const all = svg.getBoundingClientRect();
    return { width: all.width, bars: [...svg.querySelectorAll('rect')].map((rect) => {
      const { left, right, top, bottom } = rect.getBoundingClientRect();
      const isFull = Math.abs(top - all.top) < 1 && Math.abs(bottom - all.bottom) < 1;
      return { kind: rect.getAttribute('class'), from: (left - all.left) / all.width, to: (right - all.left) / all.width, isFull };
    }) };
  });
  check(bars.every(({ isFull }) => isFull), 'a bar is not as high as its picture');
  return { width, bars: joined(bars) };
}
function areDrawn({ width, bars }, wanted) {
  equal(bars.map(({ kind }) => kind), wanted.map(({ kind }) => kind), 'what it was, one after the other');
  for (const [i, { kind, from, to }] of wanted.entries()) {
    const away = Math.max(Math.abs(bars[i].from - from), Math.abs(bars[i].to - to)) * width;
    check(away <= 1, `${kind}, number ${i}, is drawn from ${bars[i].from} to ${bars[i].to}, not from ${from} to ${to}: ${away} pixels away`);
  }
}

/** Stretches of constant power from the readings of a meter, oldest first, as parts of the range. */
function stepsOf(readings, from, to) {
  const rows = readings.map((row) => ({ ...row, at: timeOf(row) })).sort((a, b) => a.at - b.at);
  return rows.slice(1).flatMap((row, i) => (rows[i].session_id === row.session_id && row.at > rows[i].at
    ? [{ from: (rows[i].at - from) / (to - from), to: (row.at - from) / (to - from), kw: (row.kwh - rows[i].kwh) / (row.at - rows[i].at) * 3.6e6 }] : []));
}

/** Corners of the line of power as they stand on the screen, in pixels from the left and the top of its picture. */
const drawnPower = (tab) => tab.getByTestId('power').evaluate((svg) => {
  const { left, top, width, height } = svg.getBoundingClientRect();
  const line = svg.querySelector('polyline');
  const toScreen = line.getScreenCTM();
  return { width, height, corners: Array.from(line.points, ({ x, y }) => {
    const point = new DOMPoint(x, y).matrixTransform(toScreen);
    return [point.x - left, point.y - top];
  }) };
});
/** Where the line is at that part of the range, in pixels from the top; null: nowhere. */
function lineAt({ width, corners }, part) {
  const x = part * width;
  const i = corners.findIndex(([next], k) => k > 0 && corners[k - 1][0] <= x && x <= next && next > corners[k - 1][0]);
  if (i < 0) return null;
  const [[x0, y0], [x1, y1]] = [corners[i - 1], corners[i]];
  return y0 + (x - x0) / (x1 - x0) * (y1 - y0);
}
/**
 * Each of `steps` as high as its share of the highest, from its beginning to its end; between those that do not meet the line is down.
 * How high those of a few pixels are nobody can tell; `wide`: so many are wider, at least.
 */
function isPowerDrawn(picture, steps, wide) {
  const heights = picture.corners.map(([, y]) => y);
  const [top, bottom] = [Math.min(...heights), Math.max(...heights)];
  check(top >= 0 && bottom <= picture.height && bottom - top > picture.height / 2, `from ${top} to ${bottom} of ${picture.height} pixels`);
  const most = Math.max(...steps.map(({ kw }) => kw));
  const isAt = (part, kw, what) => {
    const [found, wanted] = [lineAt(picture, part), bottom - kw / most * (bottom - top)];
    check(found !== null && Math.abs(found - wanted) <= 1, `${what}, at ${part}: ${found} pixels from the top, not ${wanted}`);
  };
  const pixel = 1 / picture.width;
  const isWide = (from, to) => to - from > 4 * pixel;
  for (const [i, { from, to, kw }] of steps.entries()) {
    if (isWide(from, to)) for (const part of [from + pixel, (from + to) / 2, to - pixel]) isAt(part, kw, `${kw} kW, step ${i}`);
    const next = steps[i + 1];
    if (next && isWide(to, next.from)) for (const part of [to + pixel, next.from - pixel]) isAt(part, 0, `nothing, after step ${i}`);
  }
  const told = steps.filter(({ from, to }) => isWide(from, to)).length;
  check(told >= wide, `${told} steps of ${steps.length} are wide enough`);
  // From the first to the last that was delivered.
  const raised = steps.filter(({ kw }) => kw > most / 10);
  const xs = picture.corners.filter(([, y]) => y < bottom - 1).map(([x]) => x);
  const away = Math.max(Math.abs(Math.min(...xs) - raised[0].from * picture.width), Math.abs(Math.max(...xs) - raised.at(-1).to * picture.width));
  check(away <= 1, `the line is up from ${Math.min(...xs)} to ${Math.max(...xs)} of ${picture.width} pixels: ${away} away`);
}

const spanOf = (ms) => {
  const seconds = Math.round(ms / 1000);
  return [seconds / 3600, seconds / 60 % 60, seconds % 60].map((n) => String(Math.floor(n)).padStart(2, '0')).join(':');
};
const lasted = (tab) => tab.locator('[data-testid=drawer-sessions] tbody tr').evaluateAll((rows) => rows.map((row) => [row.dataset.id, row.children[1].textContent]));

await law('Bars and power of a range stand where the journal says, and each session lasted from its start to its end', async () => {
  const cp = 'CP-000003';
  const path = `/api/v1/charge-points/${cp}`;
  const now = () => live.ask(path);
  const ask = async (what, query, name = what) => (await live.ask(`/api/v1/${what}?cp=${cp}&${query}`))[name];
  const report = async (state) => until(`it has reported ${state}`, async () => {
    const [last] = await ask('health', 'limit=1');
    return last?.state === state && last;
  });
  const later = async (row, ms) => until('some time has gone by', async () => Date.parse((await now()).monitor_last_seen) > timeOf(row) + ms);

  await until('it is on', async () => (await now()).state === 'ACTIVATED');
  await live.post('/api/v1/drivers', { driver_id: 'driver-late' });
  for (let sessions = 1; sessions <= 2; ++sessions) {
    await later(await report('ACTIVATED'), 1000);
    // It may not have heard yet that its last session is over.
    await until('the driver asks', () => live.post('/api/v1/drivers/driver-late/requests', { cp_id: cp }).catch(() => null));
    const begun = await report('SUPPLYING');
    await until('its meter is read now and then', async () => (await ask('meter', `since=${begun.timestamp.slice(0, 19)}Z&limit=10`, 'readings')).length > 3);
    await live.post(`${path}/stop-supply`);
    await until('the session is over', async () => (await ask('sessions', 'limit=10')).filter(({ status }) => status === 'COMPLETED').length === sessions);
  }
  await later(await report('ACTIVATED'), 500);
  await live.post(`${path}/inject-fault`, { kind: 'engine_ko', duration: '2s' });
  await until('it has recovered', async () => (await ask('faults', 'limit=1'))[0]?.event_type === 'RECOVERY');
  await live.post(`${path}/stop`);
  await later(await report('STOPPED'), 1000);
  await live.post(`${path}/resume`);
  const last = await report('ACTIVATED');
  await later(last, 1500);
  // What comes after the range is in the journal: all of the range is, then.
  await live.post(`${path}/stop`);
  await report('STOPPED');

  const sessions = await history(live.out, 'sessions', ['--cp', cp, '--limit', '10']);
  const [first, end] = ['start_time', 'end_time'].map((name) => Date.parse(sessions.at(-1)[name]));
  const readings = (await ask('meter', `until=${iso(end)}&limit=500`, 'readings')).map(timeOf).sort((a, b) => a - b);
  const kAll = ['f-available', 'f-charging', 'f-faulted', 'f-stopped'];
  const kRanges = [
    [first - 500, timeOf(last) + 1000, kAll, 0],
    [Math.round((first + end) / 2), timeOf(last) + 1000, kAll, 0],  // from the middle of a session on
    [readings[0] - 300, readings[3] + 300, ['f-charging'], 1],  // some seconds of it, in which steps of power are wide
  ];
  for (const [from, to, kinds, wide] of kRanges) {
    const range = `since=${iso(from)}&until=${iso(to)}`;
    const rows = [];
    for (const what of ['health', 'faults']) rows.push(...await ask(what, `${range}&limit=100`), ...await ask(what, `until=${iso(from)}&limit=1`));
    const bars = barsOf(rows, from, to);
    for (const kind of kinds) check(bars.some((bar) => bar.kind === kind), `${kind} is not among ${JSON.stringify(bars)}`);
    const steps = stepsOf(await ask('meter', `${range}&limit=500`, 'readings'), from, to);

    const tab = await openTab(`${live.base}/?cp=${cp}&from=${iso(from)}&to=${iso(to)}`, { width: 1920, height: 1080 });
    await tab.getByTestId('power').waitFor();
    areDrawn(await drawnBars(tab), bars);
    equal(await tab.locator('.ends span').allTextContents(), [from, to].map((at) => iso(at).slice(0, 19).replace('T', ' ')), 'from when to when');
    isPowerDrawn(await drawnPower(tab), steps, wide);
    const said = await tab.evaluate(async (w) => (await import('/page/format.js')).figureText(w, 'W'), Math.max(...steps.map(({ kw }) => kw)) * 1e3);
    equal(await tab.getByTestId('power').getAttribute('aria-label'), `Power over the same time, at most ${said}`, 'what is said of it');
    equal(tab.complaints, [], 'complaints');
    await tab.context().close();
  }

  const tab = await openTab(`${live.base}/?cp=${cp}`, { width: 1920, height: 1080 });
  await tab.getByTestId('drawer-sessions').waitFor();
  equal(await lasted(tab), sessions.map((row) => [row.session_id, spanOf(Date.parse(row.end_time) - Date.parse(row.start_time))]), 'how long each session lasted');
  await tab.context().close();
});

await law('Bars, power and the time that sessions lasted are drawn of whatever the journal may say: steps of any height, a gap, an end on the hour', async () => {
  const cp = 'CP-000005';
  const begun = Date.UTC(2026, 0, 4);  // the day before the run began
  const at = (second) => iso(begun + second * 1000);
  const row = (second, more) => ({ id: second, timestamp: at(second), cp_id: cp, zone: 'Z03', reason: '', ...more });
  const report = (second, state) => row(second, { state, is_faulty: false });
  const reading = (second, session, kwh) => ({ id: second, timestamp: at(second), session_id: session, kwh });
  const session = (id, start, seconds) => ({ session_id: id, start_time: at(start), end_time: seconds === null ? null : at(start + seconds), driver_id: 'driver-1',
    total_kwh: 1, total_cost: 0.5, status: seconds === null ? 'ACTIVE' : 'COMPLETED' });
  // Newest first, as the API has them.
  const journal = {
    health: [report(290, 'ACTIVATED'), report(230, 'STOPPED'), report(180, 'ACTIVATED'), report(50, 'SUPPLYING')],
    faults: [row(410, { event_type: 'RECOVERY', created_at: at(410) }), row(330, { event_type: 'FAULT', created_at: at(330) })],
    // 22, 11 and 5.5 kW, then another session with 44.
    meter: [reading(320, 's2', 20 * 44 / 3600), reading(300, 's2', 0), reading(170, 's1', (20 * 22 + 40 * 11 + 10 * 5.5) / 3600),
      reading(160, 's1', (20 * 22 + 40 * 11) / 3600), reading(120, 's1', 20 * 22 / 3600), reading(100, 's1', 0)],
    sessions: [session('s6', 480, null), session('s5', 470, 0.4), session('s4', 400, 59.6), session('s3', 390, 3661), session('s2', 300, 90_000), session('s1', 100, 70)],
  };
  const tab = await openTab(live.base, { width: 1920, height: 1080 });
  await shown(tab);
  for (const [what, rows] of Object.entries(journal)) {
    await tab.route(`**/api/v1/${what}?*`, (route) => {
      const asked = new URL(route.request().url()).searchParams;
      const [since, until] = ['since', 'until'].map((name) => Date.parse(asked.get(name) ?? ''));  // NaN is no limit below
      const fits = rows.filter((one) => !(Date.parse(one.timestamp ?? one.start_time) < since) && !(Date.parse(one.timestamp ?? one.start_time) > until));
      return route.fulfill({ json: { [what === 'meter' ? 'readings' : what]: fits.slice(0, Number(asked.get('limit'))) } });
    });
  }
  const [from, to] = [begun + 100_000, begun + 500_000];
  await tab.evaluate((query) => { history.pushState(null, '', query); window.dispatchEvent(new PopStateEvent('popstate')); }, `?cp=${cp}&from=${iso(from)}&to=${iso(to)}`);
  await tab.getByTestId('power').waitFor();
  const part = (second) => (second - 100) / 400;
  const bar = (name, since, until) => ({ kind: `f-${name}`, from: part(since), to: part(until) });
  areDrawn(await drawnBars(tab), [bar('charging', 100, 180), bar('available', 180, 230), bar('stopped', 230, 290), bar('available', 290, 330), bar('faulted', 330, 410),
    bar('available', 410, 500)]);
  const step = (since, until, kw) => ({ from: part(since), to: part(until), kw });
  isPowerDrawn(await drawnPower(tab), [step(100, 120, 22), step(120, 160, 11), step(160, 170, 5.5), step(300, 320, 44)], 4);
  equal(await lasted(tab), [['s6', '–'], ['s5', '00:00:00'], ['s4', '00:01:00'], ['s3', '01:01:01'], ['s2', '25:00:00'], ['s1', '00:01:10']], 'how long each lasted');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

process.exit(await finish());
