// The page around does what docs/embedding.md says. Nothing here knows who watches: no cookie is sent.
const video = document.getElementById('clip');
if (video) {
  const { id } = video.dataset;
  const duration = Number(video.dataset.duration) || null;
  const framed = window.parent !== window;

  /** What is told is no secret: the clip is for everybody, and the page around has chosen it. */
  const tell = (type, more = {}) => {
    if (!framed) return;
    const state = { seconds: video.currentTime, duration: duration ?? video.duration, muted: video.muted };
    window.parent.postMessage({ source: 'vireo', type, id, ...state, ...more }, '*');
  };

  const orders = {
    play: () => video.play().catch(() => tell('refused')),
    pause: () => video.pause(),
    seek: ({ seconds }) => {
      if (Number.isFinite(seconds)) video.currentTime = Math.max(0, seconds);
    },
    mute: () => {
      video.muted = true;
    },
    unmute: () => {
      video.muted = false;
    },
  };
  window.addEventListener('message', ({ source, data }) => {
    if (source !== window.parent || !framed || typeof data !== 'object' || data === null) return;
    if (typeof data.type === 'string' && Object.hasOwn(orders, data.type)) orders[data.type](data);
  });

  // As the server counts: 3 seconds, or a quarter of a clip below 12.
  const threshold = duration !== null && duration < 12 ? duration / 4 : 3;
  let watched = 0;
  let last = null;
  let told = new Set();
  const eventId = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const report = (type) => {
    if (told.has(type)) return;
    told.add(type);
    const event = { id: eventId(), video_id: id, type, at: new Date().toISOString(), source: 'other' };
    const watched_seconds = Math.round(watched * 1000) / 1000;
    fetch('/api/v1/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: [{ ...event, watched_seconds }] }),
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
    // A clip that begins anew, and one that is moved, has not run so far.
    if (!video.seeking && step > 0) {
      watched += step;
      if (watched >= threshold) report('view');
      if (duration !== null && watched >= duration * 0.95) report('complete');
    }
    tell('timeupdate');
  });
  video.addEventListener('seeking', () => {
    last = null;
  });
  video.addEventListener('ended', end);
  window.addEventListener('pagehide', end);
  for (const type of ['play', 'pause', 'ended', 'volumechange']) {
    video.addEventListener(type, () => tell(type));
  }
  video.addEventListener('error', () => tell('error'));
  for (const type of ['play', 'pause']) {
    video.addEventListener(type, () => document.body.classList.toggle('playing', !video.paused));
  }
  tell('ready');
}
