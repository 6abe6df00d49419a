// The figures of a run that goes on are those of its last pulse, and what is asked for is what the API says.
import { check, equal, finish, law, openRun, openTab, shown, smallScenario, until } from './harness.mjs';

const live = await openRun(smallScenario());

await law('The tiles say what the last pulse has: states, sessions, power and each p99 against its limit', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await until('something is measured', () => tab.evaluate(() => window.chargemill.pulse?.latency_ms.session_start.count > 0));
  await tab.getByRole('button', { name: 'Pause view' }).click();
  const [said, wanted] = await tab.evaluate(async () => {
    const { countText, figureText, msText } = await import('/page/format.js');
    const { kClasses } = await import('/page/palette.js');
    const { chargemill: store } = window;
    const { pulse: { states, latency_ms: latency }, hello } = store;
    const textOf = (name) => [...document.querySelectorAll('.tile')].find((tile) => tile.textContent.includes(name))?.querySelector('.tile-value').textContent;
    const tiles = {};
    const figures = {};
    for (const code of [5, 4, 3, 1, 0]) {
      const state = kClasses[code].name;
      const count = code === 0 ? states[0] + states[2] : states[code];  // those that are about to supply are activated
      tiles[state] = document.querySelector(`[data-testid=count-${state}]`)?.textContent;
      figures[state] = countText(count);
    }
    for (const [name, what] of [['Decision p99', 'request_decision'], ['Detection p99', 'fault_detection'], ['Tick lateness p99', 'tick_lateness']]) {
      tiles[what] = textOf(name);
      figures[what] = latency[what].count ? msText(latency[what].p99) : '–';
    }
    tiles.power = textOf('Power');
    figures.power = figureText(store.pulse.power_w, 'W');
    figures.points = states.reduce((sum, one) => sum + one, 0);
    tiles.points = hello.points;
    return [tiles, figures];
  });
  equal(said, wanted, 'what the tiles say');
  await tab.context().close();
});

await law('A row of the on-going requests has the driver, the time and the status of the API', async () => {  // D-198
  const tab = await openTab(`${live.base}/?panel=requests`);
  await tab.getByTestId('requests').waitFor();
  const cells = () => tab.locator('[data-testid=requests] tbody tr').evaluateAll((rows) => rows.map((row) => [...row.cells].map(({ textContent }) => textContent)));
  await until('the panel has what the API has', async () => {
    const rows = await cells();
    const { requests } = await live.ask('/api/v1/requests');
    const wanted = requests.map((row) => [row.ts.slice(11, 19), row.driver_id ?? '–', row.cp_id, row.status.replace('_', ' ')]);
    return wanted.length > 1 && JSON.stringify(rows) === JSON.stringify(wanted);
  });
  await tab.context().close();
});

await law('A tab has one WebSocket, whatever it shows', async () => {
  const tab = await openTab('about:blank');
  let sockets = 0;
  tab.on('websocket', () => {
    ++sockets;
  });
  await tab.goto(`${live.base}/?cp=CP-000003`);
  await shown(tab);
  for (const panel of ['requests', 'messages', 'log', 'config', 'faults']) {
    await tab.goto(`${live.base}/?cp=CP-000003&panel=${panel}`);
    await shown(tab);
  }
  equal(sockets, 6, 'sockets of six pages');
  await tab.context().close();
});

await law('The level of the log stands in the address, and is that of the lines that are left', async () => {
  const tab = await openTab(`${live.base}/?panel=log`);
  await tab.getByTestId('log').waitFor();
  await tab.getByLabel('At least').selectOption('warning');
  await until('the address says so', () => tab.url().includes('level=warning'));
  const others = await openTab(tab.url());
  await others.getByTestId('log').or(others.locator('.panel .empty')).first().waitFor();
  equal(await others.getByLabel('At least').inputValue(), 'warning', 'of whoever is sent there');
  check(await others.evaluate(() => !document.querySelector('[data-testid=log] tbody td:not(.bad):nth-child(2)')), 'lines below it are left out');
  for (const one of [tab, others]) await one.context().close();
});

process.exit(await finish());
