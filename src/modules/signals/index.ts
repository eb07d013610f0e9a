export {
  type Signal,
  type SignalKind,
  type SignalOf,
  type SignalSource,
  signalSchema,
  signalSources,
} from './events.ts';
export { createSignalLog, type SignalLog, type SignalPage } from './log.ts';
