import { useEffect, useRef, useState } from 'preact/hooks';
import type { Status } from '../api/types.ts';
import { clock } from '../format.ts';
import { Blurhash } from '../player/blurhash.tsx';
import type { ClipPages } from '../posters/clip-pages.ts';
import { enterClipList } from '../state/clip-list.ts';
import { isCovered } from '../state/revealed.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { clipPath } from '../ui/links.ts';
import { VisuallyHidden } from '../ui/page.tsx';
import styles from './clip-rows.module.css';
import { movedTo, targetOfKey } from './reordering.ts';
import { say } from './say.ts';
import { useDrag } from './use-drag.ts';
import { nameOf } from './words-of.ts';

/** What its owner does with the clips of a playlist. */
export interface OwnDeeds {
  readonly coverId: string | null;
  /** Puts a clip at another place; says what went wrong, or nothing. */
  readonly onMove: (status: Status, to: number) => Promise<string | undefined>;
  readonly onRemove: (status: Status) => void;
  readonly onCover: (status: Status) => void;
}

interface ClipRowsProps {
  readonly playlistId: string;
  readonly pages: ClipPages;
  readonly own: OwnDeeds | undefined;
}

/** The clips of a playlist in their order. Its owner moves them by dragging, or by the arrow keys on the handle. */
export function ClipRows({ playlistId, pages, own }: ClipRowsProps) {
  const items = pages.items.value;
  const list = useRef<HTMLOListElement>(null);
  const [said, setSaid] = useState('');
  /** The handle that moves along with its clip keeps the focus. */
  const movedId = useRef<string | null>(null);
  const rows = () => [...(list.current?.children ?? [])].map((row) => row.getBoundingClientRect());
  const [drag, beginDrag] = useDrag(rows, ({ from, to }) => {
    const status = items[from];
    if (status) void move(status, to);
  });
  const shown = drag ? movedTo(items, drag.from, drag.to) : items;

  useEffect(() => {
    if (movedId.current === null) return;
    list.current?.querySelector<HTMLElement>(`[data-handle="${movedId.current}"]`)?.focus();
    movedId.current = null;
  });

  const move = async (status: Status, to: number) => {
    movedId.current = status.id;
    const why = await own?.onMove(status, to);
    setSaid(why === undefined ? say('moved', { n: to + 1, total: items.length }) : say('notMoved', { why }));
  };
  const handlers = (status: Status) => ({
    onKeyDown: (event: KeyboardEvent) => {
      const target = targetOfKey(event.key, items.indexOf(status), items.length);
      if (target === null) return;
      event.preventDefault();
      void move(status, target);
    },
    onPointerDown: (event: PointerEvent) => {
      if (event.button === 0) beginDrag(items.indexOf(status));
    },
  });

  return (
    <>
      <ol class={styles.rows} aria-label={say('clips')} ref={list}>
        {shown.map((status, position) => (
          <li key={status.id} class={styles.row} data-dragged={drag?.to === position || undefined}>
            {own && (
              <button
                type="button"
                class={styles.handle}
                data-handle={status.id}
                aria-label={say('moveHow', { caption: nameOf(status) })}
                {...handlers(status)}
              >
                <Icon name="grip" />
              </button>
            )}
            <ClipLink
              status={status}
              n={position + 1}
              isCover={own?.coverId === status.id}
              href={`${clipPath(status)}?playlist=${playlistId}`}
              onOpen={() => enterClipList(pages.list, status.id)}
            />
            {own && <RowDeeds status={status} own={own} />}
          </li>
        ))}
      </ol>
      <VisuallyHidden>
        <span role="status">{said}</span>
      </VisuallyHidden>
    </>
  );
}

function RowDeeds({ status, own }: { status: Status; own: OwnDeeds }) {
  const caption = nameOf(status);
  return (
    <span class={styles.deeds}>
      {own.coverId !== status.id && (
        <IconButton icon="pin" label={say('useAsCover', { caption })} onPress={() => own.onCover(status)} />
      )}
      <IconButton icon="close" label={say('remove', { caption })} onPress={() => own.onRemove(status)} />
    </span>
  );
}

interface ClipLinkProps {
  readonly status: Status;
  readonly n: number;
  readonly isCover: boolean;
  readonly href: string;
  readonly onOpen: () => void;
}

function ClipLink({ status, n, isCover, href, onOpen }: ClipLinkProps) {
  const [media] = status.media_attachments;
  const duration = media?.meta.original.duration ?? null;
  const name = nameOf(status);
  const poster = media?.preview_webp_url ?? media?.preview_url;
  return (
    <a class={styles.clip} href={href} data-clip={status.id} onClick={onOpen}>
      <span class={styles.number} aria-hidden="true">
        {n}
      </span>
      <span class={styles.poster}>
        <Blurhash class={styles.fill} hash={media?.blurhash ?? null} />
        {poster && !isCovered(status) && <img class={styles.fill} src={poster} alt="" loading="lazy" />}
      </span>
      <span class={styles.about}>
        <span class={styles.caption} dir="auto">
          {name}
        </span>{' '}
        <small class={styles.muted}>
          <bdi>@{status.account.acct}</bdi>
          {duration !== null && ` · ${clock(duration)}`}
          {isCover && ` · ${say('isCover')}`}
        </small>
      </span>
    </a>
  );
}
