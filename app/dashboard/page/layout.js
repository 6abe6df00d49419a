// Where each charge point stands on the map: zones as blocks, sites in them as small squares, so that
// faults with one cause show as patches. Pure.
import { kClasses } from './palette.js';

const kLabel = 18;  // height of a zone's label, pixels
const kGap = 8;     // between zones
const kCellMax = 216;
const kBlockMax = 96;   // height of a zone from afar
const kQualityGood = 1.5;  // times the least width and height of such a block
const kSiteGap = 0.5;   // cells
const kGapFrom = 2;     // pixels of a cell
const kJoined = 16;     // height of the label above those who have joined, pixels

/**
 * What /api/v1/layout says, with names and places for every point. Who joined since has an id behind the others, and a zone, but no
 * site: those of a zone stand together below its sites.
 */
export class Plan {
  constructor({ points, zones, sites, names, joined = [] }) {
    this.points = points;
    this.zones = zones;
    this.names = names;
    this.joined = joined;
    this.listed = points - joined.length;
    this.zoneOf = new Uint16Array(points);
    this.siteOf = new Uint32Array(points);
    this.blocks = zones.map((name) => ({ name, sites: [], joined: [], points: 0 }));
    let first = 0;
    for (const [zone, site, count] of sites) {
      const block = this.blocks[zone];
      const listed = Math.min(count, this.listed - first);  // the rest of them, or all, have joined
      if (listed > 0) block.sites.push({ site, first, count: listed });
      block.points += count;
      for (let i = first; i < first + count; ++i) {
        this.zoneOf[i] = zone;
        this.siteOf[i] = site;
        if (i >= this.listed) block.joined.push(i);
      }
      first += count;
    }
    this.index = new Map([...(names ?? []).map((name, i) => [name, i]), ...joined.map((name, i) => [name, this.listed + i])]);
  }
  name(point) {
    if (point >= this.listed) return this.joined[point - this.listed];
    return this.names ? this.names[point] : `CP-${String(point + 1).padStart(6, '0')}`;
  }
  site(point) {
    return point >= this.listed ? 'joined later' : `S${String(this.siteOf[point]).padStart(4, '0')}`;
  }
  zone(point) {
    return this.zones[this.zoneOf[point]];
  }
  /** The point of that name; -1: there is none. */
  find(name) {
    if (this.index.has(name)) return this.index.get(name);
    const found = this.names ? null : /^CP-(\d{6,})$/.exec(name);
    const point = found ? Number(found[1]) - 1 : -1;
    return point >= 0 && point < this.listed && this.name(point) === name ? point : -1;
  }
}

/** How many points of each class there are, by zone. */
export function countByZone(plan, states) {
  const counts = plan.zones.map(() => new Uint32Array(kClasses.length));
  const { packed } = states;
  for (let i = 0; i < plan.points; ++i)
    ++counts[plan.zoneOf[i]][(packed[i >> 1] >> ((i & 1) << 2)) & 15];
  return counts;
}

/**
 * Sites of a zone in rows, in cells, `gap` cells apart, and below them, under a label of `label` cells, those who have joined; calls
 * `put(group, x, y, columns)`, returns the height.
 */
function flow({ sites, joined }, width, gap, label, put) {
  let x = 0;
  let y = 0;
  let row = 0;
  for (const site of sites) {
    const columns = Math.min(Math.ceil(Math.sqrt(site.count)), width);
    const rows = Math.ceil(site.count / columns);
    if (x > 0 && x + columns > width) {
      x = 0;
      y += row + gap;
      row = 0;
    }
    if (put) put(site, x, y, columns);
    x += columns + gap;
    row = Math.max(row, rows);
  }
  if (joined.length === 0) return y + row;
  const columns = Math.min(joined.length, width);
  const top = y + row + label;
  if (put) put({ joined, count: joined.length }, 0, top, columns);
  return top + Math.ceil(joined.length / columns);
}

/** Cells of `cell` pixels in `columns` of zones: the height, or Infinity if a zone does not fit. */
function heightOf(plan, width, columns, cell, gap) {
  const cells = Math.floor((width - kGap * (columns - 1)) / columns / cell);
  if (cells < 1) return Infinity;
  let height = 0;
  for (let z = 0; z < plan.blocks.length; z += columns) {
    const rows = plan.blocks.slice(z, z + columns).map((block) => flow(block, cells, gap, kJoined / cell));
    height += kLabel + Math.max(...rows) * cell + kGap;
  }
  return height - kGap;
}

/** Places of the last row that stay empty. */
const emptyOf = (count, columns) => Math.ceil(count / columns) * columns - count;

/** The largest cells that fit, and how many zones stand beside each other: as many as leave the fewest places empty, where cells are not smaller for it. */
function largest(plan, width, height, gap) {
  const count = plan.blocks.length;
  const fits = (columns, cell) => heightOf(plan, width, columns, cell, gap) <= height;
  let best = { cell: 0, columns: 1 };
  // Side by side rather than one below the other, where it makes no difference: the most columns first.
  for (let columns = Math.min(count, 16); columns >= 1; --columns) {
    const least = wholeOf(best.cell);
    if (least > 0 && !fits(columns, least)) continue;
    let low = Math.max(least, 0.2);
    let high = kCellMax;
    for (let i = 0; i < 12; ++i) {
      const cell = (low + high) / 2;
      if (fits(columns, cell)) low = cell; else high = cell;
    }
    // What was nearly one more pixel may be one.
    const next = Math.min(kCellMax, Math.floor(low) + 1);
    if (fits(columns, next)) low = next;
    const more = emptyOf(count, columns) - emptyOf(count, best.columns);
    if (wholeOf(low) > least || more < 0 || (more === 0 && low > best.cell + 0.05)) best = { cell: low, columns };
  }
  return best;
}

/** Whole pixels, as long as there are some: cells of one size, and edges that are sharp. */
const wholeOf = (cell) => (cell >= 3 ? Math.floor(cell) : Math.floor(cell * 20) / 20);

/**
 * Places all points in `width` by `height` pixels with the largest cells that fit.
 * `x`, `y`: left upper corners, by point; `zones`: name, box and points of each; `joined`: left lower corners of the labels above those
 * who have.
 */
export function place(plan, width, height) {
  let gap = kSiteGap;
  let best = largest(plan, width, height, gap);
  // Between dots a gap is there in some rows and not in others: lines that mean nothing.
  if (best.cell < kGapFrom) best = largest(plan, width, height, gap = 0);
  const { columns } = best;
  const cell = best.cell >= 3 ? wholeOf(best.cell) : best.cell;
  const x = new Float32Array(plan.points);
  const y = new Float32Array(plan.points);
  const zones = [];
  const joined = [];
  const blockWidth = (width - kGap * (columns - 1)) / columns;
  const cells = Math.max(1, Math.floor(blockWidth / cell));
  // What whole pixels leave over stands between the zones.
  const spare = height - heightOf(plan, width, columns, cell, gap);
  const gapBelow = kGap + Math.min(4 * kGap, Math.max(0, Math.floor(spare / Math.ceil(plan.blocks.length / columns))));
  let top = 0;
  for (let z = 0; z < plan.blocks.length; z += columns) {
    let tallest = 0;
    plan.blocks.slice(z, z + columns).forEach((block, i) => {
      const left = Math.round(i * (blockWidth + kGap));
      const rows = flow(block, cells, gap, kJoined / cell, (group, sx, sy, wide) => {
        for (let k = 0; k < group.count; ++k) {
          const point = group.joined ? group.joined[k] : group.first + k;
          x[point] = left + Math.round((sx + (k % wide)) * cell * 2) / 2;
          y[point] = top + kLabel + Math.round((sy + Math.floor(k / wide)) * cell * 2) / 2;
        }
        if (group.joined) joined.push({ zone: z + i, left, bottom: top + kLabel + sy * cell });
      });
      zones.push({ name: block.name, index: z + i, points: block.points,
        left, top, width: blockWidth, height: kLabel + rows * cell });
      tallest = Math.max(tallest, rows * cell);
    });
    top = Math.round(top + kLabel + tallest + gapBelow);
  }
  return { cell, width, height: top - gapBelow, x, y, zones, joined, label: kLabel };
}

/** Zones as blocks of one size that fill `width` by `height`: what is seen from afar. In the order of `plan`. */
export function placeZones(plan, width, height) {
  const count = plan.blocks.length;
  const sizeOf = (columns) => {
    const rows = Math.ceil(count / columns);
    return [(width - kGap * (columns - 1)) / columns, Math.min(kBlockMax, (height - kGap * (rows - 1)) / rows)];
  };
  const quality = (columns) => {
    const [wide, high] = sizeOf(columns);
    return Math.min(wide / 110, high / 40);
  };
  // Of those in which bars and names can be read well, the one with the fewest empty places.
  const all = plan.blocks.map((_, i) => i + 1);
  const least = Math.min(kQualityGood, Math.max(...all.map(quality)));
  const best = all.filter((columns) => quality(columns) >= least).reduce((a, b) => {
    const fewer = emptyOf(count, a) - emptyOf(count, b);
    return fewer > 0 || (fewer === 0 && quality(b) > quality(a)) ? b : a;
  });
  const [wide, high] = sizeOf(best);
  return plan.blocks.map(({ name, points }, i) => ({ name, points, index: i, width: wide, height: high,
    left: (i % best) * (wide + kGap), top: Math.floor(i / best) * (high + kGap) }));
}

/** Finds the point at a place: a grid of buckets, each with the points that reach into it. */
export class Finder {
  constructor(places) {
    this.places = places;
    this.size = Math.max(places.cell * 2, 8);
    this.columns = Math.ceil(places.width / this.size) + 1;
    const rows = Math.ceil(places.height / this.size) + 1;
    const count = new Uint32Array(this.columns * rows + 1);
    const n = places.x.length;
    const bucket = new Uint32Array(n);
    for (let i = 0; i < n; ++i) {
      bucket[i] = this.bucket(places.x[i], places.y[i]);
      ++count[bucket[i] + 1];
    }
    for (let b = 1; b < count.length; ++b) count[b] += count[b - 1];
    this.start = count.slice();
    this.points = new Uint32Array(n);
    for (let i = 0; i < n; ++i) this.points[count[bucket[i]]++] = i;
  }
  bucket(x, y) {
    return Math.floor(y / this.size) * this.columns + Math.floor(x / this.size);
  }
  /** -1: none is there. */
  at(x, y) {
    const { cell } = this.places;
    for (const [dx, dy] of [[0, 0], [-cell, 0], [0, -cell], [-cell, -cell]]) {
      const b = this.bucket(Math.max(0, x + dx), Math.max(0, y + dy));
      for (let i = this.start[b]; i < this.start[b + 1]; ++i) {
        const p = this.points[i];
        const px = this.places.x[p];
        const py = this.places.y[p];
        if (x >= px && x < px + cell && y >= py && y < py + cell) return p;
      }
    }
    return -1;
  }
  /** The nearest point in a direction (-1, 0 or 1 each); `from` itself if there is none. */
  neighbour(from, dx, dy) {
    const { x, y, cell, width, height } = this.places;
    const cx = x[from] + cell / 2;
    const cy = y[from] + cell / 2;
    const step = cell / 2;
    for (let far = step; far < Math.max(width, height); far += step) {
      for (let side = 0; side <= Math.min(far, cell * 4); side += step) {
        for (const sign of side === 0 ? [0] : [-1, 1]) {
          const found = this.at(cx + dx * far + dy * side * sign, cy + dy * far + dx * side * sign);
          if (found >= 0 && found !== from) return found;
        }
      }
    }
    return from;
  }
}
