/**
 * Faults that a nitro could have, each a change of ours in one place, and where conform finds it.
 */
import type { Change, StandIn } from './extra-standins.js';

const die = 'this.parts.os.kill(this.parts.os.pid(), 9)';
const control = (from: string, to: string): Change => ({ file: 'runtime/control.ts', from, to });
const effects = (from: string, to: string): Change => ({ file: 'runtime/effects.ts', from, to });
const scripts = (from: string, to: string): Change => ({ file: 'runtime/scripts.ts', from, to });
const system = (from: string, to: string): Change => ({ file: 'runtime/system.ts', from, to });
const host = (from: string, to: string): Change => ({ file: 'runtime/host/process.c', from, to });

/** Where a request for a state has been understood. */
const wanted = "    lifecycle.post(service, eventOf[kind]);\n";

export interface Fault extends StandIn {
  /** The part that is enough to find it. */
  readonly part: 'services' | 'system' | 'probes';
  /** Of the probes, those that are enough. */
  readonly match?: string;
  readonly kind: 'ended' | 'hung' | 'differs';
  /** In title, expectation and what was seen of one of the divergences. */
  readonly says: RegExp;
}

/** Dies of a request in one leaf. */
export const diesInALeaf: Fault = {
  fault: 'it dies of a restart that is asked for while a finish runs before it goes DOWN',
  changes: [control(wanted, `    if (kind === 'restart' && leafOf(service) === 'SHUTDOWN.finishing') ${die};\n${wanted}`)],
  part: 'services',
  kind: 'ended',
  says: /SHUTDOWN\.finishing on WANT_RESTART.*SIGKILL/s,
};

/** Announces another state than it is in. */
export const announcesAnother: Fault = {
  fault: 'FATAL is announced as DOWN',
  changes: [effects('announcements.announce(shownState(service), service.name);', 'announcements.announce(shownState(service) === State.FATAL ? State.DOWN : shownState(service), service.name);')],
  part: 'services',
  kind: 'differs',
  says: /FATAL is announced.*DOWN is announced/s,
};

export const tellsFinishWrong: Fault = {
  fault: 'finish gets its arguments the other way round',
  changes: [scripts('[String(service.exitStatus), String(service.exitSignal)]', '[String(service.exitSignal), String(service.exitStatus)]')],
  part: 'probes',
  match: 'finish is told',
  kind: 'differs',
  says: /finish is told the exit status of run.*3 0.*0 3/s,
};

export const leaks: Fault = {
  fault: 'each start of a script leaves a descriptor open',
  changes: [host('    close(child->status[1]);\n    if (child->ready[1] >= 0)', '    fcntl(0, F_DUPFD_CLOEXEC, 3);\n    close(child->status[1]);\n    if (child->ready[1] >= 0)')],
  part: 'probes',
  match: 'restarts',
  kind: 'differs',
  says: /restarts.* leave no descriptor open.*descriptors open/s,
};

/** Dies of a request in every leaf. */
export const diesOfARequest: Fault = {
  fault: 'it dies of a request',
  changes: [control(wanted, `    if (kind === 'restart') ${die};\n${wanted}`)],
  part: 'services',
  kind: 'ended',
  says: /on WANT_RESTART.*SIGKILL/s,
};

export const faults: readonly Fault[] = [
  diesInALeaf,
  diesOfARequest,
  announcesAnother,
  tellsFinishWrong,
  leaks,
  {
    fault: 'it hangs when a service that waits after a failed exec is brought down',
    changes: [control(wanted, `    if (kind === 'down' && leafOf(service) === 'DELAY.spawnError') for (;;) ;\n${wanted}`)],
    part: 'services',
    kind: 'hung',
    says: /DELAY\.spawnError on WANT_DOWN/,
  },
  {
    fault: 'a second run is started while one lives',
    changes: [effects('        this.signalDown(service);\n', '        this.signalDown(service);\n        if (service.run !== 0) scripts.launch(service);\n')],
    part: 'probes',
    match: 'two processes',
    kind: 'differs',
    says: /two processes of run|no process is left behind/,
  },
  {
    fault: 'UP is not announced',
    changes: [effects("      case 'announce':\n", "      case 'announce':\n        if (shownState(service) === State.UP) return null;\n")],
    part: 'services',
    kind: 'differs',
    says: /a change into UP that is not announced/,
  },
  {
    fault: 'descriptors are leaked into children',
    changes: [{ file: 'runtime/host/child.c', from: '        signals_for_child();\n', to: '        child_fcntl(child->status[0], F_DUPFD, 20);\n        signals_for_child();\n' }],
    part: 'probes',
    match: 'nothing else is open',
    kind: 'differs',
    says: /nothing else is open.*20 /s,
  },
  {
    fault: 'the signal mask of children is not reset',
    changes: [{ file: 'runtime/host/signals.c', from: '    sigemptyset(&none);\n    child_set_mask(&none);', to: '    sigemptyset(&none);\n    sigaddset(&none, SIGCHLD);\n    child_set_mask(&none);' }],
    part: 'probes',
    match: 'no signal blocked',
    kind: 'differs',
    says: /no signal blocked or ignored.*17/s,
  },
  {
    fault: 'the wrong signal is sent',
    changes: [effects('isSetup ? os.signals.TERM : service.downSignal', 'isSetup ? os.signals.TERM : os.signals.INT')],
    part: 'services',
    kind: 'differs',
    says: /SIGTERM \(15\)|this comes: signals/,
  },
  {
    fault: 'a process that does not end is never killed',
    changes: [effects("      case 'kill':\n", "      case 'kill':\n        return null;\n")],
    part: 'probes',
    match: 'does not end gets',
    kind: 'differs',
    says: /gets SIGKILL after SHUTDOWN/,
  },
  {
    fault: 'it dies of LIST with more than 100 services',
    changes: [control('    const all = services.all();\n    const before', `    const all = services.all();\n    if (all.length > 100) ${die};\n    const before`)],
    part: 'probes',
    match: 'LIST does not end',
    kind: 'ended',
    says: /LIST does not end a nitro.*SIGKILL/s,
  },
  {
    fault: 'a logger gets a new pipe with each start, so that lines are lost',
    changes: [scripts("      const pipe = this.pipes.open(name);", "      (this.pipes as unknown as { byLogger: Map<string, unknown> }).byLogger.delete(name);\n      const pipe = this.pipes.open(name);")],
    part: 'probes',
    match: 'logger',
    kind: 'differs',
    says: /nothing is lost over the ends of a logger|stays in the pipe/,
  },
  {
    fault: 'down-signal is passed over',
    changes: [{ file: 'runtime/settings.ts', from: 'return signalOfLetter(text.charAt(0), os.signals) ?? os.signals.TERM;', to: 'return os.signals.TERM;' }],
    part: 'probes',
    match: 'down-signal h',
    kind: 'differs',
    says: /down-signal h is HUP.*TERM/s,
  },
  {
    fault: 'loggers are brought down with the services',
    changes: [{ file: 'runtime/stopping.ts', from: 'active.filter((service) => !this.isLogger(service))', to: 'active' }],
    part: 'probes',
    match: 'loggers',
    kind: 'differs',
    says: /then services end, then loggers|last words|loggers go after/,
  },
  {
    fault: 'SYS/finish is always told shutdown',
    changes: [system("['0', '0', this.outcome]", "['0', '0', 'shutdown']")],
    part: 'system',
    kind: 'differs',
    says: /finish gets the arguments 0 0 reboot/,
  },
  {
    fault: 'it hangs when it comes to bring its services down',
    changes: [system("      case 'stopServices':\n", "      case 'stopServices':\n        for (;;) ;\n")],
    part: 'system',
    kind: 'hung',
    says: /shutdown\.stoppingServices/,
  },
  {
    fault: 'it never notices that its services are down',
    changes: [system("} else if (wasLast) this.post('SERVICES_DOWN');", '}')],
    part: 'system',
    kind: 'differs',
    says: /shutdown\.stoppingServices on SERVICES_DOWN.*it does not come/s,
  },
  {
    fault: 'it dies when it comes to bring its loggers down',
    changes: [system("      case 'stopLoggers':\n", `      case 'stopLoggers':\n        ${die};\n`)],
    part: 'system',
    kind: 'ended',
    says: /shutdown\.stoppingServices on SERVICES_DOWN.*SIGKILL/s,
  },
  {
    fault: 'finish runs twice',
    changes: [effects("return scripts.finish(service) ? null : 'FINISH_EXITED';", "scripts.finish(service);\n        return scripts.finish(service) ? null : 'FINISH_EXITED';")],
    part: 'probes',
    match: 'finish runs once',
    kind: 'differs',
    says: /finish runs once for each life|finish ran/,
  },
  {
    fault: 'finish never runs',
    changes: [effects("return scripts.finish(service) ? null : 'FINISH_EXITED';", "return 'FINISH_EXITED';")],
    part: 'services',
    kind: 'differs',
    says: /finish/,
  },
];

/** What the reference is known to do, as far as a change of ours can do the same. */
export const likeTheReference: StandIn = {
  fault: 'it does what the reference is known to do',
  changes: [
    // Some changes of state are not announced.
    effects("      case 'announce':\n", "      case 'announce':\n        if ([State.DELAY, State.RESTART, State.SHUTDOWN].includes(shownState(service))) return null;\n"),
    // A setup that is killed counts as a success.
    { file: 'runtime/facts.ts', from: 'return service.setupStatus !== 0;', to: 'return service.setupStatus !== 0 && service.setupStatus % 128 === 0;' },
    // It aborts where a FATAL service is asked for while its finish runs.
    control(wanted, `    if (kind !== 'ready' && leafOf(service).startsWith('FATAL.finish')) ${die};\n${wanted}`),
    // LIST dies, and has no pages; pids of other scripts are not told.
    control('    const all = services.all();\n    const before', `    const all = services.all();\n    start = 0;\n    if (all.length > 100) ${die};\n    const before`),
    control('setupPid: service.setup,', 'setupPid: 0,'),
    control('finishPid: service.finish,', 'finishPid: 0,'),
    // What crashed goes on being shown as it was while finish runs.
    { file: 'runtime/scripts.ts', from: '    service.run = 0;\n', to: "    service.run = 0;\n    (service as unknown as { was: number }).was = ['UP', 'STARTING.timed', 'STARTING.awaited'].includes(leafOf(service)) ? shownState(service) : 0;\n" },
    { file: 'runtime/scripts.ts', from: "import type { Service } from './service.js';", to: "import { leafOf, shownState } from './service.js';\nimport type { Service } from './service.js';" },
    {
      file: 'runtime/service.ts',
      from: '  return State[stateOf(service) as keyof typeof State];',
      to: "  const { was } = service as unknown as { was?: State };\n  return was && leafOf(service) === 'RESTART.finishing' ? was : State[stateOf(service) as keyof typeof State];",
    },
  ],
};
