// Frames of states, from bytes to what is shown: as FORMAT.md draws them, and as the server's own encoder has recorded them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, equal, finish, law, openRun, openTab, root, smallScenario } from './harness.mjs';

const live = await openRun(smallScenario({ points: 4 }));
const page = await openTab(live.base);

await law('The page decodes the frame that FORMAT.md draws', async () => {
  const text = readFileSync(join(root, 'app/dashboard/FORMAT.md'), 'utf8');
  const bytes = /```\n((?:[0-9a-f]{2} +)+[0-9a-f]{2})\n```/.exec(text)[1].split(/ +/).map((part) => parseInt(part, 16));
  const found = await page.evaluate(async (given) => {
    const { States } = await import('/page/frames.js');
    const states = new States(1);
    const isTaken = await states.take(new Uint8Array(given).buffer);
    return [isTaken, states.number, states.simMs, states.code(0)];
  }, bytes);
  equal(found, [true, 1, 1286, 0], 'what it holds');
});

await law('The page takes and refuses the frames that the encoder has recorded, and holds what they say', async () => {
  // tests/app/dashboard/golden_frames_test.cpp holds the encoder to the same file.
  const golden = JSON.parse(readFileSync(join(root, 'tests/dashboard/golden_frames.json'), 'utf8'));
  check(golden.length > 40 && golden.some(({ is_taken }) => !is_taken), `${golden.length} frames`);
  const found = await page.evaluate(async (steps) => {
    const { States } = await import('/page/frames.js');
    const states = new States(steps[0].codes.length);
    const held = [];
    for (const { says, frame } of steps) {
      const is_taken = await states.take(new Uint8Array(frame.match(/../g).map((part) => parseInt(part, 16))).buffer);
      const codes = Array.from({ length: states.points }, (_, i) => states.code(i)).join('');
      held.push({ says, frame, is_taken, number: states.number, sim_ms: states.simMs, codes });
    }
    return held;
  }, golden);
  golden.forEach((step, i) => equal(found[i], step, step.says));
});

await law('Frames of differences add up, one that does not fit is refused, and who has joined is not lost by one that is older', async () => {
  const found = await page.evaluate(async () => {
    const { States } = await import('/page/frames.js');
    const frame = async (isKey, points, number, base, payload) => {
      const packed = new Uint8Array(await new Response(new Blob([new Uint8Array(payload)]).stream().pipeThrough(new CompressionStream('deflate'))).arrayBuffer());
      const bytes = new Uint8Array(22 + packed.length);
      const head = new DataView(bytes.buffer);
      head.setUint8(0, 1);
      head.setUint8(1, isKey ? 1 : 0);
      [points, number, base].forEach((value, i) => head.setUint32(2 + 4 * i, value, true));
      bytes.set(packed, 22);
      return bytes.buffer;
    };
    const states = new States(3);
    const codes = () => Array.from({ length: states.points }, (_, i) => states.code(i));
    const steps = [];
    const take = async (...parts) => steps.push([await states.take(await frame(...parts)), states.number, codes().join('')]);
    await take(true, 3, 7, 0, [0x10, 0x05]);    // 0 1 5
    await take(false, 3, 8, 7, [0x31, 0x06]);   // 1 2 3
    await take(false, 3, 9, 7, [0x11, 0x01]);   // of one that is not held any more
    await take(false, 4, 9, 8, [0x11, 0x11]);   // of other points
    await take(false, 3, 9, 8, [0x11]);         // too short
    states.grow(4);                             // one has joined, and no frame has it yet
    steps.push([states.points, codes().join('')]);
    await take(false, 3, 9, 8, [0x00, 0x01]);   // 1 2 2
    await take(true, 3, 10, 0, [0x21, 0x03]);   // 1 2 3
    await take(true, 5, 11, 0, [0x21, 0x43, 0x05]);  // two have joined
    return steps;
  });
  equal(found, [[true, 7, '015'], [true, 8, '123'], [false, 8, '123'], [false, 8, '123'], [false, 8, '123'],
    [4, '1234'], [true, 9, '1224'], [true, 10, '1234'], [true, 11, '12345']], 'what was taken, its number, the codes');
});

process.exit(await finish());
