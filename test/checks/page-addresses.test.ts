import { expect, test } from 'vitest';
import { pageRoutes } from '../../src/http/page/routes.ts';
import { answererOf } from '../../web/src/device/addresses.ts';

const ORIGIN = 'https://video.example';

test.each(Object.keys(pageRoutes))('%s opens without a connection, unless the staff works there', (route) => {
  const path = route.replace('/@:handle', '/@alice').replace(/:\w+/g, 'x').replace('*path', 'nothing/here');
  const visit = { method: 'GET', mode: 'navigate', destination: 'document', hasRange: false };
  const isOurs = !/^\/admin(\/|$)/.test(path) && path !== '/nothing/here';
  expect(answererOf({ ...visit, url: ORIGIN + path }, ORIGIN)).toBe(isOurs ? 'page' : null);
});
