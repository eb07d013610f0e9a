import { z } from 'zod';
import { variable } from './variable.ts';

const colour = z
  .string()
  .regex(/^#[0-9A-Fa-f]{6}$/)
  .transform((text) => text.toLowerCase());

/** That of the sign as it is drawn (web/public/favicon.svg). */
export const signColour = '#35c795';

/** How the page is as an app on somebody’s device (docs/app.md). */
export const appVariables = {
  ACCENT_COLOR: variable({
    schema: colour,
    fallback: undefined,
    doc: 'Colour of buttons, links and of the sign. Where it could not be read on light or dark pages, they have the nearest one that can be.',
    remedy: 'Write a colour as six hexadecimal digits, such as #7a3cc2.',
    group: 'Server',
    control: { kind: 'color' },
  }),
  APP_COLOR: variable({
    schema: colour,
    fallback: undefined,
    doc: 'Colour of the sign on the icons of the installed page. Without it, that of `ACCENT_COLOR`, else that of Vireo.',
    remedy: 'Write a colour as six hexadecimal digits, such as #35c795.',
    group: 'Server',
    control: { kind: 'color' },
  }),
  APP_BACKGROUND_COLOR: variable({
    schema: colour,
    fallback: '#0c0d0f',
    doc: 'Colour behind the sign on those icons, of the window around the installed page, and of its start.',
    remedy: 'Write a colour as six hexadecimal digits, such as #0c0d0f.',
    group: 'Server',
    control: { kind: 'color' },
  }),
  SERVICE_WORKER: variable({
    schema: z.enum(['on', 'off']),
    fallback: 'on',
    doc: 'Whether the page keeps itself on people’s devices, so that it opens without a connection, and can be told of what is new while it is closed. `off` also removes what is there already.',
    remedy: 'Use one of: on, off.',
    group: 'Server',
  }),
};
