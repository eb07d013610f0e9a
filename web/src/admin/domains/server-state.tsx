import type { KnownServer } from '../../api/schema.gen.ts';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { Badge } from '../parts/badge.tsx';
import styles from './domains.module.css';
import { levelName, levelTone } from './levels.ts';
import { say } from './say.ts';

/** When, or that it never was. */
export function Time({ iso }: { iso: string | null }) {
  return iso === null ? <>–</> : <TimeAgo iso={iso} />;
}

/** Whether it answers, and what is decided about it. */
export function ServerState({ server }: { server: KnownServer }) {
  if (server.failing_since === null && server.severity === null) return null;
  return (
    <span class={styles.row}>
      {server.failing_since !== null && <Badge tone="bad">{say('failing')}</Badge>}
      {server.severity !== null && (
        <Badge tone={levelTone(server.severity)}>{levelName(server.severity)}</Badge>
      )}
    </span>
  );
}
