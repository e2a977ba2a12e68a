/** Waiting and being woken, also from another thread. */
import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Epoll, EventFd } from '../../shim/kernel/epoll.ts';
import { skipTest } from '../support/skip.ts';
import { must } from './watched.ts';

const linux = process.platform === 'linux';
const onLinux = (name: string, run: () => void | Promise<void>): void => {
  if (linux) test(name, run);
  else skipTest(name, 'needs Linux');
};

onLinux('an eventfd is reported until it is cleared, and not after it was removed', () => {
  const epoll = must(Epoll.create(), 'epoll');
  const eventfd = must(EventFd.create(), 'eventfd');
  try {
    assert.is(epoll.add(eventfd.fd), null);
    assert.is(epoll.wait(0), 0);
    eventfd.signal();
    assert.is(epoll.wait(0), 1);
    assert.is(epoll.fdAt(0), eventfd.fd);
    assert.is(epoll.eventsAt(0) & 1, 1);
    eventfd.clear();
    assert.is(epoll.wait(0), 0);
    eventfd.signal();
    epoll.remove(eventfd.fd);
    assert.is(epoll.wait(0), 0);
  } finally {
    eventfd.close();
    epoll.close();
  }
});

onLinux('a descriptor that is none is an error, not an exception', () => {
  const epoll = must(Epoll.create(), 'epoll');
  try {
    assert.is(epoll.add(9999)?.code, 'EBADF');
  } finally {
    epoll.close();
  }
});

onLinux('a worker that blocks is woken by the main thread', async () => {
  const eventfd = must(EventFd.create(), 'eventfd');
  const worker = new Worker(new URL('thread.mjs', import.meta.url), {
    workerData: eventfd.fd,
  });
  const next = () => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  assert.is(await next(), 'waiting');
  const answer = next();
  eventfd.signal();
  assert.is(await answer, 1);
  await worker.terminate();
  eventfd.close();
});

test.run();
