/** The steps of 2.5 at which a process can die. */
export const STEPS = [
  'opened',
  'observed',
  'built',
  'asked',
  'answered',
  'dispatching',
  'proposed',
  'dispatched',
  'closed',
] as const;
export type Step = (typeof STEPS)[number];
