/**
 * Delays for tests that hold a script at a gate: none of these runs out before the gate is opened, however slow the machine.
 */
export const PATIENT = { SHUTDOWN: 60_000, FINISH: 60_000, SYS_FINISH: 60_000, SYS_FINAL: 60_000 };
