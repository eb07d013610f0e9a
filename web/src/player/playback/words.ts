/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  title: 'Playback',
  speed: 'Speed',
  usual: 'Normal',
  pictureInPicture: 'Picture in picture',
  noPictureInPicture: 'The picture could not be shown on its own.',
} as const;
