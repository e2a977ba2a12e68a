/** PostgreSQL: its regression tests on a server of their own, and a server that is filled, queried, killed and recovered. */
import { steps, type Outcomes, type Suite } from './suite.ts';

const BIN = '/usr/lib/postgresql/15/bin';
const LIBRARIES = '/usr/lib/postgresql/15/lib';
const AS = 'setpriv --reuid=postgres --regid=postgres --clear-groups';
const START = `${AS} ${BIN}/pg_ctl -D $PWD/data -w -l $PWD/data/log -o "-k $PWD -c listen_addresses=127.0.0.1 -p 54329" start`;
const NEEDS: Suite['needs'] = [[`${BIN}/initdb`, 'postgresql-15']];

/** Lines such as `test boolean ... ok  85 ms`, or `     char ... FAILED  60 ms`. */
const outcomes = (_: string, output: string): Outcomes =>
  new Map(
    [...output.matchAll(/^(?:test|    ) +(\S+) +\.\.\. (ok|FAILED|failed)/gm)].map(([, name, outcome]) => [
      name,
      outcome,
    ]),
  );

export const POSTGRESQL: readonly Suite[] = [
  {
    name: 'postgresql',
    needs: [
      ...NEEDS,
      [`${LIBRARIES}/pgxs/src/test/regress/pg_regress`, 'postgresql-client-15'],
      ['/usr/include/postgresql/15/server/fmgr.h', 'postgresql-server-dev-15'],
      [`${LIBRARIES}/refint.so`, 'postgresql-15'],
      ['/usr/bin/dpkg-source', 'dpkg-dev'],
    ],
    source: {
      package: 'postgresql-15',
      build: `mkdir libraries && ln -s ${LIBRARIES}/*.so libraries && gcc -shared -fPIC -O1 -I/usr/include/postgresql/15/server -o libraries/regress.so src/test/regress/regress.c`,
    },
    parts: () => [
      {
        name: 'regress',
        script: `mkdir out && chmod 777 out && ${AS} ${LIBRARIES}/pgxs/src/test/regress/pg_regress --temp-instance="$PWD/data" --bindir=${BIN} --dlpath="$SOURCE/libraries" --inputdir="$SOURCE/src/test/regress" --outputdir="$PWD/out" --schedule="$SOURCE/src/test/regress/parallel_schedule" --max-concurrent-tests=20 2>&1`,
      },
    ],
    outcomes,
  },
  steps('postgresql in use', NEEDS, {
    initdb: `${AS} ${BIN}/initdb -D $PWD/data -A trust > /dev/null && stat -c %a data && ls data`,
    start: `${START} > /dev/null; echo $?`,
    'fill a database': `${AS} pgbench -h $PWD -p 54329 -i -s 1 postgres > /dev/null 2>&1; echo $?`,
    'benchmark over a unix socket': `${AS} pgbench -h $PWD -p 54329 -c 4 -t 100 postgres 2>/dev/null | grep -E "actually|failed"`,
    'benchmark over TCP': `${AS} pgbench -h 127.0.0.1 -p 54329 -c 4 -t 100 postgres 2>/dev/null | grep -E "actually|failed"`,
    'make a database': `${AS} createdb -h $PWD -p 54329 second && ${AS} psql -h $PWD -p 54329 -Atc "select count(*) from pg_database" postgres && ${AS} dropdb -h $PWD -p 54329 second`,
    'crash and recover': `kill -9 $(head -1 data/postmaster.pid); for i in $(seq 40); do sleep 0.5; ${START} > /dev/null 2>&1 && break; done; ${AS} psql -h $PWD -p 54329 -Atc "select count(*) from pgbench_accounts" postgres`,
    stop: `${AS} ${BIN}/pg_ctl -D $PWD/data -w -m fast stop > /dev/null; echo $?; ls data/postmaster.pid`,
  }),
];
