// The map of all charge points: a canvas, and what it says to those who do not see it.
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from './vendor/preact_htm.js';
import { countText, plural } from './format.js';
import { kClasses, kOrder } from './palette.js';
import { kFarBelow, Stage } from './stage.js';

const kRestMs = 300;     // without a move, until the address follows

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
  const said = useRef('');  // stays as it is while the map has the focus: each change would be read out
  if (canvas.current === null || document.activeElement !== canvas.current) said.current = describe(plan, total);

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
    `${plan.name(point)}, ${plan.zone(point)}, ${plan.site(point)}, ${kClasses[store.states.code(point)].word}`;
  const place = (event) => {
    const at = canvas.current.getBoundingClientRect();
    return [event.clientX - at.left, event.clientY - at.top];
  };
  const drag = useRef(null);
  const mouse = {
    onpointerdown: (event) => {
      if (event.button === 0) drag.current = { x: event.clientX, y: event.clientY, isDrag: false };
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
      if (!from || from.isDrag || !store.states) return;  // it was pressed elsewhere, or by another button
      const [x, y] = place(event);
      const point = stage.current.pointAt(x, y);
      if (point >= 0) return go({ cp: plan.name(point) });
      const zone = stage.current.zoneAt(x, y);
      if (zone) go({ zone: view.zone === zone.name ? '' : zone.name });
    },
    onpointercancel: () => {
      drag.current = null;
    },
    onpointerleave: () => {
      drag.current = null;  // whoever drags holds the pointer, and does not leave
      setTip(null);
    },
    onblur: () => setTip(null),
  };
  // What lies over cells goes away when it is asked to (WCAG 1.4.13).
  useEffect(() => {
    if (tip === null) return undefined;
    const onEscape = (event) => event.key === 'Escape' && setTip(null);
    window.addEventListener('keydown', onEscape);
    return () => window.removeEventListener('keydown', onEscape);
  }, [tip === null]);
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
    if (event.ctrlKey || event.metaKey || event.altKey || !store.states || !plan.points) return;
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
      <canvas ref=${canvas} tabindex="0" role="img" aria-label=${said.current}
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
