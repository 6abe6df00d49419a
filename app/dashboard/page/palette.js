// What a charge point looks like: the one table of colours. app/dashboard/README.md explains it, and
// palette_check.py holds it to that.

/** The map keeps this surface in both themes: colours are chosen against it. */
export const kSurface = '#111418';

/**
 * By state code, as frames carry it (FORMAT.md). `ink`: what glyphs are drawn with, on `colour`.
 * `border`: carries the shape where the colour alone would be too faint. `pattern`: hatch.
 */
export const kClasses = [
  { code: 0, name: 'available', word: 'Activated', colour: '#66788A', ink: '#111418', border: '', glyph: '○', key: '1', pattern: '' },
  { code: 1, name: 'charging', word: 'Supplying', colour: '#2F9BFF', ink: '#111418', border: '', glyph: '●', key: '2', pattern: '' },
  { code: 2, name: 'starting', word: 'Starting', colour: '#BFE3FF', ink: '#111418', border: '', glyph: '◐', key: '3', pattern: '' },
  { code: 3, name: 'stopped', word: 'Out of Order', colour: '#F0E442', ink: '#111418', border: '', glyph: '‖', key: '4', pattern: '' },
  { code: 4, name: 'disconnected', word: 'Disconnected', colour: '#3A4450', ink: '#8A97A5', border: '#8A97A5', glyph: '×', key: '5', pattern: 'hatch' },
  { code: 5, name: 'faulted', word: 'Broken', colour: '#E8590C', ink: '#111418', border: '', glyph: '▲', key: '6', pattern: '' },
];

/** In the order of the tiles and of the table: what needs a person first. */
export const kOrder = [5, 4, 3, 2, 1, 0];

/** `#rrggbb` as a pixel of ImageData on a little-endian machine, `share` of it on the surface. */
export function pixel(colour, share = 1) {
  const part = (from, at) => parseInt(from.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) =>
    Math.round(part(colour, at) * share + part(kSurface, at) * (1 - share)));
  return (255 << 24 | mixed[2] << 16 | mixed[1] << 8 | mixed[0]) >>> 0;
}
