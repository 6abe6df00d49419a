// Draws the charts of a run from the series in the page. One pointer moves through all of them.
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('series').textContent);
  const col = data.columns;
  const at = col.sim_s || [];
  const wall = col.wall_s || [];
  const rows = at.length;
  const holder = document.getElementById('charts');
  const note = document.getElementById('series-note');
  const kSvg = 'http://www.w3.org/2000/svg';
  const kRowsForPeaks = 50;
  const kMargin = {left: 52, right: 20, top: 8, bottom: 22};

  if (rows < 2) {
    note.textContent = 'The run was too short for a time series.';
    return;
  }
  note.textContent = 'The axis is model time, hours:minutes. Point at a chart, or focus it and press the arrow keys, ' +
    'for values. Rates are means over at least half a per cent of the run.' +
    (data.rows > rows ? ` ${rows} of ${data.rows} looks are shown.` : '');

  // -- values ---------------------------------------------------------------------------------

  const column = (name) => col[name] || new Array(rows).fill(null);

  // What a counter grew by, per second of `clock`, since a look at least half a per cent of the run
  // ago: looks may follow each other so closely that a rate between them means nothing.
  const rate = (name, clock) => {
    const window = (clock[rows - 1] - clock[0]) / 200;
    let from = 0;
    return column(name).map((value, i, all) => {
      while (from + 1 < i && clock[i] - clock[from + 1] >= window) from += 1;
      const passed = clock[i] - clock[from];
      return passed > 0 && passed >= window ? (value - all[from]) / passed : null;
    });
  };

  // Out of service counts once the charge points have come up: nearly all are known (looks are not
  // exact), and the number of disconnected ones no longer falls.
  const states = ['activated', 'supplying', 'stopped', 'fault', 'disconnected'];
  const shown = at.map((_, i) => states.reduce((sum, name) => sum + column(name)[i], 0));
  const everyone = Math.max(...shown);
  const away = column('disconnected');
  const allUp = shown.findIndex((sum, i) => sum >= 0.99 * everyone && !(away[i + 1] < away[i]));
  // An interval in which nothing was measured has no percentile.
  const measured = (name) => column(name).map((value) => value > 0 ? value : null);
  const onceUp = (name) => column(name).map((value, i) => i < allUp ? null : value);

  const series = (name, color, values, dash) => ({name, color, values, dash});
  const charts = [
    {title: 'Charge points by state', kind: 'stack', full: true, series: [
      series('supplying', 'supplying', column('supplying')),
      series('activated', 'activated', column('activated')),
      series('stopped', 'stopped', column('stopped')),
      series('fault', 'fault', column('fault')),
      series('disconnected', 'disconnected', column('disconnected'))]},
    {title: 'Charge points out of service', series: [
      series('fault', 'fault', onceUp('fault')),
      series('disconnected', 'disconnected', onceUp('disconnected'), '5 3'),
      series('stopped', 'stopped', onceUp('stopped'), '1.5 3')]},
    {title: 'Faults and breakers, so far', series: [
      series('faults raised', 'fault', column('faults_raised')),
      series('faults recovered', 'green', column('faults_recovered'), '5 3'),
      series('breakers opened', 'violet', column('breaker_opened'), '1.5 3')]},
    {title: 'Requests per second of model time', series: [
      series('accepted', 'supplying', rate('requests_accepted', at)),
      series('denied', 'fault', rate('requests_denied', at), '5 3'),
      series('timed out', 'violet', rate('requests_timed_out', at), '1.5 3')]},
    {title: 'Sessions per second of model time', series: [
      series('started', 'supplying', rate('sessions_started', at)),
      series('completed', 'green', rate('sessions_completed', at), '5 3'),
      series('failed', 'fault', rate('sessions_failed', at), '1.5 3')]},
    {title: `Request decisions of each interval, ms of ${data.latency_clock} time`, series: [
      series('p50', 'supplying', measured('decision_interval_p50_ms')),
      series('p90', 'green', measured('decision_interval_p90_ms'), '5 3'),
      series('p99', 'violet', measured('decision_interval_p99_ms'), '1.5 3')]},
    {title: `Latency p99 since the start, ms of ${data.latency_clock} time`, series: [
      series('request decision', 'supplying', column('decision_p99_ms')),
      series('tick lateness', 'violet', column('tick_lateness_p99_ms'), '5 3')]},
    {title: 'Messages per second of wall time', series: [
      series('messages', 'supplying', rate('messages_delivered', wall))]},
  ];

  // -- texts ----------------------------------------------------------------------------------

  const pad = (n) => String(n).padStart(2, '0');
  const clock = (s) => {
    const whole = Math.round(s);
    return `${pad(Math.floor(whole / 3600))}:${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}`;
  };
  const tickClock = (s, step) => step % 60 !== 0 ? clock(s) : clock(s).slice(0, -3);
  const number = (v) => {
    if (v === null || v === undefined) return '-';
    const digits = Math.abs(v) >= 100 || Number.isInteger(v) ? 0 : 3;
    return v.toLocaleString('en', {maximumFractionDigits: digits, useGrouping: true}).replace(/,/g, '\u202f');
  };
  const shortNumber = (v) => {
    for (const [size, unit] of [[1e9, 'G'], [1e6, 'M'], [1e4, 'k']]) {
      if (v >= size) return `${+(v / (unit === 'k' ? 1e3 : size)).toPrecision(3)}${unit}`;
    }
    return `${+v.toPrecision(3)}`;
  };

  // -- axes -----------------------------------------------------------------------------------

  const niceStep = (range, parts) => {
    const rough = range / parts;
    const size = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 5, 10].find((f) => f * size >= rough * 0.999) * size;
  };
  const kTimeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200];
  const timeStep = (span, parts) => kTimeSteps.find((s) => span / s <= parts) ||
    86400 * Math.ceil(span / 86400 / parts);

  const element = (name, attributes, parent) => {
    const made = document.createElementNS(kSvg, name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (parent) parent.append(made);
    return made;
  };
  const html = (name, className, text, parent) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  };
  const paint = (target, one) => {
    target.style.setProperty('--c', `var(--${one.color})`);
    if (one.dash) target.setAttribute('stroke-dasharray', one.dash);
  };

  // A line breaks where there is no value.
  const path = (values, x, y) => {
    let text = '';
    let pen = 'M';
    values.forEach((value, i) => {
      if (value === null) { pen = 'M'; return; }
      text += `${pen}${x(at[i]).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
    });
    return text;
  };

  // -- one chart ------------------------------------------------------------------------------

  const views = [];
  let pointed = null;

  const draw = (view) => {
    const {chart, svg} = view;
    const width = Math.max(240, svg.clientWidth);
    const height = chart.full ? 260 : 200;
    svg.replaceChildren();
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.style.height = `${height}px`;
    const top = chart.kind === 'stack' ? everyone
      : chart.top;
    const step = top > 0 ? niceStep(top, 4) : 1;
    const yMax = chart.kind === 'stack' && top > 0 ? top : Math.max(step, Math.ceil(top / step - 1e-9) * step);
    const from = at[0] < 0.05 * at[rows - 1] ? 0 : at[0];
    const span = at[rows - 1] - from;
    const x = (s) => kMargin.left + (s - from) / span * (width - kMargin.left - kMargin.right);
    const y = (v) => height - kMargin.bottom - Math.min(1.02, v / yMax) * (height - kMargin.top - kMargin.bottom);
    for (let tick = 0; tick <= yMax * 1.0001; tick += step) {
      element('line', {class: 'grid', x1: kMargin.left, x2: width - kMargin.right, y1: y(tick), y2: y(tick)}, svg);
      element('text', {x: kMargin.left - 7, y: y(tick) + 4, 'text-anchor': 'end'}, svg).textContent = shortNumber(tick);
    }
    const seconds = timeStep(span, Math.max(2, Math.floor(width / 110)));
    for (let tick = Math.ceil(from / seconds) * seconds; tick <= at[rows - 1]; tick += seconds) {
      if (x(tick) > width - (seconds < 60 ? 28 : 18)) continue;
      element('text', {x: x(tick), y: height - 5, 'text-anchor': 'middle'}, svg).textContent = tickClock(tick, seconds);
    }
    if (chart.kind === 'stack') drawStack(chart, svg, x, y);
    else for (const one of chart.series) paint(element('path', {class: 'line', d: path(one.values, x, y)}, svg), one);
    view.cross = element('line', {class: 'cross', y1: kMargin.top, y2: height - kMargin.bottom, visibility: 'hidden'}, svg);
    view.x = x;
  };

  const drawStack = (chart, svg, x, y) => {
    let below = new Array(rows).fill(0);
    for (const one of chart.series) {
      const above = below.map((sum, i) => sum + one.values[i]);
      const back = below.map((sum, i) => `L${x(at[i]).toFixed(1)} ${y(sum).toFixed(1)}`).reverse().join('');
      paint(element('path', {class: 'area', d: `${path(above, x, y)}${back}Z`}, svg), {color: one.color});
      below = above;
    }
  };

  // -- the pointer ----------------------------------------------------------------------------

  const tell = (view, i) => {
    const {tip, plane, chart} = view;
    tip.replaceChildren();
    html('b', '', `${clock(at[i])} (wall ${clock(wall[i])})`, tip);
    for (const one of chart.series) {
      const line = html('div', '', '', tip);
      html('span', '', one.name, line);
      html('b', '', number(one.values[i]), line);
    }
    tip.hidden = false;
    const x = view.x(at[i]);
    const left = x + 14 + tip.offsetWidth > plane.clientWidth ? x - 14 - tip.offsetWidth : x + 14;
    tip.style.left = `${Math.max(0, left)}px`;
  };

  const point = (view, i) => {
    pointed = i;
    for (const other of views) {
      other.cross.setAttribute('x1', other.x(at[i]));
      other.cross.setAttribute('x2', other.x(at[i]));
      other.cross.setAttribute('visibility', 'visible');
      if (other !== view) other.tip.hidden = true;
    }
    tell(view, i);
  };
  const leave = () => {
    pointed = null;
    for (const view of views) {
      view.cross.setAttribute('visibility', 'hidden');
      view.tip.hidden = true;
    }
  };
  const nearest = (view, pixel) => {
    let low = 0;
    let high = rows - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (view.x(at[middle]) < pixel) low = middle; else high = middle;
    }
    return pixel - view.x(at[low]) < view.x(at[high]) - pixel ? low : high;
  };

  const press = (view, event) => {
    const from = pointed === null ? 0 : pointed;
    const leap = event.shiftKey ? Math.max(1, Math.round(rows / 20)) : 1;
    const to = {ArrowRight: from + leap, ArrowLeft: from - leap, Home: 0, End: rows - 1}[event.key];
    if (event.key === 'Escape') leave();
    if (to === undefined) return;
    event.preventDefault();
    point(view, Math.min(rows - 1, Math.max(0, to)));
  };

  // The highest value to show. A peak far above nearly all else is cut off, and the caption says so.
  const findTop = (chart) => {
    const highest = at.map((_, i) => Math.max(...chart.series.map((one) => one.values[i])));
    const sorted = highest.slice().sort((a, b) => a - b);
    const usual = sorted[Math.floor((rows - 1) * 0.98)];
    chart.top = sorted[rows - 1];
    if (rows < kRowsForPeaks || usual <= 0 || chart.top < 5 * usual) return '';
    const peak = highest.indexOf(chart.top);
    chart.top = 1.5 * usual;
    return `peak of ${shortNumber(highest[peak])} at ${clock(at[peak])} cut off`;
  };

  const build = (chart) => {
    const figure = html('figure', chart.full ? 'chart full' : 'chart', '', holder);
    html('small', '', findTop(chart), html('figcaption', '', chart.title, figure));
    const legend = html('ul', 'legend', '', figure);
    for (const one of chart.series) {
      const item = html('li', '', '', legend);
      const key = element('svg', {width: 22, height: 10, 'aria-hidden': 'true'}, item);
      paint(chart.kind === 'stack' ? element('rect', {class: 'area', width: 22, height: 10}, key)
        : element('path', {class: 'line', d: 'M0 5H22'}, key), one);
      item.append(one.name);
    }
    const last = chart.series.map((one) => `${one.name} ${number(one.values[rows - 1])}`).join(', ');
    const plane = html('div', 'plane', '', figure);
    const svg = element('svg', {class: 'plot', role: 'img', tabindex: 0,
      'aria-label': `${chart.title}. At the end: ${last}.`}, plane);
    const view = {chart, plane, svg, tip: html('div', 'tip', '', plane)};
    view.tip.hidden = true;
    view.tip.setAttribute('role', 'status');
    views.push(view);
    svg.addEventListener('pointermove', (event) => point(view, nearest(view, event.offsetX)));
    svg.addEventListener('pointerdown', (event) => point(view, nearest(view, event.offsetX)));
    svg.addEventListener('pointerleave', leave);
    svg.addEventListener('blur', leave);
    svg.addEventListener('keydown', (event) => press(view, event));
  };

  charts.forEach(build);
  const drawAll = () => views.forEach(draw);
  drawAll();
  new ResizeObserver(() => { leave(); drawAll(); }).observe(holder);
})();
