/** For each system: imports its policy, explains an event under the file itself, and runs a workload under it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SYSTEMS } from './systems.mjs';

const scratch = process.env.LICTOR_SCRATCH;

/** @returns what it printed; exits where the command ended in another way than it may */
function lictor(args, allowed = [0]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/lictor.js', ...args], { encoding: 'utf8' });
  if (!allowed.includes(status)) {
    console.log(`lictor ${args.join(' ')}: ${status}\n${stdout}${stderr}`);
    process.exit(1);
  }
  return { status, stdout };
}

const textsBelow = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));

/** What a record is about, without what differs from run to run. */
function brief({ effect, action, policy, rule, matches, event }) {
  const object = event.file?.path ?? event.net?.remote_ip ?? event.proc.path;
  const noted = matches.map((match) => `noted ${match.policy}/${match.rule}`);
  return [
    ...noted,
    ...(policy === null ? [] : [`${action} by ${policy}/${rule ?? 'default'}`]),
    `→ ${effect}`,
    event.kind,
    object,
  ].join(' ');
}

for (const { format, files, scope, event, workload } of SYSTEMS) {
  const own = join(scratch, format);
  mkdirSync(own);
  const paths = files.map((file) => `examples/switching/${format}/${file}`);
  console.log(`# ${format}\n`);

  lictor(['import', format, ...paths, '-o', join(own, 'imported')]);
  console.log(textsBelow(join(own, 'imported')).join('---\n'));

  lictor(['build', ...paths, '-o', join(own, 'bundle')]);
  const why = lictor(
    ['explain', '--format', 'human', '-b', join(own, 'bundle'), '--event', JSON.stringify(event)],
    [0, 2],
  );
  console.log(why.stdout);

  const records = join(own, 'records.ndjson');
  const policies = paths.flatMap((path) => ['-p', path]);
  const { status, stdout } = lictor(
    ['run', ...policies, '--scope', scope, '--events', records, '--', ...workload],
    [0, 137],
  );
  console.log(`${stdout}ended with ${status}`);
  const lines = readFileSync(records, 'utf8').split('\n').filter(Boolean);
  console.log(`${lines.map((line) => brief(JSON.parse(line))).join('\n')}\n`);
}
