import { useEffect, useRef } from 'preact/hooks';
import type { Player } from '../player/pool.ts';
import { placeOf } from '../state/clip-list.ts';
import { Icon } from '../ui/icon.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { playlistCalls } from './calls.ts';
import { enterPlaylist } from './playing.ts';
import styles from './playlist-bar.module.css';
import { say } from './say.ts';

interface PlaylistBarProps {
  readonly id: string;
  readonly clipId: string;
  readonly player: Player | undefined;
  /** Not there for the last clip. */
  readonly next: (() => void) | undefined;
}

/** In which playlist a clip is watched, and how far one is. A clip that has ended leads to the next one. */
export function PlaylistBar({ id, clipId, player, next }: PlaylistBarProps) {
  const [remote] = useRemote(id, () => playlistCalls.one(id));
  const onward = useRef(next);
  onward.current = next;
  useEffect(() => void enterPlaylist(id, clipId), [id, clipId]);
  const video = player?.video;
  useEffect(() => {
    if (!video) return;
    const goOn = () => onward.current?.();
    video.loop = false;
    video.addEventListener('ended', goOn);
    return () => {
      video.loop = true;
      video.removeEventListener('ended', goOn);
    };
  }, [video]);
  if (remote.state !== 'ready') return null;
  const { title, videos_count: total } = remote.value;
  const n = placeOf(clipId);
  return (
    <nav class={styles.bar} aria-label={say('playing', { title })}>
      <a class={styles.link} href={`/playlists/${id}`}>
        <Icon name="list" size={20} />
        <span class={styles.title} dir="auto">
          {title}
        </span>
        {n !== null && <span class={styles.place}>{say('place', { n, total })}</span>}
      </a>
    </nav>
  );
}
