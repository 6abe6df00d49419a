// Where the focus goes when what has it goes away.
import { check, equal, finish, law, openRun, openTab, shown, smallScenario, until } from './harness.mjs';

const live = await openRun(smallScenario(), ['--set', 'http.control=true']);

const focused = (tab) => tab.evaluate(() => {
  const { activeElement: item } = document;
  return item.getAttribute('aria-label') ?? item.id;
});
/** The connection breaks, and no other one is tried. */
const lose = async (tab) => {
  await tab.evaluate(() => {
    const { wire } = window.chargemill;
    wire.open = () => {};
    wire.socket.close();
  });
  await until('it is lost', async () => (await tab.getByTestId('connection').textContent()) === 'connection lost');
};

await law('A row that goes away leaves the focus to its list', async () => {
  const path = '/api/v1/charge-points/CP-000005';
  await live.post(`${path}/stop`);
  const tab = await openTab(`${live.base}/?view=table&state=stopped`);
  const row = tab.getByTestId('point-table').getByRole('button', { name: 'CP-000005' });
  await row.focus();
  await live.post(`${path}/resume`);
  await until('it is in order again', async () => (await row.count()) === 0);
  equal(await focused(tab), 'Charge points: Out of Order, all zones', 'what has the focus');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('Actions that go with the connection leave the focus where keys still lead on', async () => {
  const tab = await openTab(`${live.base}/?cp=CP-000003`);
  await shown(tab);
  await tab.getByRole('button', { name: 'Reset breaker' }).focus();
  await lose(tab);
  await until('nobody takes orders', async () => (await tab.locator('.actions').count()) === 0);
  equal(await focused(tab), 'drawer-title', 'what has the focus');
  await tab.keyboard.press('Escape');
  await until('Escape closes it', async () => (await tab.getByTestId('drawer').count()) === 0);
  await tab.context().close();

  const other = await openTab(live.base);
  await shown(other);
  await other.getByRole('button', { name: 'Stop all' }).focus();
  await lose(other);
  await until('nobody takes orders to all', async () => (await other.locator('.to-all').count()) === 0);
  check(await other.evaluate(() => document.activeElement.closest('.legend') !== null), 'the focus is beside where it was');
  await other.context().close();
});

await law('A button that takes itself away leaves the focus beside it', async () => {
  const tab = await openTab(`${live.base}/?zone=Z01&from=2026-01-05T00:00:00.000Z`);
  await shown(tab);
  for (const [name, place] of [['All of the run', '.charts'], ['Show all', '.legend']]) {
    const button = tab.locator(place).getByRole('button', { name });
    await button.focus();
    await tab.keyboard.press('Enter');
    await until(`${name} is gone`, async () => (await button.count()) === 0);
    check(await tab.evaluate((where) => document.activeElement.closest(where) !== null, place), `${name}: the focus is in ${place}`);
  }
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

process.exit(await finish());
