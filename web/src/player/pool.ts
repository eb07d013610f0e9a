import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Media } from '../api/types.ts';
import { type BegunClip, takeBegunClip } from '../start/begun-clip.ts';
import { savesData, speed } from '../state/preferences.ts';
import { areSameCaptions, attachCaptions, pickCaptions, showCaptions } from './captions.ts';
import { feedableSizes } from './clip-sizes.ts';
import type { Source } from './clip-source.ts';
import { createHeads, type HeadWish } from './heads.ts';
import { isMuted, soundWasRefused } from './sound.ts';
import { attachSource, isPlayable } from './source.ts';
import { firstBytes } from './start-ranges.ts';
import { createTurns } from './turns.ts';
import { createVideo } from './video-element.ts';

/** One <video> with a clip in it. */
export interface Player {
  readonly video: HTMLVideoElement;
  /** Whether there is a picture of this clip to show. */
  readonly painted: ReadonlySignal<boolean>;
  readonly playing: ReadonlySignal<boolean>;
  /** Whether it wants to play and has nothing to play. */
  readonly stalled: ReadonlySignal<boolean>;
  readonly failed: ReadonlySignal<boolean>;
}

/** A few <video> elements that are moved from clip to clip, since phones allow sound per element. */
export interface Pool {
  /** The players in use, by the id of their media. */
  readonly players: ReadonlySignal<ReadonlyMap<string, Player>>;
  /**
   * Loads these and nothing else: the most important first, as many as the pool has elements. Of those that may come `later`
   * only the first bytes, and none while data is saved.
   */
  arrange(media: readonly Media[], later?: readonly Media[]): void;
  /** Plays one of them, or none, and stops all others at their beginning. */
  play(mediaId: string | null, wanted: boolean): void;
  /** Loads one again that failed, and plays it. */
  retry(media: Media): void;
  dispose(): void;
}

interface Slot extends Player {
  media: Media | null;
  /** Whether it is meant to play, once it has something to play. */
  wanted: boolean;
  source: Source | null;
  readonly painted: Signal<boolean>;
  readonly playing: Signal<boolean>;
  readonly stalled: Signal<boolean>;
  readonly failed: Signal<boolean>;
}

/** Makes a pool of at most `size` elements. */
export function createPool(size: number): Pool {
  const slots: Slot[] = [];
  const players = signal<ReadonlyMap<string, Player>>(new Map());
  const turns = createTurns();
  const heads = createHeads(turns);
  const stopMuting = effect(() => {
    const muted = isMuted.value;
    for (const { video } of slots) video.muted = muted;
  });

  const stopCaptions = effect(() => {
    const pick = pickCaptions.value;
    for (const { video, media } of slots) showCaptions(video, media ? pick(media.captions) : undefined);
  });

  const stopSpeed = effect(() => {
    const wanted = speed();
    for (const { video } of slots) setSpeed(video, wanted);
  });

  function load(slot: Slot, media: Media, eager: boolean, begun?: BegunClip): void {
    slot.media = media;
    readCaptions(slot, media);
    slot.video.setAttribute('aria-label', media.description ?? '');
    slot.source = attachSource(slot.video, media, {
      ...{ turns, heads, eager, begun },
      onFail: () => {
        slot.failed.value = true;
      },
    });
  }

  function readCaptions(slot: Slot, media: Media): void {
    attachCaptions(slot.video, media.captions);
    showCaptions(slot.video, pickCaptions.peek()(media.captions));
  }

  /** Captions that were edited in the meantime are shown without starting the clip over. */
  function refresh(slot: Slot, media: Media): void {
    const { captions = [] } = slot.media ?? {};
    if (areSameCaptions(captions, media.captions)) return;
    slot.media = media;
    readCaptions(slot, media);
  }

  return {
    players,
    arrange(wanted, later = []) {
      const chosen = wanted.filter(isPlayable).slice(0, size);
      const free = slots.filter(({ media }) => !chosen.some((one) => sameFiles(one, media)));
      for (const slot of free) unload(slot);
      for (const media of chosen) {
        const loaded = slots.find((one) => sameFiles(media, one.media));
        if (loaded) {
          refresh(loaded, media);
          continue;
        }
        const eager = media === chosen[0];
        const begun = eager ? begunClipOf(media) : undefined;
        let slot = begun ? undefined : free.pop();
        if (!slot) {
          slot = createSlot(begun?.video);
          slots.push(slot);
        }
        load(slot, media, eager, begun);
      }
      heads.want(savesData() ? [] : later.flatMap(headOf));
      const inUse = slots.flatMap((slot) => (slot.media ? [[slot.media.id, slot] as const] : []));
      const known = players.peek();
      if (inUse.length !== known.size || inUse.some(([id, slot]) => known.get(id) !== slot)) {
        players.value = new Map(inUse);
      }
    },
    play(mediaId, wanted) {
      if (!slots.some(({ media }) => media?.id === mediaId)) turns.tell(Number.POSITIVE_INFINITY);
      for (const slot of slots) {
        const chosen = slot.media?.id === mediaId;
        slot.source?.setEager(chosen);
        slot.wanted = chosen && wanted;
        if (slot.wanted) start(slot.video);
        else slot.video.pause();
        if (!chosen && slot.video.currentTime > 0) slot.video.currentTime = 0;
      }
    },
    retry(media) {
      const slot = slots.find((one) => one.media?.id === media.id);
      if (!slot) return;
      unload(slot);
      load(slot, media, true);
      slot.wanted = true;
    },
    dispose() {
      stopMuting();
      stopCaptions();
      stopSpeed();
      heads.dispose();
      for (const slot of slots) {
        unload(slot);
        slot.video.remove();
      }
    },
  };
}

/** A clip that was copied in the meantime has the same id and other files. */
function sameFiles(a: Media, b: Media | null): boolean {
  return a.id === b?.id && a.url === b.url && a.hls_url === b.hls_url;
}

/** The first bytes of a clip, where it can be played from them. */
function headOf(media: Media): HeadWish[] {
  const [smallest] = feedableSizes(media);
  return smallest ? [{ url: smallest.url, to: firstBytes(smallest.bandwidth) }] : [];
}

/** The clip, where it plays already. */
function begunClipOf(media: Media): BegunClip | undefined {
  const [smallest] = feedableSizes(media);
  return takeBegunClip(smallest?.url ?? '');
}

/** A new source begins at the default speed of its element. */
function setSpeed(video: HTMLVideoElement, rate: number): void {
  video.defaultPlaybackRate = rate;
  video.playbackRate = rate;
}

function unload(slot: Slot): void {
  if (document.pictureInPictureElement === slot.video) void document.exitPictureInPicture();
  slot.source?.detach();
  slot.source = null;
  slot.media = null;
  slot.wanted = false;
  for (const state of [slot.painted, slot.playing, slot.stalled, slot.failed]) state.value = false;
}

/** Plays, without sound where the browser does not allow it yet. */
function start(video: HTMLVideoElement): void {
  video.muted = isMuted.peek();
  video.play().catch((error: unknown) => {
    const refused = error instanceof DOMException && error.name === 'NotAllowedError';
    if (!refused || video.muted) return;
    soundWasRefused();
    video.muted = true;
    video.play().catch(() => undefined);
  });
}

function createSlot(video = createVideo()): Slot {
  setSpeed(video, speed());
  const slot: Slot = {
    video,
    media: null,
    wanted: false,
    source: null,
    painted: signal(video.readyState >= video.HAVE_CURRENT_DATA),
    playing: signal(!video.paused),
    stalled: signal(false),
    failed: signal(false),
  };
  const on = (events: string, state: Signal<boolean>, value: boolean) => {
    for (const name of events.split(' ')) {
      video.addEventListener(name, () => {
        state.value = value;
      });
    }
  };
  // A new source takes back an earlier play().
  video.addEventListener('loadeddata', () => {
    if (slot.wanted) start(video);
  });
  on('loadeddata', slot.painted, true);
  on('emptied', slot.painted, false);
  on('play', slot.playing, true);
  on('pause emptied', slot.playing, false);
  on('waiting', slot.stalled, true);
  on('playing canplay pause', slot.stalled, false);
  return slot;
}
