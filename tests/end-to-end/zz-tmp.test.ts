import { expect } from 'vitest';
import { scenario } from './harness/scenario.js';
for (const n of [5, 40, 100])
scenario(`starve ${n}`, { services: Object.fromEntries(Array.from({ length: n }, (_, i) => [`c${i}`, { files: { run: { link: '/bin/false' } } }])), delays: { RESPAWN: 0 } }, async (nitro) => {
  await new Promise((r) => setTimeout(r, 500));
  for (let k = 0; k < 20; k++) { const t = performance.now(); await nitro.info(); const d = performance.now() - t; if (d > 200) console.log(n, k, d); }
  expect((await nitro.list()).size).toBe(n);
});
