import { parseJson } from '../api/client.ts';
import type { Status } from '../api/types.ts';
import { commentEventsPath } from './calls.ts';

export interface Hearing {
  /** Somebody wrote a comment. */
  readonly onComment: (told: Status) => void;
  readonly onChange: (told: Status) => void;
  readonly onDelete: (id: string) => void;
  /** The line was lost and is back: something may have been missed. */
  readonly onBack: () => void;
}

/** After a refusal the browser does not come back by itself: there are too many streams, or the server stops. */
const AGAIN_MS = 30_000;

/** Listens to what is said below a clip, until the answer is called. */
export function listen(clipId: string, hearing: Hearing): () => void {
  let events: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasLost = false;

  function open(): void {
    events = new EventSource(commentEventsPath(clipId));
    events.addEventListener('open', () => {
      if (wasLost) hearing.onBack();
      wasLost = false;
    });
    events.addEventListener('error', () => {
      wasLost = true;
      if (events.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS);
    });
    events.addEventListener('update', ({ data }) => tell(data, hearing.onComment));
    events.addEventListener('status.update', ({ data }) => tell(data, hearing.onChange));
    events.addEventListener('delete', ({ data }) => hearing.onDelete(String(data)));
  }

  open();
  return () => {
    clearTimeout(timer);
    events.close();
  };
}

function tell(data: unknown, hear: (told: Status) => void): void {
  const told = parseJson(String(data));
  if (isStatus(told)) hear(told);
}

function isStatus(told: unknown): told is Status {
  return typeof told === 'object' && told !== null && 'id' in told && 'account' in told && 'content' in told;
}
