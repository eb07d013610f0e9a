import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { WatchEvent } from '../api/endpoints.ts';
import type { Media, Status } from '../api/types.ts';
import { Blurhash } from '../player/blurhash.tsx';
import { useLargerSizes } from '../player/larger-sizes.ts';
import type { Player } from '../player/pool.ts';
import { offersSound, toggleSound } from '../player/sound.ts';
import { usePoster } from '../player/use-poster.ts';
import { isCovered } from '../state/revealed.ts';
import { Icon } from '../ui/icon.tsx';
import { ClipActions } from './clip-actions.tsx';
import { ClipCaptions } from './clip-captions.tsx';
import { ClipControls } from './clip-controls.tsx';
import { Cover, Obstacle, obstacleOf } from './clip-obstacles.tsx';
import { ClipProgress } from './clip-progress.tsx';
import styles from './clip-stage.module.css';
import { PlaySurface } from './play-surface.tsx';
import { say } from './say.ts';

interface ClipStageProps {
  readonly status: Status;
  readonly media: Media;
  readonly player: Player | undefined;
  /** Whether this is the clip that is watched now. */
  readonly active: boolean;
  /** Whether somebody stopped it. */
  readonly paused: boolean;
  readonly onToggle: () => void;
  readonly onRetry: () => void;
  readonly onChange: (status: Status) => void;
  /** Where it is shown; on its own page where that is not said. */
  readonly source?: WatchEvent['source'];
  /** Lies over the lower end of the clip. */
  readonly children?: ComponentChildren;
}

/** Portrait clips up to this shape fill a phone from edge to edge; others are shown whole. */
const PORTRAIT = 0.7;
/** What a clip is taken for until its shape is known. */
const USUAL = 9 / 16;

/** One clip in its light: cover, picture, what stands in its way, and what one can do with it. */
export function ClipStage(props: ClipStageProps) {
  const { status, media, player, active, paused, source = 'video' } = props;
  const covered = isCovered(status);
  const obstacle = obstacleOf(media, player?.failed.value ?? false);
  const blocked = covered || obstacle !== null;
  useLargerSizes(status, media, active ? player : undefined);
  const aspect = media.meta.original.aspect ?? USUAL;
  const frame = [styles.frame, aspect < PORTRAIT && styles.fills].filter(Boolean).join(' ');
  const painted = player?.painted.value ?? false;
  const poster = usePoster(media, player, { active, paused });
  return (
    <div class={styles.stage} style={{ '--aspect': String(aspect) }}>
      <Blurhash class={styles.glow} hash={media.blurhash} />
      <div class={styles.room}>
        <div class={frame}>
          <Blurhash class={styles.fill} hash={media.blurhash} />
          {poster !== null && !covered && <img class={styles.fill} src={poster} alt="" />}
          {player && !covered && <VideoSlot video={player.video} visible={painted} />}
          {active && !blocked && <PlaySurface {...props} />}
          {covered && <Cover status={status} />}
          {!covered && obstacle && <Obstacle {...props} kind={obstacle} />}
          {active && !blocked && offersSound.value && (
            <button type="button" class={styles.sound} onClick={toggleSound}>
              <Icon name="soundOff" size={20} />
              {say('tapForSound')}
            </button>
          )}
          {active && !blocked && <ClipControls captions={media.captions} />}
          {player && active && !blocked && <ClipCaptions player={player} high />}
          <div class={styles.lower}>
            {player && active && !blocked && <ClipCaptions player={player} />}
            {props.children}
            {player && !blocked && <ClipProgress player={player} media={media} running={active && !paused} />}
          </div>
        </div>
        <ClipActions status={status} source={source} />
      </div>
    </div>
  );
}

/** Puts a player's element where the clip is. */
function VideoSlot({ video, visible }: { video: HTMLVideoElement; visible: boolean }) {
  const slot = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    slot.current?.append(video);
  }, [video]);
  return <div class={[styles.slot, visible && styles.painted].filter(Boolean).join(' ')} ref={slot} />;
}
