import { describe, expect, test } from 'vitest';
import { formLimits } from '../../config/limits.ts';
import { readFields } from './form-fields.ts';

const read = (written: string) => readFields(new URLSearchParams(written));
const fieldsOf = (written: string) => {
  const outcome = read(written);
  if (!outcome.ok) throw new Error(outcome.detail);
  return JSON.parse(JSON.stringify(outcome.fields));
};

describe('names of form fields, as clients write them', () => {
  test.each<[string, object]>([
    ['', {}],
    ['a=1&b=', { a: '1', b: '' }],
    ['a[]=1', { a: ['1'] }],
    ['a[]=1&a[]=2', { a: ['1', '2'] }],
    ['a=1&a=2', { a: ['1', '2'] }],
    ['a=1&a[]=2', { a: ['1', '2'] }],
    ['source[privacy]=public&source[sensitive]=1', { source: { privacy: 'public', sensitive: '1' } }],
    ['poll[options][]=x&poll[options][]=y', { poll: { options: ['x', 'y'] } }],
    ['data[alerts][follow]=true', { data: { alerts: { follow: 'true' } } }],
    [
      'fields_attributes[1][name]=b&fields_attributes[0][name]=a',
      { fields_attributes: [{ name: 'a' }, { name: 'b' }] },
    ],
    ['k[][id]=1&k[][word]=x&k[][id]=2', { k: [{ id: '1', word: 'x' }, { id: '2' }] }],
    ['k[][tags][]=1&k[][tags][]=2', { k: [{ tags: ['1', '2'] }] }],
    ['a=1&a[b]=2', { a: ['1', { b: '2' }] }],
    ['a[b]=1&a[b][c]=2', { a: { b: ['1', { c: '2' }] } }],
    ['a[b=1&[c]=2&d]=3', { 'a[b': '1', '[c]': '2', 'd]': '3' }],
    ['%61%5B%5D=%C3%BC', { a: ['ü'] }],
  ])('%s', (written, fields) => {
    expect(fieldsOf(written)).toEqual(fields);
  });

  test.each([
    '__proto__[polluted]=1',
    'a[__proto__][polluted]=1',
    'a[][__proto__][polluted]=1',
    'constructor[prototype][polluted]=1',
    '__proto__=1',
    '__proto__[]=1',
  ])('R2 %s reaches nothing', (written) => {
    const fields = fieldsOf(`${written}&b=2`);
    expect(fields).toEqual({ b: '2' });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(([] as unknown as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('R1 neither many fields nor deep ones', () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => `f${n}=1`).join('&');
    expect(read(many(formLimits.maxFields)).ok).toBe(true);
    expect(read(many(formLimits.maxFields + 1))).toMatchObject({ reason: 'too-many-fields' });
    const deep = (depth: number) => `a${'[b]'.repeat(depth)}=1`;
    expect(read(deep(formLimits.maxDepth)).ok).toBe(true);
    expect(read(deep(formLimits.maxDepth + 1))).toMatchObject({ reason: 'too-deep' });
    expect(read(`a${'[]'.repeat(20_000)}=1`)).toMatchObject({ reason: 'too-deep' });
  });
});
