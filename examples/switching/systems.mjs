/** A policy of each system: who it is for, an event to explain, and what a workload tries under it. */

/** @param text of a shell script; each step says how it went */
const shell = (text) => ['sh', '-c', text];

export const SYSTEMS = [
  {
    format: 'kubearmor',
    files: ['policy.yaml'],
    scope: 'namespace=multiubuntu,group=group-1',
    event: {
      kind: 'exec',
      proc: { path: '/usr/bin/sleep' },
      k8s: { namespace: 'multiubuntu', labels: { group: 'group-1' } },
    },
    workload: shell(
      'sleep 0; echo sleep: $?; true > /etc/ssl/openssl.cnf; echo write: $?; cat /etc/ssl/openssl.cnf > /dev/null; echo read: $?',
    ),
  },
  {
    format: 'falco',
    files: ['rules.yaml'],
    scope: 'container.id=8f0c2a,image=registry.example/shop:1.4',
    event: {
      kind: 'exec',
      proc: { path: '/usr/bin/dash', user: 'root', pname: 'nginx', args: ['sh', '-i'] },
      container: { id: '8f0c2a', image: 'registry.example/shop:1.4' },
    },
    workload: ['/usr/bin/env', 'dash', '-c', 'echo shell: $?'],
  },
  {
    format: 'prisma',
    files: ['policy.json', 'custom-rules.json'],
    scope: 'namespace=batch,image=registry.example/jobs:7,container.id=8f0c2a',
    event: {
      kind: 'file.create',
      proc: { path: '/usr/bin/touch' },
      file: { path: '/tmp/lictor-marker' },
      container: { id: '8f0c2a', image: 'registry.example/jobs:7' },
      k8s: { namespace: 'batch' },
    },
    workload: shell(
      'true > /tmp/lictor-marker; echo create: $?; /usr/bin/env true; echo env: $?; /usr/bin/true; echo true: $?',
    ),
  },
  {
    format: 'qualys',
    files: ['policy.json'],
    scope: 'container.id=8f0c2a,image=shop/web:1',
    event: {
      kind: 'file.read',
      proc: { path: '/usr/bin/cat' },
      file: { path: '/etc/shadow' },
      container: { id: '8f0c2a', image: 'shop/web:1' },
    },
    workload: shell(
      'cat /etc/shadow; echo cat: $?; head -c 0 /etc/shadow; echo head: $?; /usr/bin/env true; echo env: $?; bash -c "exec /usr/bin/env true"; echo child: $?; bash -c ": > /dev/tcp/127.0.0.1/9"; echo connect: $?',
    ),
  },
  {
    format: 'trend',
    files: ['ruleset.yaml'],
    scope: 'namespace=payments,app=payments,pod=api-6f9,container.id=8f0c2a',
    event: {
      kind: 'exec',
      proc: { path: '/dev/shm/tool' },
      container: { id: '8f0c2a' },
      k8s: { pod: 'api-6f9', labels: { app: 'payments' } },
    },
    workload: shell('cp /usr/bin/true /dev/shm/lictor-tool; echo copied: $?; /dev/shm/lictor-tool; echo never said'),
  },
  {
    format: 'tetragon',
    files: ['policy.yaml'],
    scope: 'namespace=payments',
    event: { kind: 'file.read', proc: { path: '/usr/bin/cat' }, file: { path: '/etc/shadow' } },
    workload: shell('cat /etc/shadow; echo read: $?; cat /etc/passwd > /dev/null; echo other: $?'),
  },
];
