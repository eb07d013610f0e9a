import { parentPort, workerData } from 'node:worker_threads';
import { type TrainInput, train, transferablesOf } from '../ranking/index.ts';

/** Learns what videos have in common, in a thread of its own, and ends: feeds are ranked meanwhile. */
const model = train(workerData as TrainInput);
parentPort?.postMessage(model, transferablesOf(model) as ArrayBuffer[]);
