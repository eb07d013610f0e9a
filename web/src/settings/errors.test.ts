import { describe, expect, test } from 'vitest';
import type { ApiFailure } from '../api/client.ts';
import { errorsOf } from './errors.ts';

const refusal = (change: Partial<ApiFailure>): ApiFailure => ({
  ...{ ok: false, status: 422, reason: 'validation-failed', sentence: 'Not so.', fields: {} },
  ...change,
});

describe('a refusal', () => {
  test('stands at the fields that it names, also by a part of them', () => {
    const fields = { note: 'Too long.', 'fields_attributes.0.value': 'Too long, too.' };
    expect(errorsOf(refusal({ fields }), ['note', 'fields_attributes'])).toEqual({
      at: { note: 'Too long.', fields_attributes: 'Too long, too.' },
      general: null,
    });
  });

  test('stands at the field that its reason is about', () => {
    const wrong = refusal({ reason: 'wrong-password', sentence: 'The password is not right.' });
    expect(errorsOf(wrong, ['email', 'password'], { 'wrong-password': 'password' })).toEqual({
      at: { password: 'The password is not right.' },
      general: null,
    });
  });

  test('stands above the form where it is about none of its fields', () => {
    expect(errorsOf(refusal({ fields: { noted: 'Hm.' } }), ['note'])).toEqual({ at: {}, general: 'Not so.' });
  });
});
