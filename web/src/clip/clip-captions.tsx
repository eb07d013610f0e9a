import { useEffect, useRef } from 'preact/hooks';
import type { Player } from '../player/pool.ts';
import styles from './clip-stage.module.css';

interface ClipCaptionsProps {
  readonly player: Player;
  /** Which of them: those that stand in the upper half of the clip, or all others. */
  readonly high?: boolean;
}

/** What is said now, clear of everything else that lies on a clip. The browser reads the file and keeps the time. */
export function ClipCaptions({ player, high = false }: ClipCaptionsProps) {
  const { video } = player;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { textTracks } = video;
    const draw = () => {
      box.current?.replaceChildren(...[...textTracks].flatMap((track) => linesOf(track, high)));
    };
    const follow = () => {
      // One that is followed already is not followed twice.
      for (const track of textTracks) track.addEventListener('cuechange', draw);
      draw();
    };
    follow();
    for (const event of TRACK_EVENTS) textTracks.addEventListener(event, follow);
    return () => {
      for (const event of TRACK_EVENTS) textTracks.removeEventListener(event, follow);
      for (const track of textTracks) track.removeEventListener('cuechange', draw);
    };
  }, [video, high]);
  return <div class={[styles.captions, high && styles.high].filter(Boolean).join(' ')} ref={box} />;
}

const TRACK_EVENTS = ['addtrack', 'removetrack', 'change'];

/** The cues of a track that is read, in one half of the clip, as elements. */
function linesOf(track: TextTrack, high: boolean): HTMLElement[] {
  if (track.kind !== 'captions' || track.mode !== 'hidden') return [];
  return [...(track.activeCues ?? [])].flatMap((cue) => {
    if (!(cue instanceof VTTCue) || standsHigh(cue) !== high) return [];
    const line = document.createElement('p');
    line.lang = track.language;
    line.dir = 'auto';
    const text = document.createElement('span');
    text.append(cue.getCueAsHTML());
    line.append(text);
    return [line];
  });
}

/** Lines are counted from the top, or from the bottom below 0; other numbers are percent of the height. */
function standsHigh({ line, snapToLines }: VTTCue): boolean {
  if (typeof line !== 'number') return false;
  return snapToLines ? line >= 0 && line < 8 : line < 50;
}
