import { useEffect, useRef, useState } from 'preact/hooks';
import { type Camera, recordedType } from './camera.ts';
import { createRecording } from './recording.ts';
import { lengthOf, type Take, withoutLast, withTake } from './takes.ts';

const TICK_MS = 100;

/** The takes of one camera. Tells when the camera is gone, and when the clip is as long as it may be. */
export function useTakes(camera: Camera, mostSeconds: number, on: { broken: () => void; full: () => void }) {
  const [recording] = useState(() => createRecording(camera.stream, recordedType() ?? ''));
  const [all, setAll] = useState<readonly Take[]>([]);
  const [begun, setBegun] = useState<number | null>(null);
  const [now, setNow] = useState(0);
  // Told at once: what begins may be stopped before it was drawn.
  const from = useRef<number | null>(null);
  const length = lengthOf(all) + (begun === null ? 0 : Math.max(0, now - begun));
  const setFrom = (place: number | null) => {
    from.current = place;
    setBegun(place);
  };
  useEffect(() => () => recording.drop(), [recording]);
  useEffect(() => {
    const tracks = camera.stream.getTracks();
    for (const track of tracks) track.addEventListener('ended', on.broken);
    return () => {
      for (const track of tracks) track.removeEventListener('ended', on.broken);
    };
  }, [camera]);
  useEffect(() => {
    if (begun === null) return;
    const timer = setInterval(() => setNow(recording.elapsed()), TICK_MS);
    return () => clearInterval(timer);
  }, [begun]);
  useEffect(() => {
    if (begun !== null && length >= mostSeconds) on.full();
  }, [length]);
  return {
    all,
    length,
    isRecording: begun !== null,
    begin: () => {
      const place = recording.begin();
      setNow(place);
      setFrom(place);
    },
    rest: () => {
      const place = from.current;
      if (place === null) return;
      const to = recording.rest();
      setAll((takes) => withTake(takes, place, to));
      setFrom(null);
    },
    undo: () => setAll(withoutLast(all)),
    finish: recording.finish,
  };
}
