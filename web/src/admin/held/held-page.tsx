import { useState } from 'preact/hooks';
import type { HeldPost } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useAddressState } from '../parts/address-state.ts';
import { List, useList } from '../parts/list.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { decideAbout } from './calls.ts';
import styles from './held.module.css';
import { say } from './say.ts';

/** What rules hold back until a moderator has looked at it. */
export function HeldPage() {
  const state = useAddressState();
  const [remote, reload, set] = useList<HeldPost>('/api/v1/admin/held', state);
  const [rejecting, setRejecting] = useState<HeldPost | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | undefined>();

  const decide = async (post: HeldPost, decision: 'release' | 'reject', reason = '') => {
    setBusy(post.id);
    setProblem(undefined);
    const outcome = await decideAbout(post, decision, reason);
    setBusy(null);
    if (!outcome.ok) {
      if (decision === 'reject') return setProblem(outcome.sentence);
      return toast(outcome.sentence, 'error');
    }
    setRejecting(null);
    const { acct } = post;
    toast(decision === 'release' ? say('released', { acct }) : say('rejected', { acct }));
    if (remote.state !== 'ready') return;
    set({ ...remote.value, rows: remote.value.rows.filter(({ id }) => id !== post.id) });
  };

  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      <List
        state={state}
        remote={remote}
        onRetry={reload}
        empty={{ icon: 'check', title: say('empty'), text: say('emptyText') }}
        label={say('title')}
        rowKey={({ id }) => id}
        head={{ title: say('post'), wide: true, cell: (post) => <Shown post={post} /> }}
        columns={[
          { title: say('by'), cell: ({ acct }) => <bdi>@{acct}</bdi> },
          { title: say('why'), wide: true, cell: (post) => <Reason post={post} /> },
          { title: say('since'), cell: ({ created_at }) => <TimeAgo iso={created_at} /> },
        ]}
        actions={(post) => (
          <>
            <Button
              busy={busy === post.id}
              label={say('releaseWho', { acct: post.acct })}
              onPress={() => decide(post, 'release')}
            >
              {say('release')}
            </Button>
            <Button
              look="quiet"
              label={say('rejectWho', { acct: post.acct })}
              onPress={() => setRejecting(post)}
            >
              {say('reject')}
            </Button>
          </>
        )}
      />
      {rejecting && (
        <ReasonDialog
          title={say('rejectTitle', { acct: rejecting.acct })}
          text={say('rejectText')}
          action={say('reject')}
          busy={busy !== null}
          problem={problem}
          onConfirm={(reason) => decide(rejecting, 'reject', reason)}
          onClose={() => setRejecting(null)}
        />
      )}
    </Page>
  );
}

/** Nothing is fetched of a video before somebody wants to see it, and it begins without sound. */
function Shown({ post }: { post: HeldPost }) {
  return (
    <div class={styles.post}>
      <span>{post.kind === 'video' ? say('video') : say('comment')}</span>
      <span dir="auto">{post.text}</span>
      {post.media && (
        <video
          class={styles.video}
          src={post.media}
          aria-label={say('watch', { acct: post.acct })}
          preload="none"
          controls
          muted
        />
      )}
    </div>
  );
}

function Reason({ post }: { post: HeldPost }) {
  return (
    <div class={styles.post}>
      <span dir="auto">{reasonOf(post)}</span>
      {post.labels.length > 0 && (
        <ul class={styles.labels} aria-label={say('labels')}>
          {post.labels.map(({ name, score }) => (
            <li key={name}>{say('label', { name, percent: Math.round(score * 100) })}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function reasonOf({ cause, rule, note }: HeldPost): string {
  if (cause === 'hash') return say('hash');
  return cause === 'classifier' ? say('classifier', { note }) : say('rule', { rule: rule ?? '–', note });
}
