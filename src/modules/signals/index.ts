export {
  type Signal,
  type SignalKind,
  type SignalOf,
  type SignalSource,
  signalSchema,
  signalSources,
} from './events.ts';
export { accountSignals, videoSignals } from './facts.ts';
export { signalHearing } from './hearing.ts';
export { createSignalLog, type SignalLog, type SignalPage } from './log.ts';
export { createSignalMover, tellSignals } from './outbox.ts';
