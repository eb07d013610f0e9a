/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  menu: 'Playback. Speed {speed}',
  speedShort: '{speed}×',
  title: 'Playback',
  speed: 'Speed',
  usual: 'Normal',
  pictureInPicture: 'Picture in picture',
  noPictureInPicture: 'The picture could not be shown on its own.',
} as const;
