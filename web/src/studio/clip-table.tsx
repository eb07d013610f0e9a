import type { StudioVideo } from '../api/types.ts';
import { say as sayOfClip } from '../clip/menu/say.ts';
import { clock, count } from '../format.ts';
import { Blurhash } from '../player/blurhash.tsx';
import { toast } from '../state/toasts.ts';
import { Menu, type MenuItem } from '../ui/menu.tsx';
import { say as sayOfWatch } from '../watch/say.ts';
import { say } from './say.ts';
import { percent } from './show.ts';
import { StateChip } from './state-chip.tsx';
import styles from './studio.module.css';

interface ClipTableProps {
  readonly videos: readonly StudioVideo[];
  readonly onDelete: (video: StudioVideo) => void;
}

/** A table on desktops; on phones each row stands as a card, with the heads as labels. */
export function ClipTable({ videos, onDelete }: ClipTableProps) {
  return (
    <table class={styles.table}>
      <thead>
        <tr>
          <th scope="col">{say('clip')}</th>
          <th scope="col">{say('state')}</th>
          <th scope="col">{say('visibility')}</th>
          <th scope="col" class={styles.number}>
            {say('views')}
          </th>
          <th scope="col" class={styles.number}>
            {say('likes')}
          </th>
          <th scope="col" class={styles.number}>
            {say('comments')}
          </th>
          <th scope="col" class={styles.number}>
            {say('watchThrough')}
          </th>
          <th scope="col">
            <span class={styles.hidden}>{say('actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {videos.map((video) => (
          <Row key={video.id} video={video} onDelete={onDelete} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ video, onDelete }: { video: StudioVideo; onDelete: ClipTableProps['onDelete'] }) {
  const caption = video.text.trim() || say('noCaption');
  const isOut = video.state === 'published';
  const figure = (value: number) => (isOut ? count(value) : '–');
  const cells = [
    { name: say('views'), value: figure(video.views) },
    { name: say('likes'), value: figure(video.stats.likes) },
    { name: say('comments'), value: figure(video.stats.comments) },
    { name: say('watchThrough'), value: video.watch_through === null ? '–' : percent(video.watch_through) },
  ];
  return (
    <tr>
      <th scope="row">
        <a class={styles.clip} href={`/studio/${video.id}`}>
          <span class={styles.poster}>
            <Blurhash class={styles.fill} hash={video.blurhash} />
            {video.poster_url && <img class={styles.fill} src={video.poster_url} alt="" loading="lazy" />}
            {video.duration !== null && <span class={styles.length}>{clock(video.duration)}</span>}
          </span>
          <span class={styles.caption} dir="auto">
            {caption}
          </span>
        </a>
      </th>
      <td class={styles.stateCell}>
        <StateChip video={video} />
        {video.state === 'failed' && <a href="/upload">{say('uploadAgain')}</a>}
      </td>
      <td class={styles.seenBy}>{sayOfWatch('seenBy', { visibility: video.visibility })}</td>
      {cells.map(({ name, value }) => (
        <td key={name} class={styles.number} data-label={name}>
          {value}
        </td>
      ))}
      <td class={styles.menuCell}>
        <Menu label={say('actionsOf', { caption })} icon="more" items={itemsOf(video, onDelete)} />
      </td>
    </tr>
  );
}

function itemsOf(video: StudioVideo, onDelete: ClipTableProps['onDelete']): MenuItem[] {
  const isOut = video.state === 'published';
  return [
    ...(video.state === 'failed' || video.state === 'uploading'
      ? []
      : [{ label: say('edit'), href: `/studio/${video.id}` }]),
    ...(isOut
      ? [
          { label: say('analytics'), href: `/studio/${video.id}/analytics` },
          { label: say('open'), icon: 'play' as const, href: `/@${video.author.acct}/${video.id}` },
          { label: say('copyLink'), icon: 'link' as const, onPress: () => copyLink(video.url) },
        ]
      : []),
    { label: say('remove'), icon: 'trash', danger: true, onPress: () => onDelete(video) },
  ];
}

async function copyLink(url: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(url);
    toast(sayOfClip('linkCopied'));
  } catch {
    toast(sayOfClip('linkNotCopied', { url }), 'error');
  }
}
