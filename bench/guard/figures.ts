/**
 * What the guard measures: each figure with its name, what it is a count of, and how far it may go beyond its bound.
 *
 * The margins. A system call more is a change of the program: counts of them are held exactly, and so are allocations and growth. A compiler of
 * another minor version, or Node's of esbuild, moves instructions by a percent or two without anybody's doing, so they have 5 %.
 * The bytes of the binary have 1 %: some 4 KB, so that an ordinary change needs no new bound, and a new part of the engine does.
 */

/** Services that nitroctl lists: so many that its output takes two writes of 4096 bytes, whether their pids have one digit or seven. */
export const listedServices = 120;
const listing = `nitroctl list of ${String(listedServices)} services, the whole process`;

export interface Figure {
  readonly id: FigureId;
  readonly what: string;
  readonly unit: string;
  /** Part of the bound that may be added to it. */
  readonly margin: number;
}

const exact = 0;
const ofInstructions = 0.05;
const ofBytes = 0.01;

/** A figure, measured. */
export interface Measured {
  readonly id: FigureId;
  readonly value: number;
}

/** One that could not be measured here, and why. */
export interface Skipped {
  readonly id: FigureId;
  readonly why: string;
}

const table = {
  'calls.restart': ['a restart: from the death of run to the next exec', 'system calls', exact],
  'calls.request': ['a request: QUERY and its answer', 'system calls', exact],
  'calls.page': ['a page of the list: LIST and its answer', 'system calls', exact],
  'calls.list': [listing, 'system calls', exact],
  'calls.boot': ['a service more at boot, until its exec is known', 'system calls', exact],
  'instructions.step': ['a step of the table, on the host', 'instructions', ofInstructions],
  'instructions.request': ['a request: QUERY and its answer', 'instructions', ofInstructions],
  'instructions.page': ['a page of the list: LIST and its answer', 'instructions', ofInstructions],
  'instructions.list': [listing, 'instructions', ofInstructions],
  'allocations.request': ['a request: blocks taken by the engine', 'allocations', exact],
  'growth.requests': ['10,000 requests more: private memory', 'KB', exact],
  'bytes.binary': ['the binary', 'bytes', ofBytes],
} as const satisfies Readonly<Record<string, readonly [what: string, unit: string, margin: number]>>;

export type FigureId = keyof typeof table;

export const figures: readonly Figure[] = (Object.keys(table) as FigureId[]).map((id) => {
  const [what, unit, margin] = table[id];
  return { id, what, unit, margin };
});

/** What can be measured by itself. */
export const parts = ['calls', 'instructions', 'memory', 'binary'] as const;
export type Part = (typeof parts)[number];

const partOfKind: Readonly<Record<string, Part>> = {
  calls: 'calls',
  instructions: 'instructions',
  allocations: 'instructions',
  growth: 'memory',
  bytes: 'binary',
};
const partOf = (id: FigureId): Part | undefined => partOfKind[id.split('.')[0] ?? ''];
const idsOf = (part: Part): readonly FigureId[] => figures.map(({ id }) => id).filter((id) => partOf(id) === part);

/** The figures of each part. */
export const figuresOf: Readonly<Record<Part, readonly FigureId[]>> = {
  calls: idsOf('calls'),
  instructions: idsOf('instructions'),
  memory: idsOf('memory'),
  binary: idsOf('binary'),
};
