// What the laws of the page share: real runs, a real browser, patience with a deadline.
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const require = createRequire(join(process.env.DASHBOARD_MODULES, 'package.json'));
const { chromium } = require('playwright-core');
export const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
export const root = process.env.DASHBOARD_ROOT;
export const program = join(root, 'build/release/chargemill');
export const work = mkdtempSync(join(tmpdir(), 'dashboard-'));
const run = promisify(execFile);

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const kPatience = 60;  // seconds: a slow machine is no failure

/** Calls `look` until it gives something; throws with `what` after `seconds`, a minute at least. */
export async function until(what, look, seconds = kPatience) {
  const end = performance.now() + Math.max(seconds, kPatience) * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await pause(20);
  }
}

export function check(isTrue, text) {
  if (!isTrue) throw new Error(text);
}
export function equal(found, wanted, text) {
  const [a, b] = [found, wanted].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${text}: found ${a.slice(0, 600)}, wanted ${b.slice(0, 600)}`);
}

/** A port that was free a moment ago. */
export const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

/** A small network whose faults are found at once. */
export const smallScenario = ({ points = 40, extra = '' } = {}) => `
[run]
name = "small"
duration = "1h"
speed = 1
stop_timeout = "2s"
[network]
charge_points = ${points}
zones = 4
sites_per_zone = 2
health_interval = "100ms"
telemetry_interval = "250ms"
max_session = "3s"
[central]
shards = 4
[drivers]
count = 10
profile = "public"
sessions_per_cp_per_day = 2000
[tcp]
listen = "off"
${extra}
`;

const alive = new Map();  // of each that runs: its end
let runs = 0;

/** The end of `child`, with its exit code. However the laws end, it ends with them. */
export function ending(child) {
  const ended = new Promise((done) => child.on('exit', done));
  alive.set(child, ended);
  ended.then(() => alive.delete(child));
  return ended;
}

/** A run of the real program; `base` is where it is served. */
export async function openRun(scenario, args = [], port = 0) {
  const name = `run${++runs}`;
  const file = join(work, `${name}.toml`);
  writeFileSync(file, scenario);
  const out = join(work, name);
  const child = spawn(program, ['run', file, '--http', `127.0.0.1:${port}`, '--progress', 'off', '--out', out, ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] });
  let heard = '';
  child.stderr.on('data', (bytes) => {
    heard += bytes;
  });
  child.stdout.resume();
  const ended = ending(child);
  const at = await until(`the run says where it is (${heard})`, () => /^HTTP +(\S+)/m.exec(heard)?.[1], 60);
  const base = `http://${at}`;
  const ask = async (path, options) => {
    const answer = await fetch(base + path, options);
    check(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
    return answer.json();
  };
  return {
    base, out, ended, child, ask,
    post: (path, body = {}) => ask(path, { method: 'POST', body: JSON.stringify(body) }),
    stop: () => {
      child.kill('SIGINT');
      return ended;
    },
    /** At once: of a run whose end nobody looks at. */
    kill: () => child.kill('SIGKILL'),
  };
}

/** What `chargemill history` says, as it stands. */
export async function historyText(out, what, args = []) {
  const { stdout } = await run(program, ['history', what, '--data', join(out, 'journal'), ...args], { maxBuffer: 1 << 28 });
  return stdout;
}
/** The same, as JSON. */
export const history = async (out, what, args = []) => JSON.parse(await historyText(out, what, ['--format', 'json', ...args]));

let browser = null;
/** One browser for all laws; `options` are those of a context of its own. */
export async function openBrowser() {
  browser ??= await chromium.launch({
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--enable-precise-memory-info'],
  });
  return browser;
}

/** A tab at `address`; what its console complains of and whom it asks are kept. */
export async function openTab(address, { width = 1280, height = 900, ...options } = {}) {
  const context = await (await openBrowser()).newContext({ viewport: { width, height }, colorScheme: 'dark', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(kPatience * 1000);
  page.complaints = [];
  page.asked = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('request', (request) => page.asked.push(request.url()));
  page.on('websocket', (socket) => page.asked.push(socket.url()));
  await page.goto(address);
  return page;
}

/** Until the tab shows states. */
export async function shown(page, seconds = kPatience) {
  await page.waitForFunction(() => window.chargemill?.states?.number > 0 && window.chargemill.stage?.frames > 0,
    null, { timeout: seconds * 1000, polling: 20 });
}

/** Until a tab that goes with the system's theme has that one, its charts as well. */
export async function wear(page, theme) {
  const isChange = await page.evaluate((wanted) => {
    const isAnother = document.documentElement.dataset.theme !== wanted;
    if (isAnother) for (const chart of document.querySelectorAll('.u-over')) chart.setAttribute('data-before', '');
    return isAnother;
  }, theme);
  await page.emulateMedia({ colorScheme: theme });
  if (!isChange) return;
  await page.waitForFunction((wanted) => document.documentElement.dataset.theme === wanted && !document.querySelector('.u-over[data-before]'), theme, { polling: 20 });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** The colour of a charge point's cell, `#rrggbb`, as it is painted. */
export const cellColour = (page, point) => page.evaluate((i) => {
  const { stage } = window.chargemill;
  if (!stage.places || !stage.painter.pixels) return '';  // another map, which nobody has seen yet
  const scale = stage.view.scale * stage.ratio;
  const at = (value, from) => Math.round((value - from) * scale) + 1;
  const pixel = stage.painter.pixels[at(stage.places.y[i], stage.view.top) * stage.width + at(stage.places.x[i], stage.view.left)];
  const parts = [pixel & 255, pixel >> 8 & 255, pixel >> 16 & 255];
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`.toUpperCase();
}, point);

/**
 * Looks, each time the screen is drawn anew, for a fault of `cp` in the feed, for its broken cell, and for a tile that counts broken
 * ones; `seen()` says when each was there, in milliseconds since 1970; Infinity: not for a while. What the browser is asked meanwhile delays nothing.
 */
export async function lookOut(page, cp, point) {
  await page.evaluate(([name, i]) => {
    const now = () => performance.timeOrigin + performance.now();
    const isListed = () => [...document.querySelectorAll('[data-testid=feed] .fault')].some(({ textContent }) => textContent.includes(name) && textContent.includes('▲'));
    const isPainted = () => {
      const { ratio, view, places, painter, width } = window.chargemill.stage;
      if (!places || !painter.pixels) return false;
      const [x, y] = [places.x[i] - view.left, places.y[i] - view.top].map((at) => Math.round(at * view.scale * ratio) + 1);
      return (painter.pixels[y * width + x] & 0xFFFFFF) === 0x0C59E8;  // #E8590C, red first
    };
    window.lookedOut = new Promise((done) => {
      const found = { feed: Infinity, cell: Infinity, tile: Infinity };
      const end = now() + 20_000;
      const look = () => {
        if (found.feed === Infinity && isListed()) found.feed = now();
        if (found.cell === Infinity && isPainted()) found.cell = now();
        if (found.tile === Infinity && Number(document.querySelector('[data-testid=count-faulted]')?.textContent) > 0) found.tile = now();
        if (Math.max(found.feed, found.cell, found.tile) < Infinity || now() > end) done(found); else requestAnimationFrame(look);
      };
      look();
    });
  }, [cp, point]);
  return { seen: () => page.evaluate(() => window.lookedOut) };
}

/**
 * Texts of tiles, buttons, headings and facts that do not fit where they stand; tables of the drawer that are wider than it; charts
 * whose name takes two lines, or that begin lower than those beside them.
 */
export const cut = (page) => page.evaluate(() => {
  const tops = (selector) => [...document.querySelectorAll(selector)].map((item) => [item, item.getBoundingClientRect()]);
  const names = tops('figcaption > b').filter(([, box]) => box.height > 25).map(([item]) => `${item.textContent} takes two lines`);
  const beside = (box, other) => box.top === other.top && box !== other;
  const figures = tops('.chart').map(([item, box]) => [item.textContent, box, item.querySelector('.plot').getBoundingClientRect()]);
  const lower = figures.filter(([, box, plot]) => figures.some(([, other, plotBeside]) => beside(box, other) && plot.top > plotBeside.top + 1))
    .map(([text]) => `${text} is drawn lower than a chart beside it`);
  return [...document.querySelectorAll('.tile-value, .tile-name, button, h1, h2, th, dd, figcaption b, .drawer .table-box')]
    .filter((item) => item.scrollWidth > item.clientWidth + 1 && item.clientWidth > 0 && getComputedStyle(item).display !== 'inline')
    .map((item) => `${item.className} ${item.textContent}`.trim()).concat(names, lower);
});

/** Parts of the page that lie over each other or reach beyond the window. */
export const overlaps = (page) => page.evaluate(() => {
  const parts = ['header.top', '.tiles', '.centre', '.side', '.charts', '.drawer'].map((name) => [name, document.querySelector(name)])
    .filter(([, item]) => item && getComputedStyle(item).visibility !== 'hidden').map(([name, item]) => [name, item.getBoundingClientRect()]);
  // A report is as long as it has to be, the live page as high as its window.
  const height = document.body.classList.contains('report') ? document.documentElement.scrollHeight : innerHeight;
  const scrolls = document.body.classList.contains('report') || document.documentElement.scrollHeight <= innerHeight + 1 ? [] : ['the page scrolls'];
  const bad = parts.filter(([, box]) => box.right > innerWidth + 1 || box.bottom > height + 1).map(([name]) => `${name} leaves the window`);
  parts.forEach(([a, one], i) => parts.slice(i + 1).forEach(([b, other]) => {
    if (Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 &&
        Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1) bad.push(`${a} over ${b}`);
  }));
  return [...bad, ...scrolls];
});

/** What axe finds that a person would stumble over. */
export const findings = async (page) => {
  await page.addScriptTag({ content: axeSource }).catch(() => page.evaluate(axeSource));
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 4).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary?.slice(0, 200)}`).join(' | ')}`);
};

let failed = 0;
/** One line of the test's result, and how long it took. */
export async function law(text, body) {
  const begun = performance.now();
  try {
    await body();
    console.log(`ok - ${text}`);
  } catch (error) {
    ++failed;
    console.log(`not ok - ${text}`);
    console.log(String(error?.stack ?? error));
  }
  console.log(`# ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

/** Ends what was begun; the exit code. */
export async function finish() {
  await browser?.close();
  const ends = [...alive.values()];
  for (const child of alive.keys()) child.kill('SIGKILL');
  await Promise.all(ends);  // they write into the folder
  rmSync(work, { recursive: true, force: true });
  return failed === 0 ? 0 : 1;
}

export function folder(path) {
  mkdirSync(path, { recursive: true });
  return path;
}
