/** Every step of the machines of a simulated nitro, also those before anybody could ask for them. */
import { Tracing } from '../../../runtime/tracing.js';

/** Told of each step as `Tracing.step` is. */
export type StepListener = (...step: Parameters<Tracing['step']>) => void;

/**
 * Do `work`, in which a nitro is started, and tell of each step of its machines. Its tracing begins with its first tracer, and ends with the control
 * socket; `startNitro` keeps it to itself. So meanwhile every tracing tells the listener too.
 */
export function withSteps<T>(listener: StepListener, work: () => T): T {
  const original = Object.getOwnPropertyDescriptor(Tracing.prototype, 'step');
  if (original === undefined) throw new Error('tracing has no step');
  const step = original.value as (this: Tracing, ...step: Parameters<Tracing['step']>) => void;
  Tracing.prototype.step = function (this: Tracing, ...taken): void {
    listener(...taken);
    step.call(this, ...taken);
  };
  try {
    return work();
  } finally {
    Object.defineProperty(Tracing.prototype, 'step', original);
  }
}
