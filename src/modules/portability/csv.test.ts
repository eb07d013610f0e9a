import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { portabilityLimits } from '../../../config/account-limits.ts';
import { playlistVisibilities } from '../playlists/index.ts';
import { failuresCsv, fromCsv, type importKinds, type PortedRow, tagUses, toCsv } from './csv.ts';

const rowsOf = (kind: (typeof importKinds)[number], text: string) => {
  const read = fromCsv(kind, text);
  return read.ok ? read.rows : read.reason;
};

describe('files of Mastodon', () => {
  test('of whom one follows are read, older and newer ones', () => {
    const text = [
      'Account address,Show boosts,Notify on new posts,Languages',
      'a@one.example,true,false,',
      '@b@two.example,false,true,"en, de"',
      '',
    ].join('\r\n');
    expect(rowsOf('following', `\uFEFF${text}`)).toEqual([
      { name: 'a@one.example', reblogs: true, notify: false },
      { name: 'b@two.example', reblogs: false, notify: true, languages: ['en', 'de'] },
    ]);
    expect(rowsOf('following', 'a@one.example\n')).toEqual([
      { name: 'a@one.example', reblogs: true, notify: false },
    ]);
  });

  test('of other kinds are read', () => {
    expect(rowsOf('mutes', 'Account address,Hide notifications\na@b.example,false')).toEqual([
      { name: 'a@b.example', notifications: false },
    ]);
    expect(rowsOf('blocks', 'a@b.example\nc@d.example')).toHaveLength(2);
    expect(rowsOf('domain_blocks', '#domain\nBad.example\nnot a domain')).toEqual([{ name: 'bad.example' }]);
    expect(rowsOf('lists', 'Friends,a@b.example\n,c@d.example')).toEqual([
      { name: 'a@b.example', list: 'Friends' },
    ]);
  });

  test('that hold nothing of the kind, no CSV or too much are refused', () => {
    expect(rowsOf('following', 'bad.example\n')).toBe('not-csv');
    expect(rowsOf('following', '')).toBe('not-csv');
    expect(rowsOf('following', 'a"b@c.example\n"')).toBe('not-csv');
    const many = 'a@b.example\n'.repeat(portabilityLimits.maxRows + 1);
    expect(rowsOf('blocks', many)).toBe('too-many-rows');
    expect(rowsOf('blocks', `${'a'.repeat(portabilityLimits.maxCellCharacters)}@b.example`)).toBe('not-csv');
  });

  test('are what we write', () => {
    const name = fc.stringMatching(/^[a-z0-9_]{1,20}@[a-z]{1,10}\.example$/);
    const row = fc.record({ name, reblogs: fc.boolean(), notify: fc.boolean() });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows: PortedRow[]) => {
        expect(rowsOf('following', toCsv('following', rows))).toEqual(rows);
      }),
    );
    const list = fc.record({ name, list: fc.stringMatching(/^[A-Za-z][A-Za-z ,"']{0,20}[a-z]$/) });
    fc.assert(
      fc.property(fc.array(list, { minLength: 1, maxLength: 20 }), (rows) => {
        expect(rowsOf('lists', toCsv('lists', rows))).toEqual(rows);
      }),
    );
  });

  test('of what people put together are what we write, whatever a spreadsheet makes of it', () => {
    const title = fc.stringMatching(/^[=+@A-Za-z-][A-Za-z ,"']{0,20}[a-z]$/);
    const address = fc.stringMatching(/^https:\/\/[a-z]{1,10}\.example\/[a-z0-9]{1,10}$/);
    const playlist = fc.record({
      ...{ name: address, list: title, visibility: fc.constantFrom(...playlistVisibilities) },
      description: fc.stringMatching(/^[a-z][a-z\n,"]{0,40}[a-z]$/),
    });
    const folder = fc.record({ name: address, list: title, isDefault: fc.boolean() });
    const tag = fc.record({ name: fc.stringMatching(/^[a-z]{1,20}$/), use: fc.constantFrom(...tagUses) });
    for (const [kind, row] of [
      ['playlists', playlist],
      ['folders', folder],
      ['tags', tag],
      ['sounds', fc.record({ name: address })],
    ] as const) {
      fc.assert(
        fc.property(fc.array<PortedRow>(row, { minLength: 1, maxLength: 20 }), (rows) => {
          expect(rowsOf(kind, toCsv(kind, rows))).toEqual(rows);
        }),
      );
    }
    const pack = { name: 'a@b.example', list: 'Birds', description: 'They sing.' };
    expect(rowsOf('packs', toCsv('packs', [pack]))).toEqual([pack]);
  });

  test('of what people put together hold nothing that is no part of it', () => {
    expect(rowsOf('tags', 'Hashtag,Use\n#Café,followed\n1,muted\ncats,loved')).toEqual([
      { name: 'cafe', use: 'followed' },
    ]);
    expect(rowsOf('playlists', 'Mine,https://a.example/1,everybody,\nMine,javascript:1,public,')).toEqual([
      { name: 'https://a.example/1', list: 'Mine', visibility: 'private', description: '' },
    ]);
    expect(rowsOf('folders', ',https://a.example/1\nA,https://a.example/1')).toEqual([
      { name: 'https://a.example/1', list: 'A', isDefault: false },
    ]);
    expect(rowsOf('packs', `${'x'.repeat(101)},a@b.example`)).toBe('not-csv');
  });

  test('hold no formulas', () => {
    expect(toCsv('lists', [{ name: 'a@b.example', list: '=1+1' }])).toBe("'=1+1,a@b.example\n");
    const row = { name: '=cmd@b.example' };
    expect(failuresCsv('blocks', [{ row, reason: '@SUM(1)' }])).toBe("'=cmd@b.example,'@SUM(1)\n");
  });

  test('have lines of some cells, and not of any number', () => {
    const line = (cells: number) => `a@b.example${','.repeat(cells - 1)}\nc@d.example\n`;
    expect(rowsOf('blocks', line(portabilityLimits.maxCells))).toHaveLength(2);
    expect(rowsOf('blocks', line(portabilityLimits.maxCells + 1))).toEqual([{ name: 'c@d.example' }]);
  });

  test('of bookmarks are addresses of the web', () => {
    const text = 'https://a.example/1\njavascript:alert(1)\nfile:///etc/passwd\nhttp://b.example/2\n';
    expect(rowsOf('bookmarks', text)).toEqual([
      { name: 'https://a.example/1' },
      { name: 'http://b.example/2' },
    ]);
  });

  test('of what failed can be brought again', () => {
    const rows = [{ name: 'a@b.example', reblogs: false, notify: true, languages: ['en'] }];
    const failures = rows.map((row) => ({ row, reason: 'Its server is away, "for now".' }));
    expect(rowsOf('following', failuresCsv('following', failures))).toEqual(rows);
    for (const kind of ['blocks', 'lists', 'domain_blocks', 'bookmarks'] as const) {
      const name =
        kind === 'bookmarks' ? 'https://a.example/1' : kind === 'domain_blocks' ? 'b.example' : 'a@b.example';
      const row = { name, ...(kind === 'lists' ? { list: 'Friends' } : {}) };
      expect(rowsOf(kind, failuresCsv(kind, [{ row, reason: 'No, thanks' }]))).toEqual([row]);
    }
  });
});
