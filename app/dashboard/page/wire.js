// The one WebSocket of a tab: messages in order, and a new one when it breaks.
import { States, said } from './frames.js';

const kTaken = 1;
const kLost = 2;
const kPaused = 3;
const kResumed = 4;
const kRetryMs = 250;
const kRetryMsMax = 4000;
const kFullMs = 10_000;    // until there may be room
const kSilentMs = 30_000;  // a server that is there speaks twice a second, unless it is late
const kLookMs = 1000;

const connect = () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`, 'chargemill.v1');

/** What a run that is served here now says of itself; null: there is none, or no room. */
export const greeting = (silentMs = kSilentMs) => new Promise((done) => {
  const socket = connect();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    done(message.type === 'hello' ? message : null);
    socket.close();
  };
  socket.onclose = () => done(null);
  setTimeout(() => socket.close(), silentMs);  // in vain if it has been
});

/**
 * Calls `on.text(message)`, `on.states(states)` and `on.connection(isOpen, isFull)`. What breaks is opened
 * again, ever more slowly, until the server has said that the run is over. So is one that has said nothing for `silentMs`, or does not open in that time: who has
 * slept, or changed networks, is not told that nobody is at the other end any more.
 */
export class Wire {
  constructor(on, silentMs = kSilentMs) {
    this.on = on;
    this.retry = kRetryMs;
    this.isOver = false;
    this.isPaused = false;
    this.states = null;
    this.open();
    setInterval(() => {
      if (!this.isOver && this.socket.readyState !== WebSocket.CLOSED && performance.now() - this.heardAt > silentMs) this.socket.close();
    }, kLookMs);
  }

  open() {
    const socket = connect();
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    this.heardAt = performance.now();
    this.states = null;
    this.isFull = false;
    // One after the other: to inflate takes a moment, and the next message may be there before.
    let last = Promise.resolve();
    socket.onmessage = ({ data }) => {
      this.heardAt = performance.now();
      last = last.then(() => this.take(socket, data)).catch((error) => console.error(error));
    };
    socket.onopen = () => {
      this.heardAt = performance.now();
      if (this.isPaused) socket.send(said(kPaused));
    };
    socket.onclose = () => {
      last.then(() => {
        this.on.connection(false, this.isFull);
        if (this.isOver) return;
        setTimeout(() => this.open(), this.retry);
        this.retry = Math.min(this.retry * 2, kRetryMsMax);
      });
    };
  }

  async take(socket, data) {
    if (typeof data === 'string') {
      const message = JSON.parse(data);
      if (message.type === 'hello') {
        this.states = new States(message.points);
        this.retry = kRetryMs;  // not before: one may be let in and thrown out at once
        this.on.connection(true);
      }
      if (message.type === 'end') this.isOver = true;
      if (message.type === 'full') {
        this.isFull = true;
        this.retry = kFullMs;
      }
      this.on.text(message);
      return;
    }
    if (!this.states) return;
    const isTaken = await this.states.take(data);
    if (socket.readyState === WebSocket.OPEN)
      socket.send(isTaken ? said(kTaken, this.states.number) : said(kLost));
    if (isTaken) this.on.states(this.states);
  }

  /** No more states until they are wanted again; figures and faults still come. */
  pause(isPaused) {
    if (isPaused === this.isPaused) return;
    this.isPaused = isPaused;
    if (this.socket.readyState === WebSocket.OPEN)
      this.socket.send(said(isPaused ? kPaused : kResumed));
  }
}
