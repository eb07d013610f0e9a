/** Shows the page's content on the whole screen, or no longer. Does nothing where the browser has no such mode. */
export function toggleFullscreen(): void {
  if (!document.fullscreenEnabled) return;
  const change = document.fullscreenElement
    ? document.exitFullscreen()
    : document.querySelector('main')?.requestFullscreen();
  // The browser may refuse without a press; then everything stays as it is.
  change?.catch(() => undefined);
}
