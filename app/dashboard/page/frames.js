// Frames of states, from bytes to codes (FORMAT.md). Pure.

export const kHeadBytes = 22;
const kStates = 1;
const kKey = 1;

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

/** A reader's states: packed, two points a byte, and the number of the frame that they are of. Points may join: a keyframe can have more. */
export class States {
  constructor(points) {
    this.points = points;
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
  /** True: it was of use, and `packed` is as of its number. */
  async take(buffer) {
    const head = readHead(buffer);
    if (!head) return false;
    if (head.isKey ? head.points < this.points : head.points !== this.points || head.base !== this.number) return false;
    let payload;
    try {
      payload = await inflate(new Uint8Array(buffer, kHeadBytes));
    } catch {
      return false;
    }
    if (payload.length !== (head.points + 1) >> 1) return false;
    if (head.isKey) {
      this.packed = payload;
      this.points = head.points;
    } else {
      const packed = this.packed.slice();
      for (let i = 0; i < packed.length; ++i) packed[i] ^= payload[i];
      this.packed = packed;
    }
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
