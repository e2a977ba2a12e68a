/** Blocks until its descriptor has something, then says how many descriptors had. */
import { parentPort, workerData } from 'node:worker_threads';
import { Epoll } from '../../shim/kernel/epoll.ts';
import { must } from './watched.ts';

const epoll = must(Epoll.create(), 'epoll');
epoll.add(workerData as number);
parentPort!.postMessage('waiting');
parentPort!.postMessage(epoll.wait(-1));
epoll.close();
