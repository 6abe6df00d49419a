// The run over time: what a chart says, and the range it shares with all that is beside it.
import { check, equal, finish, law, openRun, openTab, shown, smallScenario, until } from './harness.mjs';

const live = await openRun(smallScenario());

/** From when to when each chart of a tab shows the run. */
const rangesOf = (tab) => tab.evaluate(async () => {
  const { default: uPlot } = await import('/page/vendor/uplot.js');
  return uPlot.sync('time').plots.map(({ scales }) => [scales.x.min, scales.x.max]);
});

await law('A chart says the newest that was measured, in its caption as in its words', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const said = () => tab.evaluate(() => {
    const chart = [...document.querySelectorAll('.chart')].find((one) => one.getAttribute('aria-label').startsWith('Latency,'));
    if (!chart || window.chargemill.series.measured('decision_interval_p99_ms').at(-1) !== null) return null;
    return [/decision p99 ([^,;]+)/.exec(chart.getAttribute('aria-label'))?.[1], chart.querySelector('.key b').textContent];
  });
  const [words, caption] = await until('a second without a decision, after one with some', async () => {
    const found = await said();
    return found && found[0] !== '–' && found;
  }, 90);
  equal(caption, words, 'caption');
  await tab.context().close();
});

await law('Lines move once a second, and a range that is asked for is there at once', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await tab.waitForFunction(() => window.chargemill.series.length > 8 && document.querySelectorAll('.u-over').length === 6, null, { timeout: 60_000 });
  const [moves, seconds] = await tab.evaluate(async () => {
    const { default: uPlot } = await import('/page/vendor/uplot.js');
    const [plot] = uPlot.sync('time').plots;
    const begun = performance.now();
    let [newest, count] = [plot.data[0].at(-1), 0];
    while (performance.now() - begun < 6000) {
      await new Promise((done) => requestAnimationFrame(done));
      if (plot.data[0].at(-1) === newest) continue;
      newest = plot.data[0].at(-1);
      ++count;
    }
    return [count, (performance.now() - begun) / 1000];
  });
  check(moves >= 2 && moves <= seconds / 0.9 + 1, `${moves} times in ${seconds} seconds`);
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('Figures that are small are told too, and of which seconds they are', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const texts = await tab.evaluate(async () => {
    const { figureText } = await import('/page/format.js');
    return [0, 0.00093, -0.05, 0.1, 0.5, 5, 50, 500, 5000].map((value) => figureText(value, '/s'));
  });
  equal(texts, ['0 /s', '0.00093 /s', '-0.050 /s', '0.10 /s', '0.50 /s', '5.00 /s', '50.0 /s', '500 /s', '5.00 k/s'], 'figures');
  check((await tab.getByRole('group', { name: 'Sessions ended' }).getAttribute('title')).includes('a model second'), 'the tile');
  for (const name of [/^Requests, sessions a second, .* Of model time$/, /^Faults a minute, .* Of model time$/])
    equal(await tab.getByRole('img', { name }).count(), 1, `${name}`);
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('What begins as all come makes no line flat that comes after it', async () => {
  const tab = await openTab(live.base);
  const rates = await tab.evaluate(async () => {
    const { Series } = await import('/page/series.js');
    const of = (sim_s, disconnected, sessions_started) => {
      const series = new Series();
      series.prepend({ columns: { sim_s, disconnected, sessions_started, activated: disconnected.map((n) => 100 - n) } });
      return series.rate('sessions_started', 1, series.begun());
    };
    return [of([0, 20, 40, 60, 80], [100, 50, 5, 0, 0], [0, 50, 95, 100, 102]),
      of([0, 20, 40], [0, 0, 0], [0, 2, 4]), of([0, 20], [100, 0], [0, 2]), of([0], [100], [0]), of([], [], [])];
  });
  equal(rates, [[null, null, null, null, 0.1], [null, null, 0.1], [null, 0.1], [null], []], 'sessions that begin, a second');
  await tab.context().close();
});

await law('However long a tab is open, a short outage and a slow second stay on its charts', async () => {
  const tab = await openTab(live.base);
  const found = await tab.evaluate(async () => {
    const { Series, rowOf } = await import('/page/series.js');
    await new Promise((done) => {
      const look = () => (window.chargemill?.pulse ? done() : requestAnimationFrame(look));
      look();
    });
    const calm = { ...rowOf(window.chargemill.pulse), fault: 0, requests_sent: 0, decision_interval_p99_ms: 20 };
    return [1000, 1001].map((at) => {
      const series = new Series();
      for (let s = 0; s < 20_000; ++s) series.add({ ...calm, sim_s: s, ...(s === at ? { fault: 7, decision_interval_p99_ms: 900, requests_sent: 5 } : {}) });
      const { fault, decision_interval_p99_ms: slow, requests_sent: sent, sim_s } = series.columns;
      return [Math.max(...fault), Math.max(...slow), sent.every((n) => n === 0 || n === 5), sim_s.length <= 6000 && fault.length === sim_s.length, sim_s.at(-1)];
    });
  });
  equal(found, [[7, 900, true, true, 19_999], [7, 900, true, true, 19_999]], 'outage, slow second, counters as they were, rows, the last');
  await tab.context().close();
});

await law('However long a tab is open, all of the run is on its charts in even steps, and the newest as it came', async () => {
  const tab = await openTab(live.base);
  const found = await tab.evaluate(async () => {
    const { Series } = await import('/page/series.js');
    const series = new Series();
    const row = Object.fromEntries(Object.keys(series.columns).map((name) => [name, 1]));
    // Half a day at one pulse a second, of which the first twenty minutes were kept by the server.
    series.prepend({ columns: Object.fromEntries(Object.keys(row).map((name) => [name, Array.from({ length: 1200 }, (_, i) => (name === 'sim_s' ? i : 1))])) });
    for (let sim_s = 1200; sim_s < 43_200; ++sim_s) series.add({ ...row, sim_s });
    const { sim_s: times } = series.columns;
    const steps = times.slice(1).map((at, i) => at - times[i]);
    return [times[0], times.at(-1), times.length <= 6000, Math.max(...steps) <= 30, steps.slice(-999).every((step) => step === 1),
      Object.values(series.columns).every((values) => values.length === times.length && values.every(Number.isFinite))];
  });
  equal(found, [0, 43_199, true, true, true, true], 'its beginning, its end, rows, steps, the newest, all columns');
  await tab.context().close();
});

await law('A limit is that of the scenario, however it is written there, and of several the strictest', async () => {
  const tab = await openTab(live.base);
  const limits = await tab.evaluate(async () => {
    const { boundOf } = await import('/page/marks.js');
    return [['request_decision:p99 < 50ms'], ['request_decision:p99<50ms'], [' request_decision:p99  <=  2m '], ['request_decision:p99 < 1.5s', 'request_decision:p99 < 900ms'],
      ['request_decision:p99 < 1h'], ['request_decision:p99 < 250us'], ['request_decision:p999 < 1ms', 'request_decision:p99 > 1ms', 'requests.denied_ratio < 0.2'], undefined]
      .map((thresholds) => boundOf({ thresholds }, 'request_decision'));
  });
  equal(limits, [50, 50, 120_000, 900, 3_600_000, 0.25, 400, 400], 'milliseconds; the last two: where the alert begins');
  await tab.context().close();
});

await law('A few charge points out of service are a line that is seen below thousands that supply', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const seen = await until('there is a chart', () => tab.evaluate(async () => {
    const { default: uPlot } = await import('/page/vendor/uplot.js');
    const plot = uPlot.sync('time').plots.find(({ series }) => series[1]?.label === 'supplying');
    if (!plot || plot.data[0].length < 3) return null;
    const of = (n) => plot.data[0].map(() => n);
    plot.batch(() => plot.setData([plot.data[0], of(2000), of(7), of(3), of(0)]));
    const high = plot.over.clientHeight;
    return [['y', 2000], ['few', 7], ['few', 3]].map(([scale, value]) => 1 - plot.valToPos(value, scale) / high).concat(plot.axes.length);
  }));
  check(seen[0] > 0.6 && seen[1] > 0.6 && seen[2] > 0.25 && seen[3] === 3, `how high they are, and how many axes there are: ${seen}`);
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('The axis of a run of days names the days', async () => {
  const tab = await openTab(live.base);
  const marks = await tab.evaluate(async () => {
    const { markText } = await import('/page/format.js');
    const day = Date.parse('2026-01-05T00:00:00Z') / 1000;
    return [markText(day, 86_400), markText(day + 3 * 86_400, 3 * 86_400), markText(day + 21_600, 21_600), markText(day + 30, 30)];
  });
  equal(marks, ['01-05', '01-08', '06:00', '00:00:30'], 'marks');
  await tab.context().close();
});

await law('The power of a few charge points is what they have told, not how their meters rise', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const [told, ofEnergy, live_w] = await tab.evaluate(async () => {
    const { Series, rowOf } = await import('/page/series.js');
    // Three points at 11 kW that report each five seconds.
    const sim_s = Array.from({ length: 40 }, (_, i) => i);
    const energy_mj = sim_s.map((s) => [0, 2, 3].reduce((sum, at) => sum + Math.floor((s + at) / 5) * 55e6, 0));
    const of = (columns) => {
      const series = new Series();
      series.prepend({ columns: { sim_s, energy_mj, ...columns } });
      return series.power();
    };
    const row = rowOf(window.chargemill.pulse);
    return [of({ power_w: sim_s.map(() => 33_000) }), of({}), [row.power_w, window.chargemill.pulse.power_w]];
  });
  check(told.every((kw) => kw === 33), `it is the same all the time: ${told}`);
  check(ofEnergy.slice(20).every((kw) => kw > 25 && kw < 41), `a run that kept none has that of its energy: ${ofEnergy}`);
  check(Number.isFinite(live_w[0]) && live_w[0] === live_w[1], `what a pulse says is taken as it is: ${live_w}`);
  await tab.context().close();
});

await law('A range that is drawn on one chart is that of all, of the feed, and of the address', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await tab.waitForFunction(() => window.chargemill.series.length > 8 && document.querySelectorAll('.u-over').length === 6, null, { timeout: 60_000 });
  await tab.locator('.u-over').nth(1).scrollIntoViewIfNeeded();
  const box = await tab.locator('.u-over').nth(1).boundingBox();
  await tab.mouse.move(box.x + box.width * 0.3, box.y + 20);
  await tab.mouse.down();
  await tab.mouse.move(box.x + box.width * 0.8, box.y + 20, { steps: 5 });
  await tab.mouse.up();
  await tab.getByTestId('range').waitFor();
  check(/[?&]from=.*&to=/.test(tab.url()), tab.url());
  const isShared = async () => {
    const asked = new URL(tab.url()).searchParams;
    const [from, to] = ['from', 'to'].map((name) => Date.parse(asked.get(name)) / 1000);
    const ranges = await rangesOf(tab);
    const fields = await tab.locator('.filters input[type=datetime-local]').evaluateAll((all) => all.map(({ value }) => Date.parse(`${value}Z`) / 1000));
    return ranges.length === 6 && ranges.every(([min, max]) => Math.abs(min - from) < 0.01 && Math.abs(max - to) < 0.01) &&
      fields[0] === Math.floor(from) && fields[1] === Math.floor(to);
  };
  await until('it is that of all charts and of the feed', isShared);
  const address = tab.url();
  await tab.reload();
  await until('it is there again for whoever opens the address', async () => tab.url() === address && isShared());
  await tab.getByRole('button', { name: 'All of the run' }).click();
  await until('all is shown again', async () => (await tab.getByTestId('range').count()) === 0);
  await tab.context().close();
});

await law('A range that ends before it begins, or lies ahead, shows nothing and breaks nothing', async () => {
  for (const range of ['from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z&cp=CP-000001', 'from=2126-01-01T00:00:00Z&cp=CP-000001']) {
    const tab = await openTab(`${live.base}/?${range}`);
    await shown(tab);
    await until('charts have it', async () => (await rangesOf(tab)).filter(([min, max]) => min < max).length === 6);
    await tab.getByTestId('drawer').getByText('No report in this range.').waitFor();
    equal(await tab.getByRole('alert').filter({ hasText: /./ }).count(), 0, 'alerts');
    await tab.getByRole('button', { name: 'All of the run' }).click();
    await until('all is shown again', async () => (await rangesOf(tab)).every(([min, max]) => min < max && max < Date.UTC(2100, 0) / 1000));
    equal(tab.complaints, [], 'complaints');
    await tab.context().close();
  }
});

await law('A keyboard leads through time: each moment is in the captions and in words', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await tab.waitForFunction(() => window.chargemill.series.length > 8 && document.querySelectorAll('.u-over').length === 6, null, { timeout: 60_000 });
  const charts = tab.getByRole('region', { name: 'Charts' });
  await charts.focus();
  await tab.keyboard.press('Home');
  const said = () => tab.getByTestId('chart-cursor').textContent();
  const first = await until('a moment is told', async () => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\. States: supplying \d.*Tick lateness p99: lateness /.test(await said()) && said());
  await tab.keyboard.press('ArrowRight');
  await until('the next one is another', async () => (await said()) > first);
  await until('captions have it', async () => (await charts.locator('.chart').first().textContent()).includes(`at ${(await said()).slice(11, 19)}`));
  check(await charts.locator('.u-cursor-x').nth(1).evaluate((line) => line.getBoundingClientRect().left >= line.parentElement.getBoundingClientRect().left), 'the line is in the chart');
  await tab.keyboard.press('Escape');
  await until('it is now again', async () => !/at \d\d:\d\d:\d\d/.test(await charts.locator('.chart').first().textContent()));
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('The moment that keys have led to is held, however many rows become one and however far the run goes', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await tab.waitForFunction(() => window.chargemill.series.length > 8 && document.querySelectorAll('.u-over').length === 6, null, { timeout: 60_000 });
  const charts = tab.getByRole('region', { name: 'Charts' });
  await charts.focus();
  const said = () => tab.getByTestId('chart-cursor').textContent();
  const press = async (key) => {
    const before = await said();
    await tab.keyboard.press(key);
    await until(`${key} leads to another moment`, async () => (await said()) !== before);
  };
  for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight']) await press(key);
  const caption = async () => /at \d\d:\d\d:\d\d/.exec(await charts.locator('.chart').first().textContent())?.[0];
  const led = (await said()).slice(11, 19);
  await until('captions have it', async () => (await caption()) === `at ${led}`);
  // As when there are too many.
  const rows = await tab.evaluate(() => {
    const { series } = window.chargemill;
    for (const name of Object.keys(series.columns)) series.columns[name].splice(1, 2);
    return series.length;
  });
  await until('the run has gone on', () => tab.evaluate((before) => window.chargemill.series.length > before + 2, rows));
  equal(await caption(), `at ${led}`, 'what captions say then');
  // It was the fifth row, and is the third now.
  const [line, wanted] = await tab.evaluate(async (row) => {
    const { default: uPlot } = await import('/page/vendor/uplot.js');
    const [plot] = uPlot.sync('time').plots;
    return [plot.cursor.left, plot.valToPos(plot.data[0][row], 'x')];
  }, 2);
  check(Math.abs(line - wanted) <= 1, `the line is at ${line}, its moment at ${wanted}`);
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight']) await press(key);
  check((await said()).slice(11, 19) > led, `keys go on from there: ${await said()}`);
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('Charts shade what went beyond its limit, and name what the scenario foresaw', async () => {
  const strict = await openRun(smallScenario({ extra: `
[[fault]]
kind = "partition"
at = "2s"
duration = "1s"
zone = "Z02"
[[thresholds]]
expr = "tick_lateness:p99 < 1us"
[[thresholds]]
expr = "request_decision:p99 < 1h"
` }));
  const tab = await openTab(strict.base);
  await shown(tab);
  const alerts = (title) => tab.locator('.chart', { hasText: title }).locator('.plot').getAttribute('data-alerts');
  await until('lateness is beyond a microsecond', async () => Number(await alerts('Tick lateness p99')) > 0);
  equal(await alerts('decision p50'), '0', 'alerts of what is in time');
  const said = await tab.locator('.chart').first().getAttribute('aria-label');
  check(said.includes('foreseen: partition, Z02'), said);
  await tab.locator('.chart').first().locator('.u-over').hover();
  await until('values under the cursor are shown', async () => /at \d\d:\d\d:\d\d/.test(await tab.locator('.chart').first().textContent()));
  const note = () => tab.locator('.tile[data-state=faulted] .tile-note').textContent();
  check((await note()).startsWith('OK · '), await note());
  for (const cp of ['CP-000001', 'CP-000002', 'CP-000003']) await strict.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '10m' });
  await until('more than one in twenty is broken, and its tile says so', async () => (await note()).startsWith('HIGH · '), 30);
  await until('whoever listens is told at once', async () => /^\d+ charge points are broken/.test(await tab.getByTestId('alert').textContent()));
  const detection = tab.locator('.tile', { hasText: 'Detection p99' });
  const titleOf = (name) => tab.locator('.tile', { hasText: name }).getAttribute('title');
  check((await titleOf('Tick lateness p99')).endsWith(': a threshold of the scenario'), await titleOf('Tick lateness p99'));
  check((await titleOf('Detection p99')).endsWith('15 s: built in, for the scenario sets none'), await titleOf('Detection p99'));
  check(/above 2, 5 % of all, a limit that is built in$/.test(await titleOf('Broken')), await titleOf('Broken'));
  await until('how late faults were found has a tile', async () => /Detection p99\d.*OK/.test(await detection.textContent()), 30);
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
  strict.kill();
});
process.exit(await finish());
