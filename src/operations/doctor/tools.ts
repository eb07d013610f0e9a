import type { Ffmpeg } from '../../../media/ffmpeg.ts';
import { createMailTransport, type MailSettings } from '../../modules/mail/index.ts';
import { type Finding, fault, fine, warning } from './finding.ts';

/**
 * By branch, the first release in which known faults are mended that a hostile file can use (ffmpeg.org/security.html).
 * Null: the branch gets no releases any more. Distributions mend older ones too, and say so in their own version.
 */
const FIRST_GOOD: Readonly<Record<string, number | null>> = {
  '4.4': 5,
  '5.0': null,
  '5.1': 6,
  '6.0': null,
  '6.1': 2,
  '7.0': 2,
  '7.1': 1,
};
const OLDEST_MAJOR = 4;
const UPGRADE = 'Install a newer ffmpeg, from your distribution or its backports, or set FFMPEG_PATH to one.';

export async function checkFfmpeg(ffmpeg: Ffmpeg): Promise<Finding[]> {
  const { version, missing, sandbox } = await ffmpeg.describe();
  if (version === null) {
    const fix = 'Install ffmpeg, or set FFMPEG_PATH and FFPROBE_PATH.';
    return [fault('ffmpeg-missing', 'ffmpeg does not run: no video can be made.', fix)];
  }
  if (missing.length > 0) {
    return [fault('ffmpeg-incomplete', `ffmpeg ${version} lacks ${missing.join(', ')}.`, UPGRADE)];
  }
  return [
    isKnownBad(version)
      ? fault('ffmpeg-known-bad', `ffmpeg ${version} has known faults that a file can use.`, UPGRADE)
      : fine('ffmpeg', `ffmpeg ${version} has all that is needed.`),
    sandbox === 'bubblewrap'
      ? fine('ffmpeg-sandbox', 'ffmpeg runs in a sandbox.')
      : warning(
          'ffmpeg-unsandboxed',
          'ffmpeg runs without a sandbox, behind its allow lists only.',
          'Install bubblewrap, and allow user namespaces.',
        ),
  ];
}

/** Versions from git (`N-12345`) are not judged. */
export function isKnownBad(version: string): boolean {
  const [, major, minor, patch = '0'] = /^n?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return false;
  if (Number(major) < OLDEST_MAJOR) return true;
  const good = FIRST_GOOD[`${major}.${minor}`];
  if (good === undefined) return Number(major) === OLDEST_MAJOR;
  return good === null || Number(patch) < good;
}

export async function checkMail(settings: MailSettings | null): Promise<Finding> {
  if (settings === null) return fine('mail', 'Mail is off.');
  const transport = createMailTransport(settings);
  try {
    const wrong = await transport.check();
    if (wrong === null) return fine('mail', `${settings.host} takes mail.`);
    const fix =
      'Look at SMTP_HOST, SMTP_PORT, SMTP_TLS and the login, and whether port 25, 465 or 587 is blocked.';
    return fault('smtp-refused', `${settings.host}:${settings.port} cannot be used: ${wrong}.`, fix);
  } finally {
    transport.close();
  }
}
