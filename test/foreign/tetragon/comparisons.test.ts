/** `matchArgs` and `matchData`: operators by type of the argument. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { actions, built, comparing, killing, kprobe, said } from './policy.ts';

/** Which of the values of a register of `setuid` are killed. */
const numbers = (
  type: string,
  operator: string,
  values: readonly (string | number)[],
  given: readonly (number | string)[],
): string =>
  actions(
    built(comparing('sys_setuid', { index: 0, type }, operator, values)),
    given.map((value) => ({ kind: 'syscall', 'syscall.name': 'setuid', 'syscall.arg0': value })),
  )
    .map((action) => (action === 'kill' ? '1' : '0'))
    .join('');

const MINUS_ONE = '18446744073709551615';

test('numbers by width and sign', () => {
  assert.is(numbers('int', 'Equal', ['0'], [0, 1, 4294967296]), '101');
  assert.is(numbers('uint64', 'Equal', ['0'], [0, 4294967296]), '10');
  assert.is(numbers('int', 'Equal', ['-1', '0x10', '010'], [4294967295, MINUS_ONE, 16, 8, 10]), '11110');
  assert.is(numbers('int', 'NotEqual', ['1', '2'], [1, 2, 3]), '001');
  assert.is(numbers('int', 'GT', ['5'], [5, 6, 4294967295]), '010');
  assert.is(numbers('int', 'GT', ['-2'], [5, 4294967295, 4294967294]), '110');
  assert.is(numbers('uint32', 'GreaterThan', ['5'], [5, 6, 4294967295]), '011');
  assert.is(numbers('int', 'LT', ['5'], [4, 5, 4294967295]), '101');
  assert.is(numbers('int64', 'LessThan', ['0'], [0, MINUS_ONE, 4294967295]), '010');
  assert.is(numbers('uint8', 'Equal', [255], [255, 511, 254]), '110');
  assert.is(numbers('int', 'Mask', ['1', '0x200'], [1, 512, 513, 2, 4294967297]), '11101');
  assert.is(numbers('int', 'InRange', ['-3:2'], [0, 2, 3, 4294967293, 4294967292]), '11010');
  assert.is(numbers('int', 'NotInRange', ['1:5'], [0, 1, 5, 6]), '1001');
  assert.is(numbers('int', 'InMap', ['7', '1:3'], [1, 3, 4, 7]), '1101');
  assert.is(numbers('size_t', 'GT', ['18446744073709551614'], [MINUS_ONE, 5]), '10');
});

const paths = (operator: string, values: readonly string[], given: readonly (string | null)[]): string =>
  actions(
    built(comparing('security_file_open', { index: 0, type: 'file' }, operator, values)),
    given.map((path) => ({ kind: 'file.read', 'file.path': path })),
  )
    .map((action) => (action === 'kill' ? '1' : '0'))
    .join('');

test('texts, of which a path that is not there never matches', () => {
  assert.is(paths('Equal', ['/a', '/b'], ['/a', '/b', '/c', null]), '1100');
  assert.is(paths('NotEqual', ['/a', '/b'], ['/a', '/c', null]), '010');
  assert.is(paths('Prefix', ['/etc'], ['/etc', '/etcx', '/usr/etc', null]), '1100');
  assert.is(paths('NotPrefix', ['/etc', '/usr'], ['/etc/a', '/var', null]), '010');
  assert.is(paths('Postfix', ['.ssh', 'rc'], ['/a/.ssh', '/bashrc', '/rcx']), '110');
  assert.is(paths('NotPostfix', ['rc'], ['/bashrc', '/a']), '01');
  assert.is(paths('SubString', ['pass'], ['/etc/passwd', '/PASS']), '10');
  assert.is(paths('SubStringIgnCase', ['pass'], ['/etc/passwd', '/PASS']), '11');
});

test('types of files', () => {
  const typed = (operator: string, values: readonly string[]): string =>
    actions(
      built(comparing('security_file_open', { index: 0, type: 'file' }, operator, values)),
      ['regular', 'folder', 'device'].map((type) => ({ kind: 'file.read', 'file.path': '/a', 'file.type': [type] })),
    ).join(' ');
  assert.is(typed('FileType', ['reg']), 'kill allow allow');
  assert.is(typed('FileType', ['dir', 'blk', 'char']), 'allow kill kill');
  assert.is(typed('NotFileType', ['regular']), 'allow kill kill');
  assert.equal(said(comparing('security_file_open', { index: 0, type: 'file' }, 'FileType', ['blk'])), [
    'L5006 blk: block and character devices are not told apart',
  ]);
});

const tcp = { kind: 'net.connect', 'net.protocol': 'tcp' };
const sockets = (operator: string, values: readonly string[], given: readonly object[], call = 'tcp_connect'): string =>
  actions(
    built(
      comparing(
        call,
        call === 'tcp_connect' ? { index: 0, type: 'sock' } : { index: 1, type: 'sockaddr' },
        operator,
        values,
      ),
    ),
    given.map((event) => ({ ...tcp, ...event })),
  )
    .map((action) => (action === 'kill' ? '1' : '0'))
    .join('');
const to = (address: string): object => ({ 'net.remote_ip': address });

test('sockets: the source is ours, the destination the peer', () => {
  const addresses = ['127.9.9.9', '10.0.0.1', '::1'].map(to);
  assert.is(sockets('DAddr', ['127.0.0.1/8', '::1'], addresses), '101');
  assert.is(sockets('DAddr', ['10.0.0.1'], addresses), '010');
  assert.is(sockets('NotDAddr', ['127.0.0.0/8'], addresses), '011');
  assert.is(sockets('NotDAddr', ['127.0.0.0/8'], [{ 'net.path': '/run/x' }]), '0');
  assert.is(sockets('SAddr', ['10.0.0.1'], [{ 'net.local_ip': '10.0.0.1' }, to('10.0.0.1')]), '10');
  const ports = [53, 8080, 8090, 9000].map((port) => ({ 'net.remote_port': port }));
  assert.is(sockets('DPort', ['53', '8080:8090'], ports), '1110');
  assert.is(sockets('NotDPort', ['53'], ports), '0111');
  assert.is(sockets('DPortPriv', [], ports), '1000');
  assert.is(sockets('NotDPortPriv', [], ports), '0111');
  assert.is(sockets('Family', ['AF_INET6', '1'], [to('::1'), to('10.0.0.1'), { 'net.path': '/x' }]), '101');
  assert.is(sockets('Protocol', ['IPPROTO_TCP', '17'], [{}, { 'net.protocol': 'udp' }]), '10');
});

test('an address alone is that of the peer, or of ourselves', () => {
  assert.is(
    sockets('SAddr', ['10.0.0.1'], [to('10.0.0.1'), { 'net.local_ip': '10.0.0.1' }], 'security_socket_connect'),
    '10',
  );
  assert.is(
    sockets('SPort', ['80'], [{ 'net.remote_port': 80 }, { 'net.local_port': 80 }], 'security_socket_connect'),
    '10',
  );
  const bound = built(comparing('security_socket_bind', { index: 1, type: 'sockaddr' }, 'SPort', ['80']));
  assert.equal(actions(bound, [{ kind: 'net.bind', 'net.local_port': 80 }]), ['kill']);
  const path = built(
    comparing('security_socket_connect', { index: 1, type: 'sockaddr_un' }, 'Equal', ['/run/docker.sock']),
  );
  assert.equal(actions(path, [{ kind: 'net.connect', 'net.path': '/run/docker.sock' }]), ['kill']);
});

test('what a socket does not have yet is refused', () => {
  const refused = (call: string, arg: { index: number; type: string }, operator: string): string[] =>
    said(comparing(call, arg, operator, ['1']));
  assert.match(
    refused('security_socket_connect', { index: 0, type: 'socket' }, 'DPort')[0],
    'the socket does not have this address yet',
  );
  assert.match(refused('tcp_connect', { index: 0, type: 'sock' }, 'State')[0], '`State` of this argument is not known');
  assert.match(
    refused('security_socket_connect', { index: 1, type: 'sockaddr' }, 'DAddr')[0],
    '`DAddr` of this argument',
  );
  assert.equal(said(comparing('tcp_connect', { index: 0, type: 'sock' }, 'DAddr', ['${PODCIDR}'])), [
    'L5004 ${PODCIDR}: `values` takes other values, found the string `${PODCIDR}`',
  ]);
});

test('capabilities by name and number', () => {
  const bundle = built(comparing('cap_capable', { index: 2, type: 'int' }, 'InMap', ['21', 'CAP_NET_RAW']));
  const used = (name: string): object => ({ kind: 'cap', 'cap.name': name });
  assert.equal(actions(bundle, ['sys_admin', 'net_raw', 'chown'].map(used)), ['kill', 'kill', 'allow']);
});

test('facts of the task', () => {
  const data = (resolve: string, type: string, operator: string, values: readonly string[]): string =>
    kprobe({
      call: 'security_bprm_committed_creds',
      data: [{ index: 0, type, source: 'current_task', resolve }],
      selectors: [killing({ matchData: [{ index: 0, operator, values }] })],
    });
  const uids = [0, 1000, 1001].map((uid) => ({ kind: 'exec', 'proc.path': '/x', 'proc.uid': uid }));
  assert.equal(actions(built(data('cred.uid.val', 'int', 'GreaterThan', ['1000'])), uids), ['allow', 'allow', 'kill']);
  const named = [{ kind: 'exec', 'proc.path': '/x', 'proc.comm': 'cat' }];
  assert.equal(actions(built(data('comm', 'string', 'Equal', ['cat'])), named), ['kill']);
  assert.match(said(data('nsproxy', 'int', 'Equal', ['1']))[0], '`nsproxy` is not in our events');
});

test('`args` is a place in the list of arguments, and wins over `index`', () => {
  const text = kprobe({
    call: 'sys_setresuid',
    args: [
      { index: 2, type: 'int' },
      { index: 0, type: 'int' },
    ],
    selectors: [killing({ matchArgs: [{ args: [1], index: 2, operator: 'Equal', values: ['7'] }] })],
  });
  const call = { kind: 'syscall', 'syscall.name': 'setresuid' };
  assert.equal(
    actions(built(text), [
      { ...call, 'syscall.arg0': 7 },
      { ...call, 'syscall.arg2': 7 },
    ]),
    ['kill', 'allow'],
  );
});

test.run();
