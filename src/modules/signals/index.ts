export {
  type Signal,
  type SignalKind,
  type SignalOf,
  type SignalSource,
  signalSchema,
  signalSources,
} from './events.ts';
