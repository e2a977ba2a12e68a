/** The page: two files in, verdicts out. */
import { Bundle, Engine, Host } from 'lictor/vm';
import { decideTrace } from './decide.js';

/** Rows of the table; what is above is counted all the same. */
const ROWS = 500;
const PROBLEMS = 50;

const at = (id) => document.getElementById(id);
const number = new Intl.NumberFormat('en').format;
const state = { host: null, trace: null, result: null, run: 0 };

const engine = fetch('lictor-vm.wasm')
  .then((answer) => answer.arrayBuffer())
  .then((bytes) => Engine.compile(bytes));

/** A file's own chooser says its name; one that was dropped is said here. */
async function takeBundle(file) {
  const bundle = await Bundle.read(await file.arrayBuffer());
  state.host = await Host.create(await engine, bundle);
  const { policies, rules } = bundle.manifest;
  at('bundle-about').textContent =
    `${file.name}: ${counted(policies.length, 'policy', 'policies')}, ${counted(rules.length, 'rule')}`;
}

async function takeTrace(file) {
  state.trace = await file.text();
  at('trace-about').textContent = `${file.name}: ${number(file.size)} bytes`;
}

const counted = (count, one, more = `${one}s`) => `${number(count)} ${count === 1 ? one : more}`;

/** A bundle says so in its first bytes. */
const isBundle = async (file) => (await file.slice(0, 7).text()) === 'LICTORB';

/** Takes files and decides when both are there; what goes wrong is said in words. */
async function take(files) {
  const run = ++state.run;
  at('problem').textContent = '';
  try {
    for (const [file, reader] of files) await reader(file);
    if (!state.host || state.trace === null) return;
    const result = await decideTrace(state.host, state.trace, async (done, lines) => {
      at('status').textContent = `deciding: ${number(done)} of ${counted(lines, 'line')}`;
      await new Promise((next) => setTimeout(next));
      if (run !== state.run) throw new Replaced();
    });
    state.result = result;
    show();
  } catch (error) {
    if (error instanceof Replaced) return;
    at('status').textContent = '';
    at('result').hidden = true;
    at('problem').textContent = error.message;
  }
}

/** Other files were chosen before this run was done. */
class Replaced extends Error {}

function show() {
  const { rows, malformed, counts } = state.result;
  at('status').textContent =
    `${counted(rows.length, 'event')} decided` +
    (malformed.length > 0 ? `, ${counted(malformed.length, 'line')} without an event` : '');
  const sorted = [...counts.values()].sort((a, b) => b.events - a.events || a.rule.localeCompare(b.rule));
  fill('counts', sorted, ({ action, rule, events }) => [
    cell(action, `short ${action}`),
    cell(rule || 'nothing applies', 'rule'),
    cell(number(events), 'number'),
  ]);
  showMalformed(malformed);
  showRows();
  at('result').hidden = false;
}

function showMalformed(malformed) {
  const items = malformed.slice(0, PROBLEMS).map(({ line, error }) => item(`line ${number(line)}: ${error}`));
  if (malformed.length > PROBLEMS) items.push(item(`and ${counted(malformed.length - PROBLEMS, 'line')} more`));
  at('malformed')
    .querySelector('ul')
    .replaceChildren(...items);
  at('malformed').hidden = malformed.length === 0;
}

function showRows() {
  const rows = state.result.rows.filter(({ action }) => !at('notable').checked || action !== 'allow');
  at('shown').textContent =
    rows.length > ROWS ? `the first ${number(ROWS)} of ${number(rows.length)}` : counted(rows.length, 'event');
  fill('events', rows.slice(0, ROWS), (row) => [
    cell(number(row.line), 'number'),
    cell(row.action, `short ${row.action}`),
    cell(row.rule, 'rule', row.message),
    cell(row.kind, 'short'),
    cell(row.program, 'code'),
    cell(row.object, 'code'),
  ]);
}

const fill = (table, values, cells) =>
  at(table)
    .querySelector('tbody')
    .replaceChildren(
      ...values.map((value) => {
        const row = document.createElement('tr');
        row.append(...cells(value));
        return row;
      }),
    );

function cell(text, kinds, title = '') {
  const made = document.createElement('td');
  made.className = kinds;
  made.textContent = text;
  if (title) made.title = title;
  return made;
}

function item(text) {
  const made = document.createElement('li');
  made.textContent = text;
  return made;
}

for (const [id, reader] of [
  ['bundle', takeBundle],
  ['trace', takeTrace],
]) {
  at(id).addEventListener('change', ({ target }) => void (target.files[0] && take([[target.files[0], reader]])));
}
at('notable').addEventListener('change', showRows);

// A window is left and entered again at the border of each element: the last one out counts.
let inside = 0;
const hovering = (change) => (event) => {
  event.preventDefault();
  inside += change;
  document.body.classList.toggle('dropping', inside > 0);
};
addEventListener('dragenter', hovering(1));
addEventListener('dragleave', hovering(-1));
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', async (event) => {
  inside = 0;
  document.body.classList.remove('dropping');
  event.preventDefault();
  const files = [...event.dataTransfer.files];
  const readers = await Promise.all(files.map(async (file) => ((await isBundle(file)) ? takeBundle : takeTrace)));
  await take(files.map((file, i) => [file, readers[i]]));
});
