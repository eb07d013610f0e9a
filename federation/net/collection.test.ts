import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/lib/net/bounded-json.ts';
import { fail } from '../../src/lib/result.ts';
import { readCollection } from './collection.ts';
import type { LoadDocument } from './document-loader.ts';

const HERE = 'https://a.test';
const limits = { maxPages: 5, maxItems: 20, maxBytes: 1_000 };

/** Reads a collection of a server that has these pages, and tells what was seen and asked for. */
async function read(pages: Record<string, JsonObject>, start: unknown, caps: Partial<typeof limits> = {}) {
  const asked: string[] = [];
  const loadDocument: LoadDocument = async (url) => {
    asked.push(url);
    const document = pages[url];
    if (!document) return fail(url.includes('slow') ? 'timeout' : 'not-found');
    const bytes = JSON.stringify(document).length;
    return { ok: true, url, document, contentType: 'application/activity+json', bytes };
  };
  const items: unknown[] = [];
  const taken = await readCollection(
    { loadDocument, limits: { ...limits, ...caps } },
    `${HERE}/outbox`,
    start,
    (item) => items.push(item) > 0,
  );
  return { end: taken.end, items, asked };
}

const page = (items: JsonValue, more: Record<string, JsonValue> = {}): JsonObject => ({
  type: 'OrderedCollectionPage',
  orderedItems: items,
  ...more,
});

describe('a collection is read', () => {
  test('over its pages, in its own order, whatever form it takes', async () => {
    const pages = {
      [`${HERE}/outbox`]: { type: 'OrderedCollection', totalItems: 9_000_000, first: `${HERE}/outbox?p=1` },
      [`${HERE}/outbox?p=1`]: page([`${HERE}/1`, { id: `${HERE}/2` }], {
        first: `${HERE}/outbox?p=1`,
        next: `${HERE}/outbox?p=2`,
      }),
      [`${HERE}/outbox?p=2`]: page(`${HERE}/3`),
    };
    const found = await read(pages, `${HERE}/outbox`);
    expect(found.items).toEqual([`${HERE}/1`, { id: `${HERE}/2` }, `${HERE}/3`]);
    expect(found.end).toBe('whole');
  });

  test('where another document embeds it, and its first page', async () => {
    const first = { type: 'CollectionPage', items: [`${HERE}/1`], next: `${HERE}/r?p=2` };
    const pages = { [`${HERE}/r?p=2`]: { type: 'CollectionPage', items: [`${HERE}/2`, 7, null] } };
    const found = await read(pages, { id: `${HERE}/r`, type: 'Collection', first });
    expect(found).toEqual({ end: 'whole', items: [`${HERE}/1`, `${HERE}/2`], asked: [`${HERE}/r?p=2`] });
  });

  test('and one that cannot be asked for now is told from one that is none', async () => {
    expect((await read({}, `${HERE}/slow`)).end).toBe('again');
    expect((await read({}, `${HERE}/none`)).end).toBe('unusable');
    expect((await read({ [`${HERE}/n`]: { type: 'Note', items: ['x'] } }, `${HERE}/n`)).items).toEqual([]);
    expect((await read({}, 7)).end).toBe('unusable');
  });
});

describe('R4 a collection ends', () => {
  test('where a page leads back to one that was seen', async () => {
    const pages = {
      [`${HERE}/outbox`]: { type: 'OrderedCollection', first: `${HERE}/p1` },
      [`${HERE}/p1`]: page([`${HERE}/1`], { next: `${HERE}/p2` }),
      [`${HERE}/p2`]: page([`${HERE}/2`], { next: `${HERE}/p1` }),
    };
    const found = await read(pages, `${HERE}/outbox`);
    expect(found).toMatchObject({ end: 'cut', items: [`${HERE}/1`, `${HERE}/2`] });
    expect(found.asked).toEqual([`${HERE}/outbox`, `${HERE}/p1`, `${HERE}/p2`]);
  });

  test('where a page leads to another server', async () => {
    const pages = {
      [`${HERE}/outbox`]: page([], { next: 'https://b.test/p' }),
      'https://b.test/p': page(['x']),
    };
    const found = await read(pages, `${HERE}/outbox`);
    expect(found).toMatchObject({ end: 'cut', items: [], asked: [`${HERE}/outbox`] });
    expect((await read(pages, 'https://b.test/p')).asked).toEqual([]);
  });

  test('at the cap of pages, of items, and of bytes', async () => {
    const endless = new Proxy<Record<string, JsonObject>>(
      {},
      { get: (_, url) => page([`${String(url)}#a`, `${String(url)}#b`], { next: `${String(url)}1` }) },
    );
    expect((await read(endless, `${HERE}/p`)).asked).toHaveLength(limits.maxPages);
    expect((await read(endless, `${HERE}/p`, { maxItems: 3 })).items).toHaveLength(3);
    const heavy = await read(endless, `${HERE}/p`, { maxBytes: 200 });
    expect(heavy.asked.length).toBeLessThan(limits.maxPages);
    expect(heavy.end).toBe('cut');
  });

  test('also where pages are embedded in one another without end', async () => {
    let nested: JsonObject = page(['last']);
    for (let depth = 0; depth < 100; depth += 1) nested = page([depth], { next: nested });
    expect((await read({}, nested)).end).toBe('cut');
  });
});
