import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import styles from './remix.module.css';
import { say } from './say.ts';

/** Of an element that there may be. */
export function setVolume(element: HTMLVideoElement | null, volume: number): void {
  if (!element) return;
  element.volume = volume;
  element.muted = volume === 0;
}

/** An element that has a file as long as it is there. */
export function useFile(url: string) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.src = url;
    return () => {
      element.removeAttribute('src');
      element.load();
    };
  }, [url]);
  return video;
}

interface FilmProps {
  readonly of: RefObject<HTMLVideoElement | null>;
  readonly label: string;
  /** Called once the shape of the picture is known. */
  readonly onAspect?: (aspect: number) => void;
}

/** A picture of its own, without controls. */
export function Film({ of, label, onAspect }: FilmProps) {
  return (
    // biome-ignore lint/a11y/useMediaCaption: how loud both are is what it is for
    <video
      ref={of}
      aria-label={label}
      playsInline
      preload="auto"
      onLoadedMetadata={({ currentTarget: { videoWidth, videoHeight } }) => {
        if (videoHeight > 0) onAspect?.(videoWidth / videoHeight);
      }}
    />
  );
}

/** Plays what is looked at, and stops it. */
export function PlayButton({ playing, onPress }: { playing: boolean; onPress: () => void }) {
  return (
    <div class={styles.actions}>
      <Button look="quiet" icon={playing ? 'pause' : 'play'} onPress={onPress}>
        {playing ? say('stop') : say('play')}
      </Button>
    </div>
  );
}
