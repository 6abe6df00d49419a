// Starts the modules that lie gzipped in this page: a file that is opened from disk has nobody to ask
// for them. Each becomes a data: address under the name that the others import it by.
(async () => {
  'use strict';
  const packed = JSON.parse(document.getElementById('modules').textContent);
  const imports = {};
  for (const [name, text] of Object.entries(packed)) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    const source = (await new Response(stream).text()).replaceAll(" from './", " from 'page/");
    imports[`page/${name}`] = `data:text/javascript;charset=utf-8,${encodeURIComponent(source)}`;
  }
  const map = document.createElement('script');
  map.type = 'importmap';
  map.textContent = JSON.stringify({ imports });
  document.head.append(map);
  await import('page/report.js');
})();
