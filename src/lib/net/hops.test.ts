import { describe, expect, test } from 'vitest';
import { nextUrl } from './hops.ts';
import { createAddressPolicy } from './ip-policy.ts';

const rules = {
  policy: createAddressPolicy({ allowedPrivate: ['127.0.0.2'] }),
  ports: [80, 443],
  maxUrlCharacters: 2_048,
};

function lead(from: string, location: string, sameOriginOnly = false): string {
  return nextUrl(new URL(from), location, sameOriginOnly, rules).href;
}

describe('F3 where a redirect leads', () => {
  test('relative and absolute addresses are taken from the place that sent them', () => {
    expect(lead('https://a.example/one/two', 'three')).toBe('https://a.example/one/three');
    expect(lead('https://a.example/one', '//b.example/x#part')).toBe('https://b.example/x');
    expect(lead('http://127.0.0.2:3000/', 'https://b.example/')).toBe('https://b.example/');
  });

  test('never from https to http, even where http is allowed', () => {
    expect(lead('http://127.0.0.2:3000/', 'http://127.0.0.2:4000/')).toBe('http://127.0.0.2:4000/');
    expect(() => lead('https://a.example/', 'http://127.0.0.2:4000/')).toThrow('away from https');
  });

  test('never to another origin when that is forbidden', () => {
    expect(lead('https://a.example/', '/x', true)).toBe('https://a.example/x');
    expect(() => lead('https://a.example/', 'https://b.example/', true)).toThrow('another server');
    expect(() => lead('http://127.0.0.2:1/', 'http://127.0.0.2:2/', true)).toThrow('another server');
  });
});
