import { signal } from '@preact/signals';
import { describe, expect, test } from 'vitest';
import type { ApiOutcome } from '../api/client.ts';
import type { Media } from '../api/types.ts';
import {
  again,
  type Edits,
  hasFailed,
  isSettled,
  isTwice,
  noEdits,
  withCaptions,
  withChanged,
  withCover,
} from './edits.ts';
import { type EditCalls, sendEdits } from './send-edits.ts';

const captions = (name: string) => new File(['WEBVTT'], name);
const going = new AbortController().signal;
const noWait = async () => undefined;

const refused = (status: number, sentence: string): ApiOutcome<Media> => ({
  ...{ ok: false, status, reason: 'refused', sentence, fields: {} },
});

/** A server that answers with these, one after the other, and then says yes. */
function serverWith(...answers: ApiOutcome<Media>[]) {
  const calls: string[] = [];
  const answer = async (call: string): Promise<ApiOutcome<Media>> => {
    calls.push(call);
    return answers.shift() ?? { ok: true, value: { id: call } as Media };
  };
  const api: EditCalls = {
    setCover: (_id, cover) =>
      answer(cover instanceof Blob ? `cover ${cover.type}` : `cover ${cover.seconds}`),
    setCaptions: (_id, language, file) => answer(`${language} ${file.type}`),
    removeCaptions: (_id, language) => answer(`no ${language}`),
  };
  return { calls, api };
}

const states = ({ captions, coverStep }: Edits) => [
  ...captions.map(({ step }) => step.state),
  coverStep.state,
];

describe('sending what was edited', () => {
  test('everything once, and nothing a second time', async () => {
    let wanted = withCover(noEdits, { kind: 'frame', seconds: 1.5 });
    wanted = withCaptions(withCaptions(wanted, 'en', captions('a.vtt')), 'de', captions('a.SRT'));
    const edits = signal(withCaptions(wanted, 'fr', null));
    const { calls, api } = serverWith();
    const media = await sendEdits(api, '9', edits, going, noWait);
    expect(calls).toEqual(['cover 1.5', 'en text/vtt', 'de application/x-subrip', 'no fr']);
    expect(media?.id).toBe('no fr');
    expect(states(edits.value)).toEqual(['sent', 'sent', 'sent', 'sent']);
    expect(isSettled(edits.value)).toBe(true);
    expect(await sendEdits(api, '9', edits, going, noWait)).toBeNull();
    expect(calls).toHaveLength(4);
    edits.value = again(edits.value, true);
    await sendEdits(api, '10', edits, going, noWait);
    expect(calls).toHaveLength(8);
  });

  test('a refusal stands where it belongs and stops nothing', async () => {
    const edits = signal(
      withCaptions(withCover(noEdits, { kind: 'frame', seconds: 0 }), 'en', captions('a.vtt')),
    );
    const yes = { ok: true, value: { id: '9' } as Media } as const;
    const { calls, api } = serverWith(yes, refused(422, 'Line 3: these times cannot be read'));
    await sendEdits(api, '9', edits, going, noWait);
    const [failed] = edits.value.captions;
    expect(failed?.step).toEqual({ state: 'failed', problem: 'Line 3: these times cannot be read' });
    expect(states(edits.value)).toEqual(['failed', 'sent']);
    expect(hasFailed(edits.value)).toBe(true);
    expect(isSettled(edits.value)).toBe(false);
    edits.value = withChanged(edits.value, failed?.key ?? 0, { file: captions('b.vtt') });
    await sendEdits(api, '9', edits, going, noWait);
    expect(calls).toEqual(['cover 0', 'en text/vtt', 'en text/vtt']);
    expect(hasFailed(edits.value)).toBe(false);
  });

  test('what may pass is tried again, for a while', async () => {
    const edits = signal(withCaptions(noEdits, 'en', captions('a.vtt')));
    const waits: number[] = [];
    const wait = async (ms: number) => void waits.push(ms);
    const flaky = serverWith(refused(0, 'gone'), refused(503, 'busy'), refused(429, 'slowly'));
    await sendEdits(flaky.api, '9', edits, going, wait);
    expect(states(edits.value)[0]).toBe('sent');
    expect(waits).toEqual([1_000, 3_000, 10_000]);
    edits.value = again(edits.value, true);
    const dead = serverWith(...Array.from({ length: 4 }, () => refused(0, 'gone')));
    await sendEdits(dead.api, '9', edits, going, wait);
    expect(edits.value.captions[0]?.step).toEqual({ state: 'failed', problem: 'gone' });
    edits.value = again(edits.value, false);
    await sendEdits(dead.api, '9', edits, going, wait);
    expect(states(edits.value)[0]).toBe('sent');
  });

  test('a file that is changed while the old one is on its way is sent as well', async () => {
    const edits = signal(withCaptions(noEdits, 'en', captions('a.vtt')));
    const key = edits.value.captions[0]?.key ?? 0;
    const { calls, api } = serverWith();
    const { setCaptions } = api;
    api.setCaptions = (...args) => {
      if (calls.length === 0) edits.value = withChanged(edits.value, key, { file: captions('b.srt') });
      return setCaptions(...args);
    };
    await sendEdits(api, '9', edits, going, noWait);
    expect(calls).toEqual(['en text/vtt', 'en application/x-subrip']);
  });

  test('an upload that is given up sends nothing more', async () => {
    const stop = new AbortController();
    const edits = signal(
      withCaptions(withCaptions(noEdits, 'en', captions('a.vtt')), 'de', captions('b.vtt')),
    );
    const { calls, api } = serverWith(refused(0, 'gone'));
    await sendEdits(api, '9', edits, stop.signal, async () => stop.abort());
    expect(calls.length).toBeLessThanOrEqual(2);
    expect(calls).not.toContain('de text/vtt');
    expect(await sendEdits(api, '9', edits, stop.signal, noWait)).toBeNull();
  });

  test('the same language twice is seen', () => {
    const edits = withCaptions(withCaptions(noEdits, 'en', captions('a.vtt')), 'en', captions('b.vtt'));
    expect(edits.captions.map((one) => isTwice(edits, one))).toEqual([false, true]);
    const replaced = withCaptions(withCaptions(noEdits, 'en', null), 'en', captions('b.vtt'));
    expect(replaced.captions.some((one) => isTwice(replaced, one))).toBe(false);
  });
});
