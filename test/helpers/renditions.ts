import { join } from 'node:path';
import { z } from 'zod';
import type { Asset } from '../../media/asset.ts';
import { ffprobeRaw } from './media-samples.ts';

/** What ffprobe sees in one stored file of a video. */
export interface Rendition {
  readonly role: 'cmaf' | 'mp4';
  readonly path: string;
  readonly size: string;
  readonly frames: number;
  /** Frames a second. */
  readonly rate: number;
  /** From the first picture until the end of the last. */
  readonly seconds: number;
  /** Whether players would have to turn it. */
  readonly turned: boolean;
  readonly pixelShape: string;
  /** Sample rate and channels; null without sound. */
  readonly sound: string | null;
  readonly soundSeconds: number;
}

const probedSchema = z.object({
  streams: z.array(
    z.object({
      ...{ index: z.number(), codec_type: z.string(), r_frame_rate: z.string() },
      ...{ width: z.number().optional(), height: z.number().optional() },
      ...{ sample_aspect_ratio: z.string().default('1:1'), sample_rate: z.string().optional() },
      ...{ channels: z.number().optional(), side_data_list: z.array(z.unknown()).default([]) },
      ...{ time_base: z.string() },
    }),
  ),
  packets: z.array(z.object({ stream_index: z.number(), pts: z.number(), duration: z.number().default(0) })),
});

/** Every file of a video that is played, largest first, as ffprobe counts its packets. */
export async function renditionsOf(root: string, assets: readonly Asset[]): Promise<Rendition[]> {
  const found: Rendition[] = [];
  for (const { role, key } of assets) {
    if (role === 'cmaf' || role === 'mp4') found.push(await renditionOf(role, join(root, key)));
  }
  return found;
}

async function renditionOf(role: Rendition['role'], path: string): Promise<Rendition> {
  const { streams, packets } = probedSchema.parse(await ffprobeRaw(path, '-show_streams', '-show_packets'));
  const [video, audio] = ['video', 'audio'].map((type) => streams.find((one) => one.codec_type === type));
  if (!video) throw new Error(`No picture in ${path}`);
  const lengthOf = (stream: typeof video) => {
    const its = packets.filter(({ stream_index }) => stream_index === stream.index);
    const [starts, ends] = [its.map(({ pts }) => pts), its.map(({ pts, duration }) => pts + duration)];
    return (Math.max(...ends) - Math.min(...starts)) * fraction(stream.time_base);
  };
  return {
    ...{ role, path, size: `${video.width}x${video.height}`, rate: fraction(video.r_frame_rate) },
    frames: packets.filter(({ stream_index }) => stream_index === video.index).length,
    seconds: lengthOf(video),
    turned: video.side_data_list.length > 0,
    pixelShape: video.sample_aspect_ratio,
    sound: audio ? `${audio.sample_rate} Hz, ${audio.channels}` : null,
    soundSeconds: audio ? lengthOf(audio) : 0,
  };
}

function fraction(text: string): number {
  const [above = 0, below = 1] = text.split('/').map(Number);
  return above / below;
}
