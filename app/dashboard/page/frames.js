// Frames of states, from bytes to codes (FORMAT.md). Pure.

export const kHeadBytes = 22;
const kStates = 1;
const kKey = 1;
const kCodes = 6;

/** The head of a message, or null. */
export function readHead(buffer) {
  if (buffer.byteLength < kHeadBytes) return null;
  const view = new DataView(buffer);
  if (view.getUint8(0) !== kStates) return null;
  return {
    isKey: (view.getUint8(1) & kKey) !== 0,
    points: view.getUint32(2, true),
    number: view.getUint32(6, true),
    base: view.getUint32(10, true),
    simMs: Number(view.getBigInt64(14, true)),
  };
}

/** zlib's bytes as what they hold. */
export async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * A reader's states: packed, two points a byte, and the number of the frame that they are of. Points may join: a keyframe can have
 * more than were `heard` of, and there may be room for more than any frame has had yet.
 */
export class States {
  constructor(points) {
    this.points = points;
    this.heard = 0;
    this.packed = new Uint8Array((points + 1) >> 1).fill(0x44);
    this.number = 0;
    this.simMs = 0;
  }
  code(point) {
    return (this.packed[point >> 1] >> ((point & 1) << 2)) & 15;
  }
  /** How many points there are of each of so many codes. */
  count(codes) {
    const total = new Array(codes).fill(0);
    for (let i = 0; i < this.points; ++i) ++total[this.code(i)];
    return total;
  }
  /** Room for so many; who is new has not been heard of. */
  grow(points) {
    if (points <= this.points) return;
    const packed = new Uint8Array((points + 1) >> 1).fill(0x44);
    packed.set(this.packed);
    if (this.points & 1) packed[this.points >> 1] = (packed[this.points >> 1] & 0x0F) | 0x40;
    this.points = points;
    this.packed = packed;
  }
  /** Whether a frame of that head goes on from what is held. */
  follows({ isKey, points, base }) {
    if (isKey !== (base === 0)) return false;
    return isKey ? points >= this.heard : points === this.heard && base === this.number;
  }
  /** True: it was of use, and `packed` is as of its number. */
  async take(buffer) {
    const head = readHead(buffer);
    if (!head || !this.follows(head)) return false;
    let payload;
    try {
      payload = await inflate(new Uint8Array(buffer, kHeadBytes));
    } catch {
      return false;
    }
    if (payload.length !== (head.points + 1) >> 1) return false;
    if (!head.isKey) for (let i = 0; i < payload.length; ++i) payload[i] ^= this.packed[i];
    for (let i = 0; i < head.points; ++i) if (((payload[i >> 1] >> ((i & 1) << 2)) & 15) >= kCodes) return false;
    const room = this.points;
    this.packed = payload;
    this.points = this.heard = head.points;
    this.grow(room);
    this.number = head.number;
    this.simMs = head.simMs;
    return true;
  }
}

/** What a watcher says: taken 1, lost 2, paused 3, resumed 4. */
export function said(kind, number = 0) {
  const bytes = new DataView(new ArrayBuffer(5));
  bytes.setUint8(0, kind);
  bytes.setUint32(1, number, true);
  return bytes.buffer;
}
