/** All properties, and the check of a life against them. */
import type { Scenario } from '../sim/scenario.js';
import type { Life } from '../sim/trace.js';
import { everyRequestIsAnswered, everyRequestIsReceived } from './answers.js';
import { endsInTime, endsWell, loggersLast, nothingIsHeld, nothingLeftOpen, sysFinishFirst } from './ending.js';
import {
  firstRequestDecides,
  nothingStartsAtTheEnd,
  scansAreDone,
  scriptsAreCut,
  sysScriptsRun,
  whatIsThereStarts,
  whatStopsIsSignalled,
} from './duties.js';
import { historyOf } from './history.js';
import type { Property, Violation } from './history.js';
import { deathsAreSeen, noStateOnTheWayLasts } from './liveness.js';
import { nothingIsLost } from './logs.js';
import { killedBeforeEnd, noSignalToReaped, oneScriptAtATime, processesAreListed, signalsHaveAReason } from './processes.js';
import { onlyWhatIsGoneGoes, scansSeeChanges } from './scanning.js';
import { everyProcessHasItsTime, globalLoggerIsFirst, secondRequestEndsTheWait, servicesGoAfterFinish, sysSetupIsToldToEnd } from './phases.js';
import { answersAgree, endsDecide, readinessIsReported } from './shown.js';
import { announcedIsAPath, restHasNone, upHasAProcess, wishesAreTaken } from './states.js';
import { finishIsToldTheEnd, longLivesRestartAtOnce, nothingIsCutEarly, readyMakesUp, restartsAreApart, upTakesItsTime } from './timing.js';
import { loggerStartsFirst, setupComesFirst, setupHasAProcess, wishesAreInVainAtTheEnd, wishesSignal, wishesStart } from './wishes.js';

const noBug: Property = {
  name: 'no step ends in an exception',
  rule: 'architecture.md, Runtime: an exception is a bug',
  check({ trace }) {
    return trace.flatMap((entry, place) => (entry.type === 'said' && entry.text.startsWith('- nitro: bug in ') ? [{ place, what: entry.text.trim() }] : []));
  },
};

export const properties: readonly Property[] = [
  noBug,
  endsWell,
  oneScriptAtATime,
  noSignalToReaped,
  signalsHaveAReason,
  processesAreListed,
  killedBeforeEnd,
  announcedIsAPath,
  upHasAProcess,
  restHasNone,
  wishesAreTaken,
  endsInTime,
  nothingLeftOpen,
  nothingIsHeld,
  sysFinishFirst,
  loggersLast,
  nothingIsLost,
  everyRequestIsAnswered,
  everyRequestIsReceived,
  noStateOnTheWayLasts,
  deathsAreSeen,
  scansSeeChanges,
  onlyWhatIsGoneGoes,
  answersAgree,
  endsDecide,
  readinessIsReported,
  scansAreDone,
  whatIsThereStarts,
  whatStopsIsSignalled,
  scriptsAreCut,
  nothingStartsAtTheEnd,
  sysScriptsRun,
  firstRequestDecides,
  nothingIsCutEarly,
  restartsAreApart,
  longLivesRestartAtOnce,
  upTakesItsTime,
  readyMakesUp,
  finishIsToldTheEnd,
  wishesSignal,
  wishesAreInVainAtTheEnd,
  wishesStart,
  setupHasAProcess,
  setupComesFirst,
  loggerStartsFirst,
  sysSetupIsToldToEnd,
  secondRequestEndsTheWait,
  servicesGoAfterFinish,
  globalLoggerIsFirst,
  everyProcessHasItsTime,
];

/** What a life violates. */
export function violationsOf(scenario: Scenario, life: Life): readonly Violation[] {
  const history = historyOf(scenario, life);
  return properties.flatMap((property) => property.check(history).map((found) => ({ ...found, property: property.name })));
}
