import type { Status } from '../api/types.ts';
import { ClipAuthor } from '../clip/clip-author.tsx';
import { say as sayOfClip } from '../clip/say.ts';
import { say as sayOfEditing } from '../editing/say.ts';
import { absolute } from '../format.ts';
import { remixesOf, remixOf } from '../remix/chain.ts';
import { RemixFacts } from '../remix/remix-facts.tsx';
import { say as sayOfRemix } from '../remix/say.ts';
import { SoundFacts } from '../sounds/sound-facts.tsx';
import { isCovered } from '../state/revealed.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { clipPath } from '../ui/links.ts';
import { ServerHtml } from '../ui/server-html.tsx';
import { say } from './say.ts';
import styles from './watch.module.css';

interface ClipDetailsProps {
  readonly status: Status;
  readonly title: string;
  /** Only for its author. */
  readonly own?: { readonly onDelete: () => void; readonly onEditMedia: () => void };
}

/** What is said about a clip, beside it or below it. */
export function ClipDetails({ status, title, own }: ClipDetailsProps) {
  const remix = remixOf(status);
  const remixes = remixesOf(status);
  const sound = status.video?.sound;
  const alt = status.media_attachments[0]?.description;
  return (
    <section class={styles.details} aria-label={say('details')}>
      <h1 class={styles.title}>{title}</h1>
      <ClipAuthor account={status.account} />
      {remix && <RemixFacts remix={remix} />}
      {sound && <SoundFacts sound={sound} />}
      {status.content && !isCovered(status) && <ServerHtml html={status.content} />}
      <dl class={styles.facts}>
        <div>
          <dt>{say('published')}</dt>
          <dd>
            <time dateTime={status.created_at}>{absolute(status.created_at)}</time> ·{' '}
            {say('seenBy', { visibility: status.visibility })}
          </dd>
        </div>
        {alt && (
          <div>
            <dt>{say('alt')}</dt>
            <dd dir="auto">{alt}</dd>
          </div>
        )}
      </dl>
      {remixes > 0 && (
        <a class={styles.origin} href={`${clipPath(status)}/remixes`}>
          {sayOfRemix('list', { n: remixes })}
        </a>
      )}
      {status.account.host && (
        <a class={styles.origin} href={status.url} rel="noopener noreferrer" target="_blank">
          {sayOfClip('openAt', { host: status.account.host })}
        </a>
      )}
      {own && (
        <div class={styles.own}>
          <ButtonLink look="quiet" icon="pencil" href={`/studio/${status.id}`}>
            {say('edit')}
          </ButtonLink>
          <ButtonLink look="quiet" icon="studio" href={`/studio/${status.id}/analytics`}>
            {say('analytics')}
          </ButtonLink>
          <Button look="quiet" icon="captions" onPress={own.onEditMedia}>
            {sayOfEditing('open')}
          </Button>
          <Button look="quiet" icon="trash" onPress={own.onDelete}>
            {say('delete')}
          </Button>
        </div>
      )}
    </section>
  );
}
