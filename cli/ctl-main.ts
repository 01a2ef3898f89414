/**
 * nitroctl, from its words to its exit status (behaviour.md §8).
 *
 * Theory of operation. Arguments are read, and paths turned into names, before anything is asked, so that a slip does
 * nothing by halves. Then the command becomes one or several dialogues, `converse` carries them, and their results
 * become lines and an exit status. Of several services the worst result counts: the highest status.
 */
import type { Bytes } from '../runtime/os.js';
import { version } from '../runtime/version.js';
import { parseArguments, type Run } from './ctl-arguments.js';
import type { Command } from './ctl-commands.js';
import { Console } from './ctl-console.js';
import { converse, type Dialogue, type Ending } from './ctl-converse.js';
import { EventsDialogue, InfoDialogue, ListDialogue, TellDialogue, type DaemonResult } from './ctl-daemon.js';
import { Exit, interrupted } from './ctl-exit.js';
import { eventLine, infoRows, infoText, listText, lookOf } from './ctl-format.js';
import { helpText } from './ctl-help.js';
import { jsonEvent, jsonInfo, jsonList } from './ctl-json.js';
import { Link, type LinkOs } from './ctl-link.js';
import { canBeAskedFor, ServiceDialogue, type Errand, type ServiceResult } from './ctl-service.js';
import { serviceNameOf } from './ctl-service-name.js';
import { StatesDialogue, StepsDialogue, type Witness } from './ctl-trace.js';
import { traceJson, traceText, type Detail } from './ctl-trace-print.js';

/** Run nitroctl with the words after argv[0]. Answers with the exit status. */
export function nitroctl(os: LinkOs, words: readonly Bytes[]): number {
  const console = new Console(os, 'nitroctl');
  const invocation = parseArguments(words);
  switch (invocation.kind) {
    case 'help':
      console.print(helpText());
      return console.statusAfter(Exit.done);
    case 'version':
      console.print(`nitroctl ${version}\n`);
      return console.statusAfter(Exit.done);
    case 'usage':
      console.complain(`${invocation.problem}\nTry 'nitroctl --help'.`);
      return Exit.usage;
    case 'run': {
      const status = console.statusAfter(runCommand(os, console, invocation));
      // SIGINT is how one ends them.
      const wanted = (invocation.command.kind === 'events' || invocation.command.kind === 'trace') && status === interrupted + os.signals.INT;
      return wanted ? Exit.done : status;
    }
  }
}

function runCommand(os: LinkOs, console: Console, run: Run): number {
  const names: Bytes[] = [];
  let refused = false;
  for (const argument of run.services) {
    const service = serviceNameOf(os, argument);
    if ('name' in service) names.push(service.name);
    else console.complain(service.problem);
    refused ||= 'problem' in service;
  }
  if (refused) return Exit.noSuchService;
  const link = new Link(os);
  try {
    return new Execution(os, console, link, run, names).execute();
  } finally {
    link.closeAll();
  }
}

/** What is asked of each service, and what ends it. */
function errandFor(os: LinkOs, command: Command, name: Bytes): Errand {
  switch (command.kind) {
    case 'ask':
      return { name, request: { kind: command.request, name }, until: 'accepted' };
    case 'signal':
      return { name, request: { kind: 'signal', signal: os.signals[command.signal], name }, until: 'accepted' };
    case 'bring':
      return { name, request: { kind: command.request, name }, until: command.goal };
    case 'wait':
      return { name, request: null, until: command.goal };
    case 'list':
    case 'pidof':
    case 'check':
    case 'info':
    case 'events':
    case 'trace':
    case 'tell':
      return { name, request: null, until: 'look' };
  }
}

const noSuchService: ServiceResult = { kind: 'noSuchService' };

class Execution {
  private readonly deadline: number | null;

  constructor(
    private readonly os: LinkOs,
    private readonly console: Console,
    private readonly link: Link,
    private readonly run: Run,
    private readonly names: readonly Bytes[],
  ) {
    this.deadline = run.timeoutMs === null ? null : os.now() + run.timeoutMs;
  }

  execute(): number {
    const { command } = this.run;
    switch (command.kind) {
      case 'list':
        return this.names.length === 0 ? this.listAll() : this.askServices();
      case 'info':
        return this.info();
      case 'events':
        return this.events();
      case 'trace':
        return this.trace();
      case 'tell':
        return this.tell(command.request);
      case 'ask':
      case 'signal':
      case 'bring':
      case 'wait':
      case 'pidof':
      case 'check':
        return this.askServices();
    }
  }

  private converse(dialogues: readonly Dialogue[]): Ending {
    return converse(this.os, this.link, dialogues, this.deadline);
  }

  /** Exit status for the way the loop ended. */
  private endingStatus(ending: Ending): number {
    switch (ending.kind) {
      case 'over':
        return Exit.done;
      case 'timedOut':
        this.console.complain('action timed out');
        return Exit.timedOut;
      case 'interrupted':
        return interrupted + ending.signal;
      case 'unreachable':
        this.console.complain(ending.reason);
        return Exit.unreachable;
    }
  }

  private unknownCommand(): number {
    this.console.complain('nitro does not know this command');
    return Exit.noSuchService;
  }

  /** A dialogue with the daemon itself; `print` is called when it has answered. */
  private askDaemon(dialogue: Dialogue & { readonly result: DaemonResult | null }, print: () => void): number {
    const ending = this.converse([dialogue]);
    if (ending.kind !== 'over') return this.endingStatus(ending);
    if (dialogue.result === 'unknownCommand') return this.unknownCommand();
    print();
    return Exit.done;
  }

  private listAll(): number {
    const dialogue = new ListDialogue();
    return this.askDaemon(dialogue, () => this.printList(dialogue.services()));
  }

  private printList(services: ReturnType<ListDialogue['services']>): void {
    this.console.print(this.run.json ? jsonList(services) : listText(services, lookOf(this.os)));
  }

  private info(): number {
    const dialogue = new InfoDialogue();
    return this.askDaemon(dialogue, () => {
      const rows = infoRows(dialogue.fields);
      this.console.print(this.run.json ? jsonInfo(rows) : infoText(rows));
    });
  }

  private tell(request: 'rescan' | 'shutdown' | 'reboot'): number {
    return this.askDaemon(new TellDialogue(request), () => undefined);
  }

  private events(): number {
    const dialogue = new EventsDialogue(
      this.run.json ? jsonEvent : eventLine,
      (lines) => this.console.print(lines),
      () => this.console.failed(),
    );
    return this.endingStatus(this.converse([dialogue]));
  }

  /** Follow the steps; where the daemon does not know that, the states. */
  private trace(): number {
    const writer = this.run.json ? traceJson : traceText;
    const began = this.os.now();
    let lines = '';
    const settled = (): void => {
      this.console.print(lines);
      lines = '';
    };
    const witness: Witness = {
      saw: (sight) => (lines += writer.sight(this.os.now() - began, sight)),
      settled,
      isGone: () => this.console.failed(),
    };
    const announce = (detail: Detail): void => {
      lines = writer.header(detail, this.link.path) + lines;
      settled();
    };
    const steps = new StepsDialogue(witness, () => announce('steps'));
    let ending = this.converse([steps]);
    if (steps.refused === 'tooMany') {
      this.console.complain('nitro is traced by too many already');
      return Exit.failed;
    }
    if (steps.refused === 'unknownCommand') {
      announce('states');
      ending = this.converse([new StatesDialogue(witness)]);
    }
    lines += writer.end(this.os.now() - began, ending.kind === 'unreachable' ? 'daemon gone' : 'stopped');
    if (steps.isFollowing || steps.refused !== null) settled();
    return this.endingStatus(ending);
  }

  private askServices(): number {
    const changed = (state: number, name: Bytes): void => {
      if (this.run.verbose) this.console.print(eventLine(state, name));
    };
    const session = this.os.session();
    const asked = this.names.map((name) => {
      const errand = errandFor(this.os, this.run.command, name);
      return { name, dialogue: canBeAskedFor(name) ? new ServiceDialogue(errand, session, changed) : null };
    });
    const ending = this.converse(asked.flatMap(({ dialogue }) => (dialogue === null ? [] : [dialogue])));
    const results = asked.map(({ name, dialogue }) => {
      return { name, result: dialogue === null ? noSuchService : dialogue.result };
    });
    if (this.run.command.kind === 'list') {
      const found = results.flatMap(({ name, result }) => {
        return result?.kind === 'report' ? [{ ...result.fields, name }] : [];
      });
      this.printList(found);
    }
    let status: number = Exit.done;
    for (const { name, result } of results) {
      if (result !== null) status = Math.max(status, this.resultStatus(name, result));
    }
    const ended = this.endingStatus(ending);
    // Timed out is one result among others; what ends everything is the only one.
    return ending.kind === 'over' || ending.kind === 'timedOut' ? Math.max(status, ended) : ended;
  }

  private resultStatus(name: Bytes, result: ServiceResult): number {
    switch (result.kind) {
      case 'done':
        return Exit.done;
      case 'failed':
        this.console.complain(`${name} failed to start`);
        return Exit.failed;
      case 'unknownCommand':
        return this.unknownCommand();
      case 'noSuchService':
        // A signal is refused with the same answer where nothing runs.
        this.console.complain(`${this.run.command.kind === 'signal' ? 'not running, or ' : ''}no such service: ${name}`);
        return Exit.noSuchService;
      case 'report':
        return this.reportStatus(result.fields.pid ?? 0);
    }
  }

  private reportStatus(pid: number): number {
    const { kind } = this.run.command;
    if (kind === 'list') return Exit.done;
    if (pid === 0) return Exit.failed;
    if (kind === 'pidof') this.console.print(`${pid}\n`);
    return Exit.done;
  }
}
