/** An element for clips, with nothing in it yet. */
export function createVideo(): HTMLVideoElement {
  const video = document.createElement('video');
  video.playsInline = true;
  video.loop = true;
  video.preload = 'auto';
  // Captions of another host are read only where the video is asked for like this, too; HLS is anyway.
  video.crossOrigin = 'anonymous';
  // What ManagedMediaSource asks for on iPhones.
  video.disableRemotePlayback = true;
  return video;
}
