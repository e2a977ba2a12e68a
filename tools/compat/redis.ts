/** Redis: its own tests against the installed server, and a start, a benchmark and a restart. */
import { steps, type Outcomes, type Suite } from './suite.ts';

const NEEDS: Suite['needs'] = [['/usr/bin/redis-server', 'redis-server']];

/** What touches files, sockets, processes or signals; data types and scripts alone are computed. */
const CHOSEN = [
  ...'protocol auth dump aofrw acl limits networking other oom-score-adj querybuf quit scan shutdown wait'
    .split(' ')
    .map((name) => `unit/${name}`),
  ...'aof aof-multi-part block-repl convert-ziplist-hash-on-load logging rdb redis-benchmark redis-cli replication replication-2 replication-3 shutdown'
    .split(' ')
    .map((name) => `integration/${name}`),
];

const COLOURS = /\u001b\[[\d;]*m/g;

/** Lines such as `[ok]: NAME (12 ms)`. */
const outcomes = (_: string, output: string): Outcomes =>
  new Map(
    [
      ...output
        .replace(COLOURS, '')
        .matchAll(/^\[(ok|err|exception|skip|ignore)\]: (.*?)(?: \(\d+ ms\)| in tests\/.*)?$/gm),
    ].map(([, outcome, name]) => [name, outcome]),
  );

export const REDIS: readonly Suite[] = [
  {
    name: 'redis',
    needs: [...NEEDS, ['/usr/bin/tclsh8.6', 'tcl'], ['/usr/bin/dpkg-source', 'dpkg-dev']],
    source: { package: 'redis-server', build: 'true' },
    parts: () =>
      CHOSEN.map((unit) => ({
        name: unit,
        script: `cp -r "$SOURCE/tests" "$SOURCE/runtest" "$SOURCE/redis.conf" "$SOURCE/utils" . && mkdir src && ln -s /usr/bin/redis-* src && ./runtest --single ${unit} 2>&1`,
      })),
    outcomes,
  },
  steps('redis in use', NEEDS, {
    start:
      'redis-server --port 0 --unixsocket $PWD/socket --daemonize yes --dir $PWD --appendonly yes > /dev/null && for i in $(seq 50); do redis-cli -s socket ping 2>/dev/null | grep PONG && break; sleep 0.1; done',
    benchmark:
      'redis-benchmark -s socket -q -n 2000 -c 20 -t set,get,incr,lpush,rpop,sadd,hset,zadd,mset 2>/dev/null | tr "\\r" "\\n" | grep -c "requests per second, p50"',
    save: 'redis-cli -s socket set key value && redis-cli -s socket save && redis-cli -s socket bgrewriteaof && ls dump.rdb',
    stop: 'redis-cli -s socket shutdown nosave; sleep 0.3; ls socket',
    'start again':
      'redis-server --port 0 --unixsocket $PWD/socket --daemonize yes --dir $PWD --appendonly yes > /dev/null && for i in $(seq 50); do redis-cli -s socket ping 2>/dev/null | grep PONG && break; sleep 0.1; done; redis-cli -s socket get key; redis-cli -s socket shutdown nosave',
  }),
];
