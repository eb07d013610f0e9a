import { sayer } from '../../i18n/say.ts';
import { english } from './words.ts';

export const say = sayer('admin-sounds', english);
