// What the page of a finished run answers in place of the API: as much of the past as it bears. Pure.
import { unixOf, withQuery } from './api.js';
import { plural } from './format.js';

/** By kind of row, what it is called in an answer, and which column says when it was. */
const kKinds = { health: ['health', 'timestamp'], sessions: ['sessions', 'start_time'], faults: ['faults', 'timestamp'], meter: ['readings', 'timestamp'] };

export class Remains {
  /** What is known of the end, by name as app/report/html_report.hpp has it; null: nothing is. */
  constructor(plan, end) {
    this.plan = plan;
    this.past = end?.past ?? null;
    this.lists = { requests: end?.requests, messages: end?.messages, log: end?.log, config: end?.keys && { keys: end.keys },
      nodes: end?.nodes && { nodes: end.nodes } };
  }
  /** Whether there is an answer of that name. */
  knows(what) {
    return this.lists[what] !== undefined && this.lists[what] !== null;
  }
  has(cp) {
    return this.past !== null && Object.hasOwn(this.past.points, cp);
  }
  /** Why it says nothing of that one. */
  absence() {
    if (this.past === null) return 'This run remembers nothing.';
    return `This page has room for the past of ${plural(Object.keys(this.past.points).length, 'charge point')}, the last to be broken or to supply first; chargemill history has the others.`;
  }

  /** What `path` asks for; an Error: it is not here. */
  answer(path) {
    const [what, query = ''] = path.slice('/api/v1/'.length).split('?');
    const asked = new URLSearchParams(query);
    if (what === 'requests' && this.knows(what)) return this.open(asked);
    if (what === 'messages' && this.knows(what)) return { messages: this.lists.messages.slice(0, Number(asked.get('limit'))) };
    if (this.knows(what)) return this.lists[what];
    if (what.startsWith('charge-points/')) return this.point(decodeURIComponent(what.slice('charge-points/'.length)));
    const cp = asked.get('cp');
    if (!kKinds[what] || !this.has(cp)) throw new Error(this.absence());
    return this.rows(what, cp, asked);
  }

  open(asked) {
    const zoneOf = (cp) => (this.plan.find(cp) < 0 ? '' : this.plan.zone(this.plan.find(cp)));
    const rows = this.lists.requests.filter(({ cp_id }) => !asked.has('zone') || zoneOf(cp_id) === asked.get('zone'));
    const limit = Number(asked.get('limit'));
    return { requests: rows.slice(0, limit), next: rows.length > limit ? rows[limit - 1].cp_id : null };
  }

  rows(what, cp, asked) {
    const [name, when] = kKinds[what];
    const columns = this.past.columns[what];
    const time = (key, otherwise) => (asked.has(key) ? unixOf(asked.get(key)) : otherwise);
    const [since, until] = [time('since', -Infinity), time('until', Infinity)];
    const rows = this.past.points[cp][what].map((cells) => Object.fromEntries(columns.map((column, i) => [column, cells[i]])))
      .filter((row) => unixOf(row[when]) >= since && unixOf(row[when]) <= until)
      .map((row) => ({ ...row, cp_id: cp, created_at: row[when] }));
    return { [name]: rows.slice(0, Number(asked.get('limit'))) };
  }

  /** How it stood at the end: where it is, and what its last rows say. */
  point(cp) {
    const found = this.plan.find(cp);
    if (found < 0) throw new Error(`${cp}: there is no such charge point`);
    const place = { cp_id: cp, zone: this.plan.zone(found), site: this.plan.site(found) };
    if (!this.has(cp)) return place;
    const last = (what) => this.answer(withQuery(`/api/v1/${what}`, { cp, limit: 1 }))[kKinds[what][0]][0];
    const [report, session, event] = [last('health'), last('sessions'), last('faults')];
    const isOpen = session !== undefined && session.end_time === null;
    return { ...place, engine_state: report?.state, circuit_breaker: report && { state: report.circuit_breaker_state },
      fault_reason: event?.event_type === 'FAULT' ? event.reason : null,
      current_driver: isOpen ? session.driver_id : null, current_session: isOpen ? session.session_id : null };
  }
}
