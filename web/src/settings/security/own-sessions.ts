import { useState } from 'preact/hooks';
import type { OwnSession } from '../../api/types.ts';
import { toast } from '../../state/toasts.ts';
import { type Remote, useRemote } from '../../ui/use-remote.ts';
import { securityCalls } from './calls.ts';

/** As many as the server gives at a time. */
const PAGE = 40;

interface OwnSessions {
  readonly remote: Remote<OwnSession[]>;
  readonly shown: readonly OwnSession[];
  /** The one that is being ended. */
  readonly busy: string | null;
  readonly hasMore: boolean;
  reload(): void;
  more(): Promise<void>;
  /** False where the server did not, which was then told. */
  end(session: OwnSession): Promise<boolean>;
}

/** Where somebody is signed in, pages or apps; the server lists both together. */
export function useOwnSessions(kind: 'pages' | 'apps'): OwnSessions {
  const [remote, reload, set] = useRemote('sessions', () => securityCalls.sessions());
  const [busy, setBusy] = useState<string | null>(null);
  const [isAtEnd, setIsAtEnd] = useState(false);
  const all = remote.state === 'ready' ? remote.value : [];
  return {
    remote,
    shown: all.filter(({ app }) => (app === null) === (kind === 'pages')),
    busy,
    hasMore: !isAtEnd && all.length >= PAGE,
    reload,
    async more() {
      const next = await securityCalls.sessions(all.at(-1)?.id);
      if (!next.ok) return toast(next.sentence, 'error');
      setIsAtEnd(next.value.length < PAGE);
      set([...all, ...next.value]);
    },
    async end(session) {
      setBusy(session.id);
      const outcome = await securityCalls.endSession(session.id);
      setBusy(null);
      if (outcome.ok) set(all.filter(({ id }) => id !== session.id));
      else toast(outcome.sentence, 'error');
      return outcome.ok;
    },
  };
}
