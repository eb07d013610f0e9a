// The page around may work the clip, and is told what happens (docs/embedding.md). Nothing here knows who watches: no cookie is sent.

const SHORT_SECONDS = 12;
const VIEW_SECONDS = 3;
const VIEW_PART = 0.25;
const COMPLETE_PART = 0.95;
/** The server has it, and does not give it to whoever asks from there (RFC 7725). */
const WITHHELD = 451;

const eventId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );

/** Lets the page around work the clip, and no other window. What it is told is no secret: the clip is for everybody. */
function listen(/** @type {HTMLVideoElement} */ video) {
  const { id } = video.dataset;
  const framed = window.parent !== window;
  const tell = (/** @type {string} */ type) => {
    if (!framed) return;
    const { currentTime: seconds, duration, muted } = video;
    window.parent.postMessage({ source: 'vireo', type, id, seconds, duration, muted }, '*');
  };
  /** @type {Record<string, (order: { seconds?: unknown }) => void>} */
  const orders = {
    play: () => void video.play().catch(() => tell('refused')),
    pause: () => video.pause(),
    seek: ({ seconds }) => {
      if (typeof seconds === 'number' && Number.isFinite(seconds)) video.currentTime = Math.max(0, seconds);
    },
    mute: () => {
      video.muted = true;
    },
    unmute: () => {
      video.muted = false;
    },
  };
  window.addEventListener('message', ({ source, data }) => {
    if (!framed || source !== window.parent || typeof data !== 'object' || data === null) return;
    if (typeof data.type === 'string' && Object.hasOwn(orders, data.type)) orders[data.type]?.(data);
  });
  for (const type of ['play', 'pause', 'ended', 'timeupdate', 'volumechange', 'error']) {
    video.addEventListener(type, () => tell(type));
  }
  tell('ready');
}

/** Tells the server what was watched, as `POST /api/v1/events` counts it: what ran, not how far it was moved. */
function count(/** @type {HTMLVideoElement} */ video) {
  const duration = Number(video.dataset.duration) || null;
  const isShort = duration !== null && duration < SHORT_SECONDS;
  const threshold = isShort ? duration * VIEW_PART : VIEW_SECONDS;
  /** @type {Set<string>} */
  let told = new Set();
  let watched = 0;
  /** @type {number | null} */
  let last = null;

  const report = (/** @type {string} */ type) => {
    if (told.has(type)) return;
    told.add(type);
    const event = {
      ...{ id: eventId(), video_id: video.dataset.id, type, source: 'other' },
      ...{ at: new Date().toISOString(), watched_seconds: Math.round(watched * 1_000) / 1_000 },
    };
    fetch('/api/v1/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: [event] }),
      credentials: 'omit',
      keepalive: true,
    }).catch(() => undefined);
  };
  const end = () => {
    if (watched > 0) report(told.has('view') ? 'watch' : 'skip');
    told = new Set();
    watched = 0;
    last = null;
  };
  video.addEventListener('timeupdate', () => {
    const step = last === null ? 0 : video.currentTime - last;
    last = video.currentTime;
    // Where it is moved, or begins anew, nothing ran.
    if (video.seeking || step <= 0) return;
    watched += step;
    if (watched >= threshold) report('view');
    if (duration !== null && watched >= duration * COMPLETE_PART) report('complete');
  });
  video.addEventListener('seeking', () => {
    last = null;
  });
  video.addEventListener('ended', end);
  window.addEventListener('pagehide', end);
}

/** Says why a clip does not play that is not given where somebody is: the cover stays, what cannot be pressed goes. */
async function explain(/** @type {HTMLVideoElement} */ video) {
  const answer = await fetch(video.src, { headers: { range: 'bytes=0-0' }, credentials: 'omit' });
  await answer.body?.cancel();
  const [place, why] = [document.getElementById('withheld'), document.getElementById('why')];
  if (answer.status !== WITHHELD || !place || !(why instanceof HTMLTemplateElement)) return;
  const wasThere = document.activeElement === video;
  video.controls = false;
  place.replaceChildren(why.content.cloneNode(true));
  if (wasThere) place.focus();
  if (window.parent !== window) {
    window.parent.postMessage({ source: 'vireo', type: 'withheld', id: video.dataset.id }, '*');
  }
}

const clip = document.getElementById('clip');
if (clip instanceof HTMLVideoElement) {
  for (const type of ['play', 'pause']) {
    clip.addEventListener(type, () => document.body.classList.toggle('playing', !clip.paused));
  }
  count(clip);
  listen(clip);
  const failed = () => void explain(clip).catch(() => undefined);
  clip.addEventListener('error', failed);
  // It may have failed before this ran.
  if (clip.error) failed();
}
