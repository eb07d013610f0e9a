import { dirname } from 'node:path';
import { mediaLimits } from '../config/media-limits.ts';
import type { ImageDemuxer, VideoDemuxer } from './sniff.ts';

/**
 * Everything that is put before `-i` when ffmpeg reads a file from outside (media.md 3.1, security.md 1.5
 * and M1, M2): the demuxers and decoders that may run at all, and what one input may cost.
 */

const VIDEO_DEMUXERS = 'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,gif,ogg,flv';

/** One demuxer each, so that naming a picture demuxer never opens a video one. */
const IMAGE_DEMUXERS = 'jpeg_pipe,png_pipe,webp_pipe';

/** Video formats we decode, by ffmpeg's name of the codec. */
export const videoCodecs: readonly string[] = [
  'h264',
  'hevc',
  'vp8',
  'vp9',
  'av1',
  'mpeg4',
  'mpeg2video',
  'mpeg1video',
  'mjpeg',
  'prores',
  'gif',
  'theora',
  'h263',
  'png',
];

/** Audio formats we decode. */
export const audioCodecs: readonly string[] = [
  'aac',
  'mp3',
  'opus',
  'vorbis',
  'flac',
  'alac',
  'ac3',
  'eac3',
  'amr_nb',
  'amr_wb',
  'pcm_u8',
  'pcm_s16le',
  'pcm_s16be',
  'pcm_s24le',
  'pcm_s24be',
  'pcm_s32le',
  'pcm_f32le',
  'pcm_f32be',
  'pcm_mulaw',
  'pcm_alaw',
];

/** Decoders that go by another name than their codec. */
const OTHER_DECODERS = ['libdav1d', 'libaom-av1', 'mp3float', 'libopus', 'amrnb', 'amrwb'];

/** ffprobe opens a decoder for every track, so text tracks must be allowed or their file is refused. */
const TEXT_DECODERS = ['mov_text', 'subrip', 'srt', 'ass', 'ssa', 'webvtt', 'text'];

const VIDEO_DECODERS = [...videoCodecs, ...audioCodecs, ...OTHER_DECODERS, ...TEXT_DECODERS].join(',');
const IMAGE_DECODERS = 'mjpeg,png,webp';

/** A file for ffmpeg to read, with the container that its bytes speak of. */
export interface MediaInput {
  /** Absolute, and named by us. */
  readonly path: string;
  readonly demuxer: VideoDemuxer | ImageDemuxer;
  /** Further input options, such as `-ss 1`. Never text from outside. */
  readonly options?: readonly string[];
}

/** The options up to and including the input, for ffmpeg and for ffprobe. */
export function guardedInput(input: MediaInput): string[] {
  const image = input.demuxer.endsWith('_pipe');
  return [
    ...['-protocol_whitelist', 'file'],
    ...['-format_whitelist', image ? IMAGE_DEMUXERS : VIDEO_DEMUXERS],
    ...['-codec_whitelist', image ? IMAGE_DECODERS : VIDEO_DECODERS],
    ...['-max_streams', String(mediaLimits.maxStreams)],
    ...['-max_pixels', String(mediaLimits.maxPixels)],
    ...['-probesize', '20000000', '-analyzeduration', '10000000'],
    ...['-f', input.demuxer],
    ...(input.options ?? []),
    // `file:` keeps a name from being read as an option, a protocol or a pattern (security.md M4).
    ...['-i', `file:${input.path}`],
  ];
}

/** The helpers around ffmpeg that were found to work; null where a machine has none. */
export interface Tools {
  /** Has the kernel end ffmpeg when the server is killed. */
  readonly setpriv?: string | null;
  readonly prlimit: string | null;
  readonly nice: string | null;
  readonly bwrap: string | null;
}

/** What one process may touch and spend. */
export interface Confinement {
  /** Directories and files it may read, absolute. */
  readonly readable: readonly string[];
  /** The one directory it may write, absolute; absent for ffprobe. */
  readonly writable?: string;
  readonly cpuSeconds: number;
  readonly threads: number;
}

/** The command line that runs `program` with as many walls around it as the machine offers. */
export function confine(
  tools: Tools,
  walls: Confinement,
  program: string,
  args: readonly string[],
): string[] {
  return [
    ...(tools.setpriv ? [tools.setpriv, '--pdeathsig', 'KILL', '--'] : []),
    ...(tools.prlimit ? [tools.prlimit, ...resourceLimits(walls)] : []),
    ...(tools.nice ? [tools.nice, '-n', String(mediaLimits.niceness)] : []),
    ...(tools.bwrap ? [tools.bwrap, ...sandbox(walls, program)] : []),
    program,
    ...args,
  ];
}

/**
 * No limit on the number of processes: it counts all threads of the user, so it would fail on a desktop
 * that is merely busy.
 */
function resourceLimits(walls: Confinement): string[] {
  const moreThreads = Math.max(0, walls.threads - 2);
  return [
    `--cpu=${Math.ceil(walls.cpuSeconds)}`,
    // Every thread reserves address space for its stack and its heap, used or not.
    `--as=${mediaLimits.maxProcessMemoryBytes + moreThreads * 512 * 1024 ** 2}`,
    `--fsize=${mediaLimits.maxOutputFileBytes}`,
    '--core=0',
    `--nofile=${mediaLimits.maxOpenFiles}`,
  ];
}

/** Programs and libraries. Not all of /usr: a server may be installed below it, with its data. */
const systemPaths = [
  ...['/bin', '/lib', '/lib64', '/usr/bin', '/usr/lib', '/usr/lib64', '/usr/local/bin', '/usr/local/lib'],
  ...['/etc/alternatives', '/etc/ld.so.cache'],
];

/** No network, no other process, no file but the program, the input and the one output directory. */
function sandbox(walls: Confinement, program: string): string[] {
  const elsewhere = program.startsWith('/') && !systemPaths.includes(dirname(program));
  const readable = [...(elsewhere ? [dirname(program)] : []), ...walls.readable];
  return [
    ...['--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--uid', '65534', '--gid', '65534'],
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...systemPaths.flatMap((path) => ['--ro-bind-try', path, path]),
    ...readable.flatMap((path) => ['--ro-bind', path, path]),
    ...(walls.writable ? ['--bind', walls.writable, walls.writable, '--chdir', walls.writable] : []),
  ];
}
