import { sayer } from '../say.ts';
import { english } from './words.ts';

export const say = sayer('time', english);
