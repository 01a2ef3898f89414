/**
 * A reporter that says how the run ended in one line, the very last of the output: `12 passed, 0 failed`, and
 * `, 3 skipped` after it when there are any. A file that cannot be run, an error outside of every test, and a
 * run that fails before its first test count as failed.
 */
import { writeSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node';

/** The closing line for these results. */
export function closingLine(modules: readonly TestModule[], errors: readonly SerializedError[], reason: TestRunEndReason): string {
  let [passed, failed, skipped] = [0, errors.length, 0];
  for (const module of modules) {
    const before = failed;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') passed++;
      else if (state === 'failed') failed++;
      else skipped++;
    }
    if (module.state() === 'failed' && failed === before) failed++;
  }
  if (reason !== 'passed' && failed === 0) failed++;
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

export default class ClosingLine implements Reporter {
  private line: string | undefined;

  onInit(): void {
    process.once('exit', () => {
      if (this.line !== undefined) writeSync(1, `${this.line}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[], reason: TestRunEndReason): void {
    this.line = closingLine(modules, errors, reason);
  }
}
