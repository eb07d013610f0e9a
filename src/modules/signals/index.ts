export { type Signal, type SignalOf, signalSchema } from './events.ts';
export { accountSignals, videoSignals } from './facts.ts';
export { signalHearing } from './hearing.ts';
export { createSignalLog, type SignalLog } from './log.ts';
export { createSignalMover, tellSignals, tellWatches } from './outbox.ts';
