/**
 * The generated pictures, carried as text: their layout is made when they are generated, and not by this program.
 */
import crashAndRestart from '../../../diagrams/output/crash-and-restart.svg';
import serviceStates from '../../../diagrams/output/service-states.svg';
import serviceSubstates from '../../../diagrams/output/service-substates.svg';
import shutdown from '../../../diagrams/output/shutdown.svg';
import systemPhases from '../../../diagrams/output/system-phases.svg';
import systemSubstates from '../../../diagrams/output/system-substates.svg';

export const pictures = {
  service: { states: serviceStates, substates: serviceSubstates },
  system: { states: systemPhases, substates: systemSubstates },
} as const;

/** Pictures of what happens over time. */
export const storyPictures = { 'crash-and-restart': crashAndRestart, shutdown } as const;
export type StoryName = keyof typeof storyPictures;
