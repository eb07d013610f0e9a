import { describe, expect, test } from 'vitest';
import { mediaLimits } from '../config/media-limits.ts';
import { confine, guardedInput } from './ffmpeg-prefix.ts';

const walls = { readable: ['/data/in'], writable: '/data/out', cpuSeconds: 10.2, threads: 2 };
const none = { prlimit: null, nice: null, bwrap: null };

/** The value that follows an option. */
function afterOption(args: readonly string[], option: string): string {
  return args[args.indexOf(option) + 1] ?? '';
}

describe('guardedInput', () => {
  const video = guardedInput({ path: '/data/in', demuxer: 'mov', options: ['-t', '3'] });

  test('the input comes last, by its own protocol, after all that guards it', () => {
    expect(video.slice(-6)).toEqual(['-f', 'mov', '-t', '3', '-i', 'file:/data/in']);
    expect(afterOption(video, '-protocol_whitelist')).toBe('file');
  });

  // security.md 1.5, M1
  test('no demuxer or decoder that reads texts, opens addresses or has been attacked is on the lists', () => {
    const image = guardedInput({ path: '/data/in', demuxer: 'png_pipe' });
    for (const args of [video, image]) {
      const names =
        `${afterOption(args, '-format_whitelist')},${afterOption(args, '-codec_whitelist')}`.split(',');
      for (const bad of [
        'hls',
        'dash',
        'concat',
        'sdp',
        'rtsp',
        'tty',
        'image2',
        'svg_pipe',
        'magicyuv',
        'librsvg',
        'lavfi',
      ]) {
        expect(names).not.toContain(bad);
      }
    }
    expect(afterOption(image, '-format_whitelist')).not.toContain('mov');
    expect(afterOption(video, '-format_whitelist')).not.toContain('pipe');
  });
});

describe('confine', () => {
  test('a machine without helpers runs the program as it is', () => {
    expect(confine(none, walls, 'ffmpeg', ['-version'])).toEqual(['ffmpeg', '-version']);
  });

  test('limits come first, then the sandbox, then the program', () => {
    const tools = { prlimit: 'prlimit', nice: 'nice', bwrap: 'bwrap' };
    const command = confine(tools, walls, 'ffmpeg', ['-version']);
    const order = ['prlimit', '--cpu=11', 'nice', 'bwrap', '--unshare-all', 'ffmpeg', '-version'];
    expect(command.filter((part) => order.includes(part))).toEqual(order);
    expect(command).toContain(`--as=${mediaLimits.maxProcessMemoryBytes}`);
  });

  test('the sandbox shows the input to read and one directory to write', () => {
    const command = confine({ ...none, bwrap: 'bwrap' }, walls, '/opt/ffmpeg/bin/ffmpeg', []);
    const binds = command.flatMap((part, n) =>
      /^--(ro-)?bind$/.test(part) ? [`${part} ${command[n + 1]}`] : [],
    );
    expect(binds).toEqual(['--ro-bind /opt/ffmpeg/bin', '--ro-bind /data/in', '--bind /data/out']);
    expect(command.join(' ')).not.toMatch(/ \/(usr|etc|home|root|) /);
  });

  test('more threads get more address space', () => {
    const tools = { ...none, prlimit: 'prlimit' };
    const [, , limit = ''] = confine(tools, { ...walls, threads: 8 }, 'ffmpeg', []);
    expect(Number(limit.slice('--as='.length))).toBeGreaterThan(mediaLimits.maxProcessMemoryBytes);
  });
});
