// From one open charge point to the next, and what a key does that is pressed twice.
import { check, equal, finish, law, openRun, openTab, shown, smallScenario, until } from './harness.mjs';

const live = await openRun(smallScenario(), ['--set', 'http.control=true']);

await law('However many charge points one walks past, a step back closes the drawer', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await tab.getByTestId('map').locator('canvas').focus();
  await tab.keyboard.press('Home');
  await tab.keyboard.press('Enter');
  const title = () => tab.locator('#drawer-title').textContent();
  await until('it is open', async () => (await tab.getByTestId('drawer').count()) === 1);
  for (const cp of ['CP-000002', 'CP-000003']) {
    await tab.keyboard.press('ArrowRight');
    await until(cp, async () => (await title()) === cp);
  }
  check(tab.url().includes('cp=CP-000003'), tab.url());
  await tab.goBack();
  await until('it is closed', async () => (await tab.getByTestId('drawer').count()) === 0);
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('Arrows scroll a table that has the focus, and leave its charge point open', async () => {
  const cp = 'CP-000007';
  await live.post(`/api/v1/charge-points/${cp}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
  await until('it has a fault', async () => (await live.ask(`/api/v1/faults?cp=${cp}`)).faults.length > 0);
  const tab = await openTab(`${live.base}/?cp=${cp}`);
  await tab.getByTestId('drawer-faults').waitFor();
  const box = tab.locator('.table-box', { has: tab.getByTestId('drawer-faults') });
  await box.press('ArrowRight');
  equal(await tab.locator('#drawer-title').textContent(), cp, 'the charge point');
  await tab.locator('#drawer-title').press('ArrowRight');
  await until('elsewhere they lead on', async () => (await tab.locator('#drawer-title').textContent()) === 'CP-000008');
  await tab.context().close();
});

await law('Whoever presses Shut down twice has not switched it on again', async () => {
  const path = '/api/v1/charge-points/CP-000009';
  const tab = await openTab(`${live.base}/?cp=CP-000009`);
  const off = tab.getByRole('button', { name: 'Shut down' });
  await off.press('Enter');
  await until('it is of no use any more', async () => (await off.getAttribute('aria-disabled')) === 'true');
  check(await off.evaluate((item) => document.activeElement === item), 'it has the focus');
  await tab.keyboard.press('Enter');
  equal((await live.ask(path)).engine_state, 'DISCONNECTED', 'its engine');
  await tab.getByRole('button', { name: 'Switch on' }).click();
  await until('its engine is on', async () => (await live.ask(path)).engine_state !== 'DISCONNECTED');
  await tab.context().close();
});

process.exit(await finish());
