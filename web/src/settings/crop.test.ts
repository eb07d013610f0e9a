import { describe, expect, test } from 'vitest';
import { cropBox, dragged, middle } from './crop.ts';

const wide = { width: 1_000, height: 500 };
const tall = { width: 500, height: 1_000 };

describe('the part of a picture', () => {
  test('is as much as fits, from its middle', () => {
    expect(cropBox(wide, 1, middle)).toEqual({ left: 250, top: 0, width: 500, height: 500 });
    expect(cropBox(tall, 1, middle)).toEqual({ left: 0, top: 250, width: 500, height: 500 });
    expect(cropBox(tall, 2, middle)).toEqual({ left: 0, top: 375, width: 500, height: 250 });
  });

  test('is smaller the more one looks into it, and never leaves the picture', () => {
    expect(cropBox(wide, 1, { zoom: 2, x: 1, y: 1 })).toEqual({
      left: 750,
      top: 250,
      width: 250,
      height: 250,
    });
    expect(cropBox(wide, 1, { zoom: 2, x: 0, y: 0 })).toEqual({ left: 0, top: 0, width: 250, height: 250 });
  });

  test('follows the hand that drags it, up to the edge', () => {
    expect(dragged(wide, 1, middle, { x: 0.25, y: 0.5 })).toEqual({ zoom: 1, x: 0.25, y: 0.5 });
    expect(dragged(wide, 1, middle, { x: 3, y: 0 }).x).toBe(0);
    expect(dragged(wide, 1, middle, { x: -3, y: 0 }).x).toBe(1);
  });
});
