import { Counter, Gauge, Registry } from 'prom-client';

/** What is counted in this process, for an admin's monitoring. Nothing in it names a person or an address. */
export interface Metrics {
  /**
   * What became of an activity: `accepted` and `rejected` by the gate, the others when it was carried out.
   * `reason` is a word of the program, never text from outside.
   */
  inbox(outcome: InboxOutcome, reason?: string | null): void;
  /** One attempt to deliver, to a server that runs `software`. */
  delivery(verdict: 'delivered' | 'retry' | 'dead', software: string | null): void;
  /** One request to another server: `ok`, or why it gave no answer. */
  fetch(outcome: string): void;
  /** The page in the text format of Prometheus. Rejects when the depths of the queues cannot be had. */
  page(): Promise<{ contentType: string; body: string }>;
}

export type InboxOutcome = 'accepted' | 'rejected' | 'applied' | 'ignored' | 'refused';

/** Jobs of one queue. */
interface QueueDepth {
  readonly queue: string;
  readonly pending: number;
  readonly running: number;
  readonly dead: number;
}

/** Servers invent names for their software; those that are not here are `other`. */
const SOFTWARE = new Set(
  `akkoma friendica gotosocial hollo hubzilla iceshrimp lemmy loops mastodon mbin misskey mitra peertube
   piefed pixelfed pleroma sharkey vireo wordpress writefreely`.split(/\s+/),
);
/** So many different reasons of one counter; a mistake in the program must not fill the memory. */
const MAX_REASONS = 100;

/** Builds the counters. `queueDepths` is asked whenever the page is. */
export function createMetrics(queueDepths: () => Promise<readonly QueueDepth[]>): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const inbox = new Counter({
    name: 'vireo_inbox_activities_total',
    help: 'Activities from other servers, by what became of them',
    labelNames: ['outcome', 'reason'],
    registers,
  });
  const deliveries = new Counter({
    name: 'vireo_delivery_attempts_total',
    help: 'Attempts to deliver an activity, by outcome and by the software of the server',
    labelNames: ['verdict', 'software'],
    registers,
  });
  const fetches = new Counter({
    name: 'vireo_fetches_total',
    help: 'Requests to other servers, by outcome',
    labelNames: ['outcome'],
    registers,
  });
  new Gauge({
    name: 'vireo_queue_jobs',
    help: 'Background jobs of the whole server, by queue and state',
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      this.reset();
      for (const { queue, ...states } of await queueDepths()) {
        for (const [state, jobs] of Object.entries(states)) this.set({ queue, state }, jobs);
      }
    },
  });
  const inboxReason = boundedLabel();
  const fetchOutcome = boundedLabel();
  return {
    inbox: (outcome, reason) => inbox.inc({ outcome, reason: inboxReason(reason ?? '') }),
    delivery: (verdict, software) => {
      const family = software === null ? 'unknown' : SOFTWARE.has(software) ? software : 'other';
      deliveries.inc({ verdict, software: family });
    },
    fetch: (outcome) => fetches.inc({ outcome: fetchOutcome(outcome) }),
    page: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

function boundedLabel(): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.size < MAX_REASONS) known.add(value);
    return known.has(value) ? value : 'other';
  };
}
