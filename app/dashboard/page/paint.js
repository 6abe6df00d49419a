// Cells into pixels. A hundred thousand of them are painted anew in a few milliseconds: each is a
// small picture copied row by row, so that no call is made for a single cell.
import { kClasses, kSurface, pixel } from './palette.js';

const kGlyphFrom = 12;   // pixels a cell must have to bear a glyph
const kPatternFrom = 4;  // to bear a pattern or a border
const kGapFrom = 3;      // to spare one for a gap
const kDimmed = 0.16;
const kKeptMax = 4 << 20;  // pixels of all pictures: of large cells a few are many
const kHatchStep = 6;    // pixels from line to line in a bar

/** The picture of a class at `size` pixels, the last of which may be a gap: an array of its rows. */
function picture(kind, size, share, hasGap) {
  const colour = pixel(kind.colour, share);
  const surface = pixel(kSurface);
  const border = kind.border ? pixel(kind.border, share) : 0;
  const side = hasGap ? size - 1 : size;
  const cells = new Uint32Array(size * size).fill(surface);
  for (let y = 0; y < side; ++y) {
    for (let x = 0; x < side; ++x) {
      const isEdge = x === 0 || y === 0 || x === side - 1 || y === side - 1;
      const isHatched = kind.pattern === 'hatch' && (x + y) % 4 === 0;
      cells[y * size + x] =
        border && size >= kPatternFrom && (isEdge || isHatched) ? border : colour;
    }
  }
  if (size >= kGlyphFrom) drawGlyph(kind, cells, size, side, share);
  return Array.from({ length: size }, (_, y) => cells.subarray(y * size, (y + 1) * size));
}

function drawGlyph(kind, cells, size, side, share) {
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.putImageData(new ImageData(new Uint8ClampedArray(cells.buffer), size, size), 0, 0);
  context.globalAlpha = share < 1 ? 0.3 : 1;
  context.strokeStyle = context.fillStyle = kind.ink;
  context.lineWidth = Math.max(1.5, side / 10);
  const c = side / 2;
  const r = side * 0.28;
  context.beginPath();
  if (kind.name === 'available' || kind.name === 'charging' || kind.name === 'starting') {
    context.arc(c, c, r, 0, 2 * Math.PI);
    if (kind.name === 'charging') context.fill(); else context.stroke();
    if (kind.name === 'starting') {
      context.beginPath();
      context.arc(c, c, r, Math.PI / 2, 3 * Math.PI / 2);
      context.fill();
    }
  } else if (kind.name === 'stopped') {
    for (const x of [c - r * 0.6, c + r * 0.6]) {
      context.moveTo(x, c - r);
      context.lineTo(x, c + r);
    }
    context.stroke();
  } else if (kind.name === 'disconnected') {
    context.moveTo(c - r, c - r);
    context.lineTo(c + r, c + r);
    context.moveTo(c + r, c - r);
    context.lineTo(c - r, c + r);
    context.stroke();
  } else {
    context.moveTo(c, c - r);
    context.lineTo(c + r * 1.1, c + r * 0.9);
    context.lineTo(c - r * 1.1, c + r * 0.9);
    context.fill();
  }
  const drawn = context.getImageData(0, 0, size, size).data;
  cells.set(new Uint32Array(drawn.buffer));
}

/** Paints cells into an image of its own, which it keeps from one time to the next. */
export class Painter {
  constructor() {
    this.pictures = new Map();
    this.kept = 0;  // pixels of them
  }
  pictureOf(code, size, isDimmed, hasGap) {
    const key = `${code} ${size} ${isDimmed} ${hasGap}`;
    let rows = this.pictures.get(key);
    if (!rows) {
      if (this.kept + size * size > kKeptMax) {
        this.pictures.clear();
        this.kept = 0;
      }
      this.kept += size * size;
      rows = picture(kClasses[code], size, isDimmed ? kDimmed : 1, hasGap);
      this.pictures.set(key, rows);
    }
    return rows;
  }

  /**
   * All points of `places` in `states`, seen through `view` {scale, left, top} (pixels of the layout
   * that fall on the image's corner), into `context` of `width` by `height` pixels.
   * `isLit(code, point)`: whether it stands out.
   */
  paint(context, width, height, places, states, view, isLit) {
    if (!this.image || this.image.width !== width || this.image.height !== height) {
      this.image = context.createImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    const { pixels } = this;
    pixels.fill(pixel(kSurface));
    const cell = places.cell * view.scale;
    // Small ones leave no gap, not even where a part of a pixel is left over: most of what is seen would be ground.
    const hasGap = cell >= kGapFrom;
    const size = Math.max(1, hasGap ? Math.floor(cell) : Math.ceil(cell - 0.01));
    const shown = [];  // by code, lit and dimmed: those that are there
    // Cells below a pixel lie over each other: what needs a person comes last and is seen; of those that work none hides the others.
    const passes = cell < 1 ? [0b000111, 1 << 4, 1 << 3, 1 << 5] : [-1];
    for (const classes of passes) this.paintCells(width, height, places, states.packed, view, { size, hasGap, shown, isLit, classes });
    context.putImageData(this.image, 0, 0);
  }

  /** Those of `classes`, a bit for each. */
  paintCells(width, height, { x, y }, packed, view, { size, hasGap, shown, isLit, classes }) {
    const { pixels } = this;
    for (let i = 0; i < x.length; ++i) {
      const code = (packed[i >> 1] >> ((i & 1) << 2)) & 15;
      if ((classes >> code & 1) === 0) continue;
      const left = Math.round((x[i] - view.left) * view.scale);
      const top = Math.round((y[i] - view.top) * view.scale);
      if (left >= width || top >= height || left + size <= 0 || top + size <= 0) continue;
      const isDimmed = isLit !== null && !isLit(code, i);
      const rows = shown[code * 2 + isDimmed] ??= this.pictureOf(code, size, isDimmed, hasGap);
      if (size === 1) {
        pixels[top * width + left] = rows[0][0];
        continue;
      }
      const from = Math.max(0, -left);
      const to = Math.min(size, width - left);
      const last = Math.min(size, height - top);
      for (let row = Math.max(0, -top); row < last; ++row) {
        const at = (top + row) * width + left;
        const cells = rows[row];
        for (let k = from; k < to; ++k) pixels[at + k] = cells[k];
      }
    }
  }
}

/** Lines from corner to corner, as the cells of that class have them. */
function hatch(context, colour, left, top, width, height) {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = left - height; x < left + width; x += kHatchStep) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}

/** From afar: of each zone its name, how many there are, how many are broken, and a bar of its states in the order in which a person wants to know. */
export function paintBlocks(context, zones, counts, order, ratio, { isLit, chosen, number }) {
  const broken = kClasses[5];
  context.save();
  context.scale(ratio, ratio);
  context.translate(8, 8);
  context.font = '600 12px system-ui, sans-serif';
  context.textBaseline = 'top';
  for (const { name, index, points, left, top, width, height } of zones) {
    const isFaint = chosen >= 0 && chosen !== index;
    context.globalAlpha = isFaint ? 0.35 : 1;
    context.fillStyle = '#D5DCE3';
    context.fillText(chosen === index ? `${name} ◂` : name, left, top);
    const faults = counts[index][broken.code];
    const text = faults > 0 ? `${broken.glyph} ${number(faults)}` : number(points);
    context.fillStyle = faults > 0 ? broken.colour : '#8A97A5';
    context.textAlign = 'right';
    context.fillText(text, left + width, top);
    context.textAlign = 'left';
    const bar = Math.max(6, height - 20);
    let x = left;
    for (const code of order) {
      const part = counts[index][code] / Math.max(1, points) * width;
      context.globalAlpha = !isFaint && isLit(code) ? 1 : 0.2;
      context.fillStyle = kClasses[code].colour;
      // What is there at all is seen.
      const wide = Math.min(counts[index][code] > 0 ? Math.max(part, 1) : 0, left + width - x);
      context.fillRect(x, top + 18, wide, bar);
      if (kClasses[code].pattern === 'hatch' && wide > kPatternFrom) hatch(context, kClasses[code].border, x, top + 18, wide, bar);
      x += wide;
    }
    context.globalAlpha = 1;
    context.strokeStyle = kClasses[4].border;
    context.lineWidth = 1;
    context.strokeRect(Math.round(left) + 0.5, Math.round(top + 18) + 0.5, Math.round(width) - 1, Math.round(bar) - 1);
  }
  context.restore();
}
