/** Why there is no picture. */
export type CameraProblem = 'denied' | 'none' | 'busy' | 'unsupported';

export interface Camera {
  readonly stream: MediaStream;
  readonly deviceId: string | null;
  /** Whether it looks at whoever records; its picture is shown as a mirror does. */
  readonly isFront: boolean;
  readonly hasSound: boolean;
  /** Of all cameras, in an order that stays. */
  readonly cameras: readonly string[];
}

const WANTED = { width: { ideal: 1080 }, height: { ideal: 1920 }, frameRate: { ideal: 30, max: 60 } };

/** What recordings are made of, the best first. The server takes all of them. */
const TYPES = [
  'video/mp4;codecs=avc1.640028,mp4a.40.2',
  'video/webm;codecs=vp9,opus',
  'video/webm;codecs=vp8,opus',
  'video/webm',
  'video/mp4',
];

/** The type that this browser records; null where it records none. */
export function recordedType(): string | null {
  if (typeof MediaRecorder === 'undefined' || !navigator.mediaDevices?.getUserMedia) return null;
  return TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? null;
}

/** Asks for camera and microphone; without a microphone, for the camera alone. */
export async function openCamera(deviceId: string | null): Promise<Camera | CameraProblem> {
  if (recordedType() === null) return 'unsupported';
  const video =
    deviceId === null ? { ...WANTED, facingMode: 'user' } : { ...WANTED, deviceId: { exact: deviceId } };
  try {
    return await opened(await navigator.mediaDevices.getUserMedia({ video, audio: true }));
  } catch (error) {
    const problem = problemOf(error);
    if (problem !== 'none') return problem;
  }
  try {
    return await opened(await navigator.mediaDevices.getUserMedia({ video }));
  } catch (error) {
    return problemOf(error);
  }
}

async function opened(stream: MediaStream): Promise<Camera> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  const settings = stream.getVideoTracks()[0]?.getSettings();
  return {
    stream,
    deviceId: settings?.deviceId ?? null,
    // Cameras of desktops do not say, and look at whoever sits there.
    isFront: settings?.facingMode !== 'environment',
    hasSound: stream.getAudioTracks().length > 0,
    cameras: devices.filter(({ kind }) => kind === 'videoinput').map((device) => device.deviceId),
  };
}

/** Turns everything off, the light beside the lens too. */
export function closeCamera({ stream }: Camera): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The names are those of the specification (Media Capture and Streams, 10.2). */
function problemOf(error: unknown): CameraProblem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'none';
}
