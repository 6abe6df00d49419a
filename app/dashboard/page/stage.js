// What is drawn on the map's canvas, and from where it is looked at.
import { countText } from './format.js';
import { countByZone, Finder, place, placeZones } from './layout.js';
import { Painter, paintBlocks } from './paint.js';
import { kOrder } from './palette.js';

const kScaleMax = 48;
const kScaleMin = 0.5;
const kCellNear = 640;   // pixels: no cell needs to be seen from nearer
const kScaleLeast = 6;   // that one may come close by in any case
/** Smaller than this, zones are bars. */
export const kFarBelow = 0.75;
const kNameFrom = 64;    // pixels a cell must have to bear its name
const kNameShare = 9;    // of a cell's width for a letter's height, which is from
const kNameLeast = 11;   // to
const kNameMost = 16;    // pixels

/** One canvas and all that happens on it. Not a component: it is drawn as often as it likes. */
export class Stage {
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

  /** In pixels of the screen, so that cells are sharp; a window that is moved to another screen may have other ones. */
  resize(width, height) {
    const ratio = window.devicePixelRatio || 1;
    this.size = [width, height];
    const [wide, high] = [width, height].map((size) => Math.max(1, Math.round(size * ratio)));
    if (ratio === this.ratio && wide === this.width && high === this.height) return;
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

  get scaleMax() {
    return Math.min(kScaleMax, Math.max(kScaleLeast, kCellNear / this.places.cell));
  }
  clamp() {
    const { view, places } = this;
    view.scale = Math.min(this.scaleMax, Math.max(kScaleMin, view.scale));
    const room = (size, shown) => Math.max(0, size + 16 - shown / view.scale);
    const margin = view.scale < 1 ? 0 : -8;
    view.left = Math.min(Math.max(view.left, margin), room(places.width, this.width / this.ratio) + margin);
    view.top = Math.min(Math.max(view.top, margin), room(places.height, this.height / this.ratio) + margin);
  }

  zoom(factor, atX, atY) {
    const { view } = this;
    const x = view.left + atX / view.scale;
    const y = view.top + atY / view.scale;
    view.scale = Math.min(this.scaleMax, Math.max(kScaleMin, view.scale * factor));
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
    if (ratio !== (window.devicePixelRatio || 1)) return this.resize(...this.size);
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
    if (places.cell * view.scale >= kNameFrom) this.paintNames(seen);
    this.paintLabels(seen);
    this.paintFrame(this.selected, '#FFFFFF', seen);
    this.paintFrame(this.cursor, '#FFD34D', seen);
  }

  /** At the lower edge of cells that have the room. On the surface's colour, for not every cell's would let it be read. */
  paintNames(seen) {
    const { context, places, plan, ratio } = this;
    const size = places.cell * seen.scale;
    const letter = Math.round(Math.min(kNameMost, Math.max(kNameLeast, size / ratio / kNameShare)));
    const high = (letter + 4) * ratio;
    context.font = `${Math.round(letter * ratio)}px system-ui, sans-serif`;
    context.textBaseline = 'middle';
    context.textAlign = 'center';
    for (let i = 0; i < plan.points; ++i) {
      const x = (places.x[i] - seen.left) * seen.scale;
      const y = (places.y[i] - seen.top) * seen.scale;
      if (x > this.width || y > this.height || x + size < 0 || y + size < 0) continue;
      const name = plan.name(i);
      const wide = context.measureText(name).width + 6 * ratio;
      if (wide > size) continue;
      const top = y + size - high - ratio;
      context.fillStyle = '#111418';
      context.fillRect(x + (size - wide) / 2, top, wide, high);
      context.fillStyle = '#D5DCE3';
      context.fillText(name, x + size / 2, top + high / 2);
    }
    context.textAlign = 'left';
  }

  paintLabels(seen) {
    const { context, places } = this;
    const size = Math.round(12 * this.ratio);
    context.font = `${size}px system-ui, sans-serif`;
    context.textBaseline = 'bottom';
    context.fillStyle = '#A3B0BC';
    for (const { left, bottom } of places.joined)
      context.fillText('joined later', (left - seen.left) * seen.scale, (bottom - seen.top) * seen.scale - this.ratio);
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
