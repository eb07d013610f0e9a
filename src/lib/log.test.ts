import { describe, expect, test } from 'vitest';
import { createLogger } from './log.ts';

/** What `write` says, as raw text and as parsed lines. */
function logged(write: (log: ReturnType<typeof createLogger>) => void, level = 'trace') {
  let text = '';
  const destination = {
    write: (line: string) => {
      text += line;
    },
  };
  write(createLogger(level, destination));
  const lines = text.split('\n').filter((line) => line !== '');
  return { text, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('W7 log lines', () => {
  test('are one JSON object each, with a time and without the machine', () => {
    const { lines } = logged((log) => {
      log.info({ accountId: '1' }, 'signed in');
      log.warn('slow');
    });
    expect(lines).toMatchObject([
      { level: 30, accountId: '1', msg: 'signed in' },
      { level: 40, msg: 'slow' },
    ]);
    expect(lines[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(lines[0]).not.toHaveProperty('hostname');
  });

  test.each([
    'Mozilla/5.0\n{"level":60,"msg":"forged"}',
    'a\r\nb',
    'a\u2028b\u2029c',
    '\u001b[2J\u001b[31mred',
    'a\u0000b',
    '","msg":"forged',
    '\u0085\u009b31m',
  ])('a hostile value %j stays in its place', (userAgent) => {
    const { text, lines } = logged((log) => log.info({ userAgent, err: new Error(userAgent) }, userAgent));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ userAgent, msg: userAgent });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there.
    expect(text.slice(0, -1)).not.toMatch(/[\u0000-\u001f]/);
  });

  const secrets = {
    password: 'hunter2',
    passwordHash: 'hunter2',
    token: 'hunter2',
    accessToken: 'hunter2',
    access_token: 'hunter2',
    secret: 'hunter2',
    secretKey: 'hunter2',
    privateKey: 'hunter2',
    privateKeyPem: 'hunter2',
    cookie: 'hunter2',
    authorization: 'hunter2',
    email: 'hunter2@mail.test',
  };

  test.each(Object.entries(secrets))('%s is redacted, at the top and two levels down', (name, value) => {
    const about = { [name]: value, id: '7' };
    const { text, lines } = logged((log) => {
      log.info(about, 'x');
      log.info({ body: about }, 'x');
      log.info({ req: { body: about } }, 'x');
      log.info({ list: [about] }, 'x');
      log.child(about).info('x');
    });
    expect(text).not.toContain('hunter2');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatchObject({ [name]: '[redacted]', id: '7' });
  });

  test('headers that carry a session are redacted', () => {
    const { text } = logged((log) => {
      log.info({ req: { headers: { cookie: 'hunter2', authorization: 'Bearer hunter2' } } }, 'x');
      log.info({ res: { headers: { 'set-cookie': ['vireo-session=hunter2'] } } }, 'x');
    });
    expect(text).not.toContain('hunter2');
    expect(text.match(/\[redacted\]/g)).toHaveLength(3);
  });

  test('the level is kept', () => {
    expect(logged((log) => log.info('x'), 'warn').lines).toEqual([]);
    expect(logged((log) => log.fatal('x'), 'silent').lines).toEqual([]);
  });
});
