/** A thread of its own: gigabytes of segments are read and searched while requests are served. */
import { parentPort, workerData } from 'node:worker_threads';
import { type EraseOptions, eraseSegments } from './erase-segments.ts';

parentPort?.postMessage(eraseSegments(workerData as EraseOptions));
