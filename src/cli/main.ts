#!/usr/bin/env node
import { vireo } from './program.ts';

process.exitCode = await vireo(process.argv.slice(2));
