import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { WatchEvent } from '../api/endpoints.ts';
import type { Media, Status } from '../api/types.ts';
import { Blurhash } from '../player/blurhash.tsx';
import type { Player } from '../player/pool.ts';
import { offersSound, toggleSound } from '../player/sound.ts';
import { usePoster } from '../player/use-poster.ts';
import { isCovered } from '../state/revealed.ts';
import { Icon } from '../ui/icon.tsx';
import { ClipActions } from './clip-actions.tsx';
import { ClipControls } from './clip-controls.tsx';
import styles from './clip-stage.module.css';
import { obstacleOf } from './obstacle.ts';
import { PlaySurface } from './play-surface.tsx';
import { say } from './say.ts';
import { aspectOf, fillsPhone } from './shape.ts';
import { useExtras } from './use-extras.ts';

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

/** One clip in its light: cover, picture, what stands in its way, and what one can do with it. */
export function ClipStage(props: ClipStageProps) {
  const { status, media, player, active, paused, source = 'video' } = props;
  const covered = isCovered(status);
  const obstacle = obstacleOf(media, player?.failed.value ?? false);
  const blocked = covered || obstacle !== null;
  const extras = useExtras();
  const frame = [styles.frame, fillsPhone(media) && styles.fills].filter(Boolean).join(' ');
  const painted = player?.painted.value ?? false;
  const poster = usePoster(media, player, { active, paused });
  return (
    <div class={styles.stage} style={{ '--aspect': String(aspectOf(media)) }}>
      <Blurhash class={styles.glow} hash={media.blurhash} />
      <div class={styles.room}>
        <div class={frame}>
          <Blurhash class={styles.fill} hash={media.blurhash} />
          {poster !== null && !covered && <img class={styles.fill} src={poster} alt="" />}
          {player && !covered && <VideoSlot video={player.video} visible={painted} />}
          {active && !blocked && <PlaySurface {...props} />}
          {covered && extras && <extras.Cover status={status} />}
          {!covered && obstacle && extras && <extras.Obstacle {...props} kind={obstacle} />}
          {active && !blocked && offersSound.value && (
            <button type="button" class={styles.sound} onClick={toggleSound}>
              <Icon name="soundOff" size={20} />
              {say('tapForSound')}
            </button>
          )}
          {active && !blocked && <ClipControls captions={media.captions} />}
          {player && active && !blocked && extras && (
            <>
              <extras.LargerSizes status={status} media={media} player={player} />
              <extras.ClipCaptions player={player} high />
            </>
          )}
          <div class={styles.lower}>
            {player && active && !blocked && extras && <extras.ClipCaptions player={player} />}
            {props.children}
            {player && !blocked && (
              <div class={styles.progress}>
                {extras && <extras.ClipProgress player={player} media={media} running={active && !paused} />}
              </div>
            )}
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
