/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  menu: 'Playback. Speed {speed}',
  speedShort: '{speed}×',
} as const;
