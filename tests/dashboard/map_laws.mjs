// The map: how much of the window it has, where cells stand, what they show from near and from afar.
import {
  cellColour, check, equal, finish, law, openRun, openTab, overlaps, shown, smallScenario, until,
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

await law('The map is as sharp as the screen that its window is moved to', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const pixels = () => tab.evaluate(() => {
    const { canvas } = window.chargemill.stage;
    return canvas.width / canvas.clientWidth;  // a part of a pixel may be left over
  });
  check(Math.abs(await pixels() - 1) < 0.01, 'a pixel each');
  const session = await tab.context().newCDPSession(tab);
  await session.send('Emulation.setDeviceMetricsOverride', { width: 1280, height: 900, deviceScaleFactor: 2, mobile: false });
  await until('two each', async () => Math.abs(await pixels() - 2) < 0.01);
  await until('cells are where they were', async () => (await cellColour(tab, 0)) !== '');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('The map has three fifths of the window, with figures, legend, feed and charts in sight, and more when it is made large', async () => {
  for (let point = 1; point <= 6; ++point)
    await live.post(`/api/v1/charge-points/CP-00000${point}/inject-fault`, { kind: 'engine_ko', duration: '1s' });
  for (const [width, height] of [[1280, 800], [1440, 900], [1920, 1080]]) {
    const tab = await openTab(live.base, { width, height });
    await shown(tab);
    await until('its feed has five rows', async () => (await tab.locator('[data-testid=feed] .fault').count()) >= 5);
    await tab.waitForFunction(() => document.querySelectorAll('.u-over').length === 6 && document.querySelectorAll('.spark polyline').length > 5, null, { timeout: 60_000 });
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

await law('At 1280 by 900 pixels three charts are whole and the next one is seen to begin, below a feed of seven rows and more', async () => {
  const tab = await openTab(live.base, { width: 1280, height: 900 });
  await shown(tab);
  await tab.waitForFunction(() => document.querySelectorAll('.u-over').length === 6, null, { timeout: 60_000 });
  const [whole, begun, rows] = await tab.evaluate(() => {
    const { bottom } = document.querySelector('.charts').getBoundingClientRect();
    const boxes = [...document.querySelectorAll('.chart')].map((chart) => chart.getBoundingClientRect());
    return [boxes.filter((box) => box.bottom <= bottom + 1).length, boxes.filter((box) => box.top + 12 < bottom).length,
      document.querySelector('[data-testid=feed]').clientHeight / 26];
  });
  check(whole >= 3 && begun > whole, `${whole} charts, of ${begun} that begin`);
  check(rows >= 7, `${rows} rows`);
  await tab.context().close();
});

await law('A map of nobody has nowhere to go', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  await tab.evaluate(async () => {
    const { Plan } = await import('/page/layout.js');
    const { States } = await import('/page/frames.js');
    const { chargemill: store } = window;
    store.wire.socket.onmessage = null;
    store.take = () => {};  // what is being unpacked is of the run as it is
    Object.assign(store, { plan: new Plan({ points: 0, zones: ['Z01'], sites: [], names: null }), states: new States(0) });
    store.changed();
  });
  const map = tab.getByTestId('map').locator('canvas');
  await until('it is empty', async () => (await map.getAttribute('aria-label')).startsWith('Map of 0 charge points'));
  for (const key of ['Home', 'End', 'ArrowRight', 'Enter']) await map.press(key);
  equal([await tab.getByTestId('map-cursor').textContent(), await tab.getByTestId('drawer').count()], ['', 0], 'what is said, and what is open');
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

await law('Only a press that begins and ends on a cell opens it, and what is said beside one goes away with Escape', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const box = await tab.getByTestId('map').boundingBox();
  const [x, y] = await tab.evaluate(() => {
    const { places, view } = window.chargemill.stage;
    return [places.x[16] - view.left + places.cell / 2, places.y[16] - view.top + places.cell / 2].map((at) => at * view.scale);
  });
  const toCell = () => tab.mouse.move(box.x + x, box.y + y, { steps: 3 });
  await toCell();
  await tab.getByTestId('tip').waitFor();
  await tab.keyboard.press('Escape');
  await until('nothing lies over the cells', async () => (await tab.getByTestId('tip').count()) === 0);
  const clock = await tab.getByTestId('clock').boundingBox();
  await tab.mouse.move(clock.x + 4, clock.y + 4);
  await tab.mouse.down();
  await toCell();
  await tab.mouse.up();
  await tab.mouse.click(box.x + x, box.y + y, { button: 'right' });
  await tab.mouse.down();
  await tab.mouse.move(clock.x + 4, clock.y + 4, { steps: 3 });
  await tab.mouse.up();
  await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  check(!tab.url().includes('cp='), `one is open: ${tab.url()}`);
  await tab.mouse.click(box.x + x, box.y + y);
  await until('a press opens it', async () => tab.url().includes('cp=CP-000017'));
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
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

await law('Whatever the size of network and window, all cells are on the map and no zone lies over another', async () => {
  const tab = await openTab(live.base);
  const wrong = await tab.evaluate(async () => {
    const { Plan, place, placeZones } = await import('/page/layout.js');
    const isOver = (a, b) => Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left) > 0.6 &&
      Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top) > 0.6;
    const found = [];
    for (const [points, zones] of [[1, 1], [10, 2], [40, 4], [500, 4], [10_000, 16], [100_000, 64], [1_000_000, 64]]) {
      const sites = Array.from({ length: zones }, (_, zone) => Array.from({ length: Math.ceil(points / zones / 15) }, (__, site) => [zone, site, 15])).flat();
      const plan = new Plan({ points: sites.length * 15, zones: Array.from({ length: zones }, (_, zone) => `Z${zone}`), sites });
      // A million have no room on the smallest: it has eighty thousand pixels.
      for (const [width, height] of [[892, 636], [1286, 909], ...(points > 100_000 ? [] : [[280, 300]])]) {
        const places = place(plan, width, height);
        const name = `${plan.points} in ${width} by ${height}`;
        if (places.x.some((x) => x + places.cell > width + 0.6) || places.y.some((y) => y + places.cell > height + 0.6)) found.push(`${name}: beyond the map`);
        for (const all of [places.zones, placeZones(plan, width, height)])
          if (all.some((one, i) => all.slice(i + 1).some((other) => isOver(one, other)))) found.push(`${name}: one over another`);
      }
    }
    return found;
  });
  equal(wrong, [], 'networks');
  await tab.context().close();
});

await law('Who has joined stands with the others of its zone who have, below the sites of that and under a label, whatever the size', async () => {
  const tab = await openTab(live.base);
  const found = await tab.evaluate(async () => {
    const { Plan, place, Finder } = await import('/page/layout.js');
    const all = [];
    for (const [zones, each] of [[4, 1], [16, 40], [64, 98], [2, 0]]) {
      const sites = Array.from({ length: zones * each }, (_, site) => [Math.floor(site / each), site + 1, 16]);
      const listed = 16 * sites.length;
      // By turns in two zones; the first ones are told of together with the last site, whose zone and number they have.
      const zonesOf = [...(each > 0 ? [zones - 1, zones - 1] : []), ...Array.from({ length: 21 }, (_, i) => i % 2)];
      if (each > 0) sites.at(-1)[2] += 2;
      for (const zone of zonesOf.slice(each > 0 ? 2 : 0)) sites.push([zone, 1, 1]);
      const plan = new Plan({ points: listed + zonesOf.length, zones: Array.from({ length: zones }, (_, zone) => `Z${zone}`), sites,
        joined: zonesOf.map((_, i) => `CP-LATE-${i}`) });
      for (const [width, height] of [[892, 636], [1286, 909]]) {
        const { cell, x, y, zones: boxes, joined } = place(plan, width, height);
        const finder = new Finder({ cell, x, y, width, height });
        const wrong = zonesOf.filter((zone, i) => {
          const point = listed + i;
          const label = joined.find((one) => one.zone === zone);
          const box = boxes[zone];
          const isBelowSites = plan.zoneOf.every((other, at) => at >= listed || other !== zone || y[at] + cell <= label.bottom - 15);
          return plan.zoneOf[point] !== zone || plan.site(point) !== 'joined later' || y[point] < label.bottom - 0.6 || !isBelowSites ||
            x[point] < box.left - 0.6 || x[point] + cell > box.left + box.width + 0.6 || y[point] + cell > box.top + box.height + 0.6 ||
            finder.at(x[point] + cell / 2, y[point] + cell / 2) !== point;
        });
        all.push([wrong.length, joined.length === new Set(zonesOf).size]);
      }
    }
    return all;
  });
  equal(found, Array(8).fill([0, true]), 'who stands elsewhere, and whether there is a label for each zone that has some');
  await tab.context().close();
});

await law('Zones stand so that the fewest places are empty, where cells are not smaller for it, and cells are as large as they may', async () => {
  const tab = await openTab(live.base);
  const found = await tab.evaluate(async () => {
    const { Plan, place } = await import('/page/layout.js');
    const planOf = (zones) => {
      const sites = Array.from({ length: zones * 40 }, (_, site) => [Math.floor(site / 40), site, 16]);
      return new Plan({ points: 16 * sites.length, zones: Array.from({ length: zones }, (_, zone) => `Z${zone}`), sites });
    };
    return [[16, 892, 636], [16, 892, 736], [16, 1286, 909], [12, 892, 636], [7, 892, 636]].map(([zones, width, height]) => {
      const places = place(planOf(zones), width, height);
      const columns = places.zones.filter(({ top }) => top === 0).length;
      const rows = new Set(places.zones.map(({ top }) => top)).size;
      return { cell: places.cell, columns, empty: rows * columns - zones, used: places.x.length * places.cell ** 2 / (width * height) };
    });
  });
  console.log(`# ${found.map(({ cell, columns, empty, used }) => `${cell} px in ${columns} columns, ${empty} empty, ${(used * 100).toFixed(0)} %`).join('; ')}`);
  equal(found.slice(0, 4).map(({ empty }) => empty), [0, 0, 0, 0], 'empty places');
  check(found.every(({ used }) => used > 0.55), 'a map that is mostly ground');
  await tab.context().close();
});

await law('Of few charge points each is as large as there is room for: ten fill a third of the map and more', async () => {
  const tab = await openTab(live.base);
  const shares = await tab.evaluate(async () => {
    const { Plan, place } = await import('/page/layout.js');
    const plan = new Plan({ points: 10, zones: ['Z01', 'Z02'], sites: [[0, 0, 5], [1, 1, 5]] });
    return [[892, 636], [1304, 910]].map(([width, height]) => 10 * place(plan, width, height).cell ** 2 / (width * height));
  });
  console.log(`# ${shares.map((share) => `${(share * 100).toFixed(0)} %`).join(', ')}`);
  check(shares.every((share) => share > 1 / 3), `${shares}`);
  await tab.context().close();
});

await law('A hundred thousand cells are painted without gaps: where a charge point is, the ground is not seen', async () => {
  const tab = await openTab(live.base);
  const shares = await tab.evaluate(async () => {
    const { Plan, place } = await import('/page/layout.js');
    const { Painter } = await import('/page/paint.js');
    const sites = Array.from({ length: 6272 }, (_, site) => [Math.floor(site / 98), site, 16]);
    const plan = new Plan({ points: 16 * sites.length, zones: Array.from({ length: 64 }, (_, zone) => `Z${zone}`), sites });
    return [[893, 638], [1303, 912]].map(([width, height]) => {
      const places = place(plan, width, height);
      const painter = new Painter();
      painter.paint(new OffscreenCanvas(width, height).getContext('2d'), width, height, places,
        { packed: new Uint8Array(plan.points / 2).fill(0x11) }, { scale: 1, left: 0, top: 0 }, null);
      return painter.pixels.reduce((sum, pixel) => sum + ((pixel & 0xFFFFFF) === 0xFF9B2F), 0) / (plan.points * places.cell ** 2);  // #2F9BFF, red first
    });
  });
  console.log(`# ${shares.map((share) => `${(share * 100).toFixed(0)} %`).join(', ')} of their room`);
  check(shares.every((share) => share > 0.95), `${shares}`);
  await tab.context().close();
});

await law('A cell that has the room bears its name, and a glyph and its colour besides', async () => {
  const tab = await openTab(live.base, { width: 1920, height: 1080 });
  await shown(tab);
  const [cell, dark, light] = await tab.evaluate(() => {
    const { stage } = window.chargemill;
    stage.paint();
    const { cell: size, x, y } = stage.places;
    // Of the lower edge of the first, which no glyph reaches: pixels of the ground of its name, and of letters.
    const { data } = stage.context.getImageData((x[0] - stage.view.left) * stage.ratio, (y[0] + size - 16 - stage.view.top) * stage.ratio, size * stage.ratio, 14 * stage.ratio);
    let [ground, letters] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
      if (data[i] === 0x11 && data[i + 1] === 0x14 && data[i + 2] === 0x18) ++ground;
      if (Math.min(data[i], data[i + 1], data[i + 2]) > 0x90) ++letters;
    }
    return [size, ground, letters];
  });
  check(cell >= 64, `a cell of ${cell} pixels`);
  check(dark > 300 && light > 30, `${dark} dark pixels, ${light} light ones`);
  await until('its colour is still there', async () => ['#66788A', '#2F9BFF', '#BFE3FF', '#E8590C'].includes(await cellColour(tab, 0)));
  await tab.context().close();
});

await law('Whoever comes closer and closer does not fill the memory: of large cells few pictures are kept', async () => {
  const tab = await openTab(live.base);
  await shown(tab);
  const most = await tab.evaluate(() => {
    const { stage } = window.chargemill;
    let pixels = 0;
    for (let i = 0; i < 60; ++i) {
      stage.zoom(1.06, 300, 300);
      stage.paint();
      pixels = Math.max(pixels, [...stage.painter.pictures.values()].reduce((sum, rows) => sum + rows.length ** 2, 0));
    }
    return pixels;
  });
  console.log(`# ${(most * 4 / 2 ** 20).toFixed(0)} MiB`);
  check(most > 0 && most <= 4 << 20, `${most} pixels`);
  equal(tab.complaints, [], 'complaints');
  await tab.context().close();
});

process.exit(await finish());
