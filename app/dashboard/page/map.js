// The map of all charge points: a canvas, and what it says to those who do not see it.
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from './vendor/preact_htm.js';
import { Finder, place, placeZones } from './layout.js';
import { Painter, paintBlocks } from './paint.js';
import { kClasses, kOrder } from './palette.js';
import { countText, plural } from './format.js';

const kScaleMax = 24;
const kFarBelow = 0.75;  // smaller than this, zones are bars
const kScaleMin = 0.5;
const kRestMs = 300;     // without a move, until the address follows

/** How many points of each class there are, by zone. */
export function countByZone(plan, states) {
  const counts = plan.zones.map(() => new Uint32Array(kClasses.length));
  const { packed } = states;
  for (let i = 0; i < plan.points; ++i)
    ++counts[plan.zoneOf[i]][(packed[i >> 1] >> ((i & 1) << 2)) & 15];
  return counts;
}

/** What the map shows, in words. */
export function describe(plan, total) {
  const parts = kOrder.filter((code) => total[code] > 0)
    .map((code) => `${countText(total[code])} ${kClasses[code].word.toLowerCase()}`);
  return `Map of ${plural(plan.points, 'charge point')} in ${plural(plan.zones.length, 'zone')}: ${parts.join(', ')}.`;
}

/** Beside a place of the map, on the side that has the room. */
function besideTip({ x, y }, { clientWidth, clientHeight }) {
  return { ...(x > clientWidth / 2 ? { right: `${clientWidth - x + 14}px` } : { left: `${x + 14}px` }),
    ...(y > clientHeight / 2 ? { bottom: `${clientHeight - y + 14}px` } : { top: `${y + 14}px` }) };
}

/** One canvas and all that happens on it. Not a component: it is drawn as often as it likes. */
class Stage {
  constructor(canvas, plan) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { alpha: false });
    this.plan = plan;
    this.painter = new Painter();
    this.view = { scale: 1, left: 0, top: 0 };
    this.states = null;
    this.cursor = -1;
    this.selected = -1;
    this.isolated = null;
    this.zone = -1;
    this.aim = -1;  // the point for the middle, before there are places
    this.frames = 0;
    this.isDue = false;
    this.onMoved = () => {};
  }

  /**
   * What part is seen, as the address says it: scale, and the point in the middle, which is the same in a window of
   * another shape. All of it: nothing.
   */
  get place() {
    const { scale } = this.view;
    if (Math.abs(scale - 1) < 1e-3) return '';
    const middle = this.middle();
    return `${Number(scale.toFixed(2))}${middle < 0 ? '' : `,${middle}`}`;
  }
  set place(text) {
    const [scale, middle = -1] = text === '' ? [1] : text.split(',').map(Number);
    this.view = { scale, left: 0, top: 0 };
    this.aim = middle;
    if (!this.places) return;
    this.centre(middle);
    this.draw();
  }

  /** The point nearest to the middle of what is seen; -1: all is seen. */
  middle() {
    if (!this.places) return this.aim;
    const { view, places } = this;
    if (view.scale <= 1) return -1;
    const atX = view.left + (this.width / this.ratio / view.scale - places.cell) / 2;
    const atY = view.top + (this.height / this.ratio / view.scale - places.cell) / 2;
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < places.x.length; ++i) {
      const far = (places.x[i] - atX) ** 2 + (places.y[i] - atY) ** 2;
      if (far < least) [best, least] = [i, far];
    }
    return best;
  }
  centre(point) {
    const { view, places } = this;
    if (point >= 0 && point < places.x.length) {
      view.left = places.x[point] - (this.width / this.ratio / view.scale - places.cell) / 2;
      view.top = places.y[point] - (this.height / this.ratio / view.scale - places.cell) / 2;
    }
    this.clamp();
  }

  /** In pixels of the screen, so that cells are sharp. */
  resize(width, height) {
    const ratio = window.devicePixelRatio || 1;
    const [wide, high] = [width, height].map((size) => Math.max(1, Math.round(size * ratio)));
    if (wide === this.width && high === this.height) return;
    const middle = this.middle();
    this.ratio = ratio;
    this.width = wide;
    this.height = high;
    this.canvas.width = this.width;
    this.canvas.height = this.height;
    this.places = place(this.plan, width - 16, height - 16);
    this.finder = new Finder(this.places);
    this.blocks = placeZones(this.plan, width - 16, height - 16);
    this.centre(middle);
    this.paint();  // at once: a canvas that changes its size is empty until it is painted
  }

  clamp() {
    const { view, places } = this;
    view.scale = Math.min(kScaleMax, Math.max(kScaleMin, view.scale));
    const room = (size, shown) => Math.max(0, size + 16 - shown / view.scale);
    const margin = view.scale < 1 ? 0 : -8;
    view.left = Math.min(Math.max(view.left, margin), room(places.width, this.width / this.ratio) + margin);
    view.top = Math.min(Math.max(view.top, margin), room(places.height, this.height / this.ratio) + margin);
  }

  zoom(factor, atX, atY) {
    const { view } = this;
    const x = view.left + atX / view.scale;
    const y = view.top + atY / view.scale;
    view.scale = Math.min(kScaleMax, Math.max(kScaleMin, view.scale * factor));
    view.left = x - atX / view.scale;
    view.top = y - atY / view.scale;
    this.moved();
  }
  pan(dx, dy) {
    this.view.left += dx / this.view.scale;
    this.view.top += dy / this.view.scale;
    this.moved();
  }
  moved() {
    this.clamp();
    this.draw();
    this.onMoved();
  }
  /** So that a point is in sight. */
  show(point) {
    const { view, places } = this;
    const wide = this.width / this.ratio / view.scale;
    const high = this.height / this.ratio / view.scale;
    const x = places.x[point];
    const y = places.y[point];
    const edge = places.cell * 2;
    if (x < view.left + edge || x > view.left + wide - edge) view.left = x - wide / 2;
    if (y < view.top + edge || y > view.top + high - edge) view.top = y - high / 2;
    this.moved();
  }
  pointAt(x, y) {
    if (this.view.scale < kFarBelow) return -1;
    return this.finder.at(this.view.left + x / this.view.scale, this.view.top + y / this.view.scale);
  }
  zoneAt(x, y) {
    const isFar = this.view.scale < kFarBelow;
    const at = isFar ? { x: x - 8, y: y - 8 } : { x: this.view.left + x / this.view.scale, y: this.view.top + y / this.view.scale };
    return (isFar ? this.blocks : this.places.zones).find((zone) => at.x >= zone.left && at.x < zone.left + zone.width &&
      at.y >= zone.top && at.y < zone.top + zone.height);
  }

  /** At the next chance the screen has; how often it is called does not matter. */
  draw() {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      this.paint();
    });
  }

  isLit() {
    if (this.isolated === null && this.zone < 0) return null;
    return (code, point) => (this.isolated === null || this.isolated === code) &&
      (this.zone < 0 || this.plan.zoneOf[point] === this.zone);
  }

  paint() {
    const { context, places, view, ratio } = this;
    if (!this.states || !places) return;
    ++this.frames;
    const seen = { scale: view.scale * ratio, left: view.left, top: view.top };
    if (view.scale < kFarBelow) {
      context.fillStyle = '#111418';
      context.fillRect(0, 0, this.width, this.height);
      paintBlocks(context, this.blocks, countByZone(this.plan, this.states), kOrder, ratio,
        { isLit: (code) => this.isolated === null || this.isolated === code, chosen: this.zone, number: countText });
      return;
    }
    this.painter.paint(context, this.width, this.height, places, this.states, seen, this.isLit());
    this.paintLabels(seen);
    this.paintFrame(this.selected, '#FFFFFF', seen);
    this.paintFrame(this.cursor, '#FFD34D', seen);
  }

  paintLabels(seen) {
    const { context, places } = this;
    const size = Math.round(12 * this.ratio);
    context.font = `600 ${size}px system-ui, sans-serif`;
    context.textBaseline = 'top';
    for (const zone of places.zones) {
      const x = (zone.left - seen.left) * seen.scale;
      const y = (zone.top - seen.top) * seen.scale;
      if (x > this.width || y > this.height || y + zone.height * seen.scale < 0) continue;
      // The name stays in sight while any of its zone is.
      const top = Math.min(Math.max(y, 0), y + (zone.height - places.label) * seen.scale);
      const name = zone.index === this.zone ? `${zone.name} ◂` : zone.name;
      const left = Math.max(2, x);
      context.fillStyle = '#111418';
      context.fillRect(left, top, context.measureText(name).width + 6 * this.ratio, size + 3 * this.ratio);
      context.fillStyle = '#D5DCE3';
      context.fillText(name, left + 2 * this.ratio, top + 2 * this.ratio);
    }
  }

  paintFrame(point, colour, seen) {
    if (point < 0 || this.view.scale < kFarBelow) return;
    const size = Math.max(6 * this.ratio, this.places.cell * seen.scale);
    const x = (this.places.x[point] - seen.left) * seen.scale;
    const y = (this.places.y[point] - seen.top) * seen.scale;
    this.context.lineWidth = 2 * this.ratio;
    this.context.strokeStyle = '#111418';
    this.context.strokeRect(x - 3 * this.ratio, y - 3 * this.ratio, size + 5 * this.ratio, size + 5 * this.ratio);
    this.context.strokeStyle = colour;
    this.context.strokeRect(x - 1.5 * this.ratio, y - 1.5 * this.ratio, size + 2 * this.ratio, size + 2 * this.ratio);
  }
}

function useStage(canvas, box, plan, store) {
  const stage = useMemo(() => ({ current: null }), [plan]);
  useLayoutEffect(() => {
    const made = new Stage(canvas.current, plan);
    // Who joins stands behind the others: the cursor is where it was.
    if (store.stage && store.stage.cursor < plan.points) made.cursor = store.stage.cursor;
    stage.current = made;
    store.stage = made;
    const watcher = new ResizeObserver(([entry]) =>
      made.resize(entry.contentRect.width, entry.contentRect.height));
    watcher.observe(box.current);
    const stop = store.onStates((states) => {
      made.states = states;
      made.draw();
    });
    return () => {
      watcher.disconnect();
      stop();
    };
  }, [plan]);
  return stage;
}

/** `view`: what the URL says of the map: isolated class, zone, selected point. `canGrow`: over what stands beside and below it. */
export function ChargePointMap({ store, plan, total, view, go, canGrow }) {
  const box = useRef(null);
  const canvas = useRef(null);
  const stage = useStage(canvas, box, plan, store);
  const [tip, setTip] = useState(null);
  const [spoken, setSpoken] = useState('');

  useEffect(() => {
    const s = stage.current;
    s.isolated = view.isolated;
    s.zone = view.zone ? plan.zones.indexOf(view.zone) : -1;
    s.selected = view.cp ? plan.find(view.cp) : -1;
    if (s.selected >= 0 && s.places && s.selected !== s.shown) s.show(s.shown = s.selected);
    s.draw();
  }, [plan, view.isolated, view.zone, view.cp]);

  // The address follows the map once it stands still, and the map the address.
  useEffect(() => {
    const s = stage.current;
    let timer = 0;
    s.onMoved = () => {
      setTip(null);  // what it was beside is elsewhere now
      clearTimeout(timer);
      timer = setTimeout(() => go({ at: s.place }), kRestMs);
    };
    return () => {
      clearTimeout(timer);
      s.onMoved = () => {};
    };
  }, [plan]);
  useEffect(() => {
    if (stage.current.place !== view.at) stage.current.place = view.at;
  }, [plan, view.at]);

  const say = (point) =>
    `${plan.name(point)}, ${plan.zone(point)} ${plan.site(point)}, ${kClasses[store.states.code(point)].word}`;
  const place = (event) => {
    const at = canvas.current.getBoundingClientRect();
    return [event.clientX - at.left, event.clientY - at.top];
  };
  const drag = useRef(null);
  const mouse = {
    onpointerdown: (event) => {
      drag.current = { x: event.clientX, y: event.clientY, isDrag: false };
    },
    onpointermove: (event) => {
      const from = drag.current;
      if (from && event.buttons === 1) {
        const [dx, dy] = [from.x - event.clientX, from.y - event.clientY];
        if (!from.isDrag && Math.hypot(dx, dy) < 4) return;
        if (!from.isDrag) canvas.current.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, y: event.clientY, isDrag: true };
        stage.current.pan(dx, dy);
        return;
      }
      const [x, y] = place(event);
      const point = store.states ? stage.current.pointAt(x, y) : -1;
      setTip(point < 0 ? null : { x, y, point });
    },
    onpointerup: (event) => {
      const from = drag.current;
      drag.current = null;
      if (from?.isDrag || !store.states) return;
      const [x, y] = place(event);
      const point = stage.current.pointAt(x, y);
      if (point >= 0) return go({ cp: plan.name(point) });
      const zone = stage.current.zoneAt(x, y);
      if (zone) go({ zone: view.zone === zone.name ? '' : zone.name });
    },
    onpointerleave: () => setTip(null),
    onblur: () => setTip(null),
  };
  // Preact's own wheel handler would be passive, and the page would scroll with the map.
  useEffect(() => {
    const onWheel = (event) => {
      event.preventDefault();
      stage.current.zoom(Math.exp(-event.deltaY / 400), ...place(event));
    };
    const element = canvas.current;
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [plan]);

  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const onKey = (event) => {
    const s = stage.current;
    const middle = [s.width / s.ratio / 2, s.height / s.ratio / 2];
    const move = (point) => {
      s.cursor = point;
      if (s.view.scale < kFarBelow) s.zoom(1 / s.view.scale, ...middle);  // from afar there is no cell to stand on
      s.show(point);
      setSpoken(say(point));
      const { left, top, scale } = s.view;
      setTip({ x: (s.places.x[point] - left) * scale, y: (s.places.y[point] - top) * scale, point });
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !store.states) return;
    if (steps[event.key]) move(s.cursor < 0 ? 0 : s.finder.neighbour(s.cursor, ...steps[event.key]));
    else if (event.key === 'Home') move(0);
    else if (event.key === 'End') move(plan.points - 1);
    else if (event.key === 'Enter' && s.cursor >= 0) go({ cp: plan.name(s.cursor) });
    else if (event.key === '+' || event.key === '=') s.zoom(1.5, ...middle);
    else if (event.key === '-') s.zoom(1 / 1.5, ...middle);
    else if (event.key === '0') s.zoom(1 / s.view.scale, 0, 0);
    else return;
    event.preventDefault();
  };
  const zoomBy = (factor) => () => {
    const s = stage.current;
    s.zoom(factor, s.width / s.ratio / 2, s.height / s.ratio / 2);
  };
  return html`
    <div class="map" ref=${box} data-testid="map">
      <canvas ref=${canvas} tabindex="0" role="img" aria-label=${describe(plan, total)}
        aria-describedby="map-keys" onkeydown=${onKey} ...${mouse}></canvas>
      <p id="map-keys" class="hidden">Arrow keys move from charge point to charge point, Enter opens one,
        plus and minus zoom, 0 shows all. The table view has the same content.</p>
      <div class="hidden" role="status" data-testid="map-cursor">${spoken}</div>
      ${tip && store.states && tip.point < plan.points && html`<div class="tip" data-testid="tip" style=${besideTip(tip, box.current)}>${say(tip.point)}</div>`}
      <div class="zoom" role="group" aria-label="Zoom">
        <button onclick=${zoomBy(1.5)} aria-label="Zoom in">+</button>
        <button onclick=${zoomBy(1 / 1.5)} aria-label="Zoom out">−</button>
        <button onclick=${() => stage.current.zoom(1 / stage.current.view.scale, 0, 0)} aria-label="Show all">⤢</button>
        ${canGrow && html`<button onclick=${() => go({ isLarge: !view.isLarge })} aria-pressed=${view.isLarge} aria-label="Large map"
          title="The map alone, or with lists and charts">▣</button>`}
      </div>
    </div>`;
}
