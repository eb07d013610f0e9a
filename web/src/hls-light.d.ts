/** The build without subtitles and separate sound: our renditions carry their sound. Same types as the full one. */
declare module 'hls.js/light' {
  export { default, type ErrorData, Events } from 'hls.js';
}
