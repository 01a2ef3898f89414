import { test } from 'vitest';
import { compile } from '../../machines/compile.js';
import { serviceMachine } from '../../machines/service.js';
import { plan } from '../../model-tests/walk/binary/plan.js';
import { walkSetting } from '../../model-tests/walk/binary/services.js';
import { prepareActor } from '../../model-tests/walk/binary/stage.js';
test('x', async () => { const c = compile(serviceMachine as any); prepareActor();
 const S=(...short:string[])=>({name:short.join(),short,phase:'up' as const});
 const {planned}=plan(c,[S(),S('STARTING'),S('SHUTDOWN')]);
 for (const p of planned) { let t=performance.now();
 const w = await walkSetting(c, {...p, paths: p.paths.slice(0, Number(process.env.N ?? 99))});
 console.log(p.setting.name, performance.now()-t, w.covered.size, w.daemons,w.paths,w.steps,w.repeated, w.failures.length);
 for (const f of w.failures.slice(0,3)) console.log(f); if (process.env.ONE) break; }
}, 300000);
