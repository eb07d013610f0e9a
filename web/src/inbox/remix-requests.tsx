import { useMemo, useState } from 'preact/hooks';
import type { RemixRequest } from '../api/schema.gen.ts';
import { createPages } from '../state/pages.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Avatar } from '../ui/avatar.tsx';
import { profilePath } from '../ui/links.ts';
import { More } from '../ui/more.tsx';
import { AnswerPair } from './answer-pair.tsx';
import { inboxCalls } from './calls.ts';
import styles from './inbox.module.css';
import { say } from './say.ts';

/** Duets and stitches that nobody sees before the viewer agrees, however old. Nothing where there are none. */
export function RemixRequests() {
  const pages = useMemo(() => createPages<RemixRequest>((next) => inboxCalls.remixRequests(next)), []);
  const waiting = pages.items.value;
  return (
    <section class={styles.requests} aria-label={say('remixRequests')} hidden={waiting.length === 0}>
      <h2>{say('remixRequests')}</h2>
      <ul class={styles.list}>
        {waiting.map((request) => (
          <li key={request.id} class={styles.row}>
            <span class={styles.faces} aria-hidden="true">
              <Avatar account={request.account} size={44} />
            </span>
            <About request={request} />
            <Answering request={request} onDone={() => pages.remove(request.id)} />
          </li>
        ))}
      </ul>
      <More pages={pages} label={say('moreRemixRequests')} quiet />
    </section>
  );
}

/** Who wants what, and where it can be watched. */
function About({ request }: { request: RemixRequest }) {
  const { kind, account, caption, preview_url: preview, video_id: of } = request;
  const { acct } = account;
  return (
    <div class={styles.text}>
      <a class={styles.what} href={profilePath(account)}>
        <bdi>{say('remixRequest', { kind, acct })}</bdi>
      </a>
      {caption && <p dir="auto">{caption}</p>}
      <span class={styles.links}>
        {preview && (
          <a
            href={preview}
            target="_blank"
            rel="noopener noreferrer"
            aria-label={say('watchRemixOf', { acct })}
          >
            {say('watchRemix')}
          </a>
        )}
        <a href={`/@${me.value?.acct}/${of}`}>{say('yourClip')}</a>
      </span>
    </div>
  );
}

function Answering({ request, onDone }: { request: RemixRequest; onDone: () => void }) {
  const [busy, setBusy] = useState(false);
  const { acct } = request.account;
  const answer = async (verb: 'allow' | 'refuse') => {
    setBusy(true);
    const outcome = await inboxCalls.answerRemix(request.id, verb);
    setBusy(false);
    // Deleted meanwhile, or answered elsewhere: there is nothing to decide any more.
    if (!outcome.ok && outcome.status !== 404) return toast(outcome.sentence, 'error');
    toast(outcome.ok ? say(verb === 'allow' ? 'allowed' : 'refusedRemix') : outcome.sentence);
    onDone();
  };
  return (
    <AnswerPair
      busy={busy}
      yes={{ words: say('allow'), label: say('allowWho', { acct }), onPress: () => answer('allow') }}
      no={{ words: say('refuse'), label: say('refuseWho', { acct }), onPress: () => answer('refuse') }}
    />
  );
}
