/** `docs/limits.md`: every number that bounds something, and what live enforcement does not cover. */
import { MAX_KEYS } from '../../compiler/plan/access.ts';
import { CHEAP } from '../../compiler/plan/choices.ts';
import { DIAGRAMS, LONG, LONG_NETWORK, MAX_PAIRS, MOST_PARTS, MOVES } from '../../compiler/plan/choose.ts';
import { GROUP_MOST } from '../../compiler/plan/tuple.ts';
import { SCANS } from '../../compiler/emit/scans.ts';
import { MOST_RULES } from '../../compiler/cover/index.ts';
import { DROPPED } from '../../shim/enforcers/filter/capabilities.ts';
import { MOST_MARKS } from '../../shim/enforcers/cache/index.ts';
import { LOCAL } from '../../shim/enforcers/cache/mounts.ts';
import { REFUSED } from '../../shim/enforcers/filter/refused.ts';
import { SYSCALLS_END, syscallName } from '../../shim/sensors/index.ts';
import { DIFFERENCES } from '../../shim/doctor/differences.ts';
import { UNCOVERED } from '../../shim/doctor/uncovered.ts';
import { MOST_MATCHES } from '../../vm/reference/regex.ts';
import { GLOB_PIECE, GLOBS, LIMITS, SUBSTRINGS } from '../../vm/spec/index.ts';
import { code, page, table } from './markdown.ts';
import type { Target } from './target.ts';

/** @returns the page of limits */
export const limits = (): Target =>
  page(
    'docs/limits.md',
    'Limits',
    'Every limit, with its reason. What goes beyond one is refused, or cut and said to be cut; never silently changed.',
    '',
    ...table(
      ['limit', 'value', 'of what, and why'],
      Object.entries(LIMITS).map(([name, l]) => [code(name), l.value, l.doc]),
    ),
    '',
    '## What `matches` refuses',
    '',
    ...table(
      ['syntax of RE2', 'why'],
      [
        [
          `${code('\\b')}, ${code('\\B')}, ${code('^')} and ${code('$')} of ${code('(?m)')}, ${code('^')} or ${code('$')} beside a part that may be empty`,
          'an automaton over bytes that matches the whole text would have to remember what stood before; each is refused with its place',
        ],
        [
          `Unicode properties (${code('\\p')}), negated classes with characters outside ASCII`,
          'expressions are over bytes, and their complement is not a set of characters',
        ],
      ],
    ),
    '',
    '## What `--redact` does not hide',
    '',
    `After ${MOST_MATCHES} matches of one expression in one text, empty ones counted, the rest from the next match on is hidden: more of them would cost time that grows with the square of the text.`,
    '',
    ...table(
      ['what is left', 'why'],
      [
        [
          `traces that ${code('record')} writes`,
          `${code('replay')} decides on them, so they are whole; ${code('replay --redact')} hides what it shows`,
        ],
        [
          `what ${code('test')} says of a case`,
          'its events and what it expects stand as they are in files beside the policies',
        ],
        [
          `what ${code('explain')} shows of a policy`,
          'a text that a policy compares with is the text of the policy, not of the event',
        ],
        [
          `the same text in a field that is neither named nor derived from the named one: ${code('proc.pcmdline')} of a child beside ${code('proc.cmdline')}, ${code('file.invoked')} and ${code('file.other_path')} beside ${code('file.path')}, arguments of system calls`,
          `a flag is about a field; it may be repeated`,
        ],
        [
          `numbers, truth values and flag sets, ${code('kind')} and ${code('time')}`,
          `records have them as what they are; such a field is refused (64)`,
        ],
        [`how many arguments there are`, `a match over several of them is ${code('***')} in each`],
        [
          `what begins or ends at an argument's border, in a command line that came without its arguments`,
          `the line does not say where an argument ends; expressions for ${code('proc.args')} look at it as one text`,
        ],
        [`sources of policies in diagnostics, notices, and what the workload prints`, `they are not made of events`],
      ],
    ),
    '',
    `## What ${code('export')} cannot say`,
    '',
    'With one of these there is no document: a part would decide something else than the whole.',
    '',
    ...table(
      ['of a policy', 'why'],
      [
        [code('mode: observe'), 'neither system has policies that only observe'],
        [
          `conditions beside one target, programs that act, not the owner, on a terminal`,
          `an entry of KubeArmor has no others; its ${code('allowedArgs')} compares arguments one by one, our conditions the line`,
        ],
        [`exceptions of rules (${code('unless')})`, 'entries have none: a rule that allows stands in front'],
        [
          'an order of rules that is not that of its lookups',
          'KubeArmor keeps no order: it looks up by kind of target',
        ],
        ['wildcards in names of namespaces, of labels and of containers', 'selectors of both name whole texts'],
        [`${code('kill')}, ${code('isolate')}, ${code('stop')}`, 'both only let pass or refuse'],
        [
          'rules for networks in KubeArmor, but by protocol and domain',
          'a KubeArmorNetworkPolicy is a firewall of hosts beside what programs may do: another list than the one that our rules are',
        ],
        [
          `rules that refuse in NetworkPolicy`,
          'it has allow-lists alone; names of domains, programs and users are nothing that it filters by',
        ],
      ],
    ),
    '',
    '## Which expressions keep an automaton of their own',
    '',
    'All others are found in one pass over the text, with all substrings. One that keeps its automaton runs it where its longest literal is found, or always: a step more for each byte in the bound.',
    '',
    ...table(
      ['expression', 'why'],
      [
        [
          `one set of bytes passes into another without a text between (${code('token=[0-9a-f]{32}.*')}, ${code('.*[a-z]{3,8}\\.sh')}), where more than 64 texts would have to be tried`,
          'stages are reached by texts',
        ],
        [
          `what is repeated has more than one gap (${code('([a-z]+=[0-9]+;)*')}), or none (${code('(ab)*')})`,
          'a stage has one gap behind it',
        ],
        [
          `${SUBSTRINGS.recent} bytes or more, of a gap with an end and the text behind it (${code('x.{80}y')})`,
          'a stage knows its last ends as the bits of one word',
        ],
        [
          'a text can end inside the next one of its expression, behind a byte that the gap between them does not take',
          'a stage knows one end of a gap without an end, and it would be the wrong one',
        ],
        [
          `more than 16 sequences, or 64 texts in one place, of one expression; more than ${SUBSTRINGS.maxGaps} sets of bytes in the gaps of one field`,
          'tables, and the set of gaps that a byte breaks, stay small',
        ],
      ],
    ),
    '',
    '## What tables of globs hold',
    '',
    ...table(
      ['on one field', 'at most', 'beyond it'],
      [
        [
          `tuples: shapes of globs, by which components are known and how long parts of them are; of these floating ones (${code('**/x/**')})`,
          `${GLOBS.maxTuples}; ${GLOBS.maxFloating}`,
          'globs of further shapes are found by their components that are known whole, by what they begin or end with, or by what they have inside, and then checked',
        ],
        [
          'components; bytes of a part of one; bytes of one before a part that does not begin or end it',
          `${GLOBS.maxComponents}; ${GLOB_PIECE.maxLength}; ${GLOB_PIECE.maxOffset}`,
          'likewise: a tuple names them in a word of 32 bits each',
        ],
      ],
    ),
    '',
    '## How far the plan divides rules',
    '',
    'Nothing is refused for these: what is beyond one is checked where other keys find it, and the bound counts that.',
    '',
    ...table(
      ['what', 'at most', 'why'],
      [
        [
          'values of one test that are keys',
          MAX_KEYS,
          'more keys weigh more than checking the test where others find the rule',
        ],
        [
          `parts of one rule (${code('or')}), each found and checked as a rule of its own`,
          MOST_PARTS,
          'parts of parts multiply; a rule with more is found by a key of each, and checked whole there',
        ],
        [
          'steps of what is left to check where an element of a list finds a rule',
          CHEAP,
          'a list may have all keys at once, and the bound has the dearest of what they lead to for each',
        ],
        [
          'operands in one key: of facts of workloads, of subjects, and of the event itself, each',
          GROUP_MOST,
          'rules with more tell hardly more apart by them, and each is a look-up',
        ],
        [
          'rules of a list that is left as it is; of that of a network',
          `${LONG}; ${LONG_NETWORK}`,
          'checking them costs less than finding fewer; behind a network a further table costs a look-up for each network around the address',
        ],
        [
          'pairs that a rule moves to out of a longer list; all rules of a kind together',
          `${MAX_PAIRS}; ${MOVES.each} a rule and ${MOVES.more}`,
          'a test for one of many values copies its rule to each of them, and copies of copies multiply',
        ],
        [
          'states of an automaton that several tests of one text are together; of all of a bundle',
          `${SCANS.states}; ${SCANS.all}`,
          'states of what is told apart at once multiply, and each takes some forty bytes; past it each test is a pass over the text',
        ],
        [
          'lists on the way to the diagrams of a kind',
          `${DIAGRAMS.each} a rule and ${DIAGRAMS.more}`,
          'where rules leave fields free, their product would appear',
        ],
      ],
    ),
    '',
    '## What is looked ahead for',
    '',
    ...table(
      ['what', 'why'],
      [
        [
          'programs above 4 MiB only',
          "smaller ones lie in a core's own caches, and looking ahead costs more than it saves",
        ],
        [
          'sixteen events of a batch together',
          'what is kept of them stays in the nearest cache; with 8 or 32 it is not faster',
        ],
        [
          'four texts of an event, four pairs of fields of a program',
          'most policies ask dictionaries for two; what is beyond waits for memory as it would alone',
        ],
        [
          'texts that a dictionary finds as they stand',
          'what directories, globs, networks and automata read next follows from what they read before',
        ],
      ],
    ),
    '',
    '## What guarding a workload does not cover',
    '',
    '`lictor doctor` says what this machine can do, `lictor doctor -b BUNDLE` what of it concerns each rule, and `lictor doctor --kinds` which fields nothing fills.',
    '',
    ...table(
      ['what', 'why'],
      UNCOVERED.map(({ what, why }) => [what, why]),
    ),
    '',
    '## Where ordinary programs see a difference',
    '',
    '`npm run test:compat` runs their own tests bare and guarded, under a policy that asks about everything and allows everything. These differ; it fails on any other difference. [What ran](compatibility.md) is beside.',
    '',
    ...table(
      ['tests', 'which', 'bare → guarded', 'why'],
      DIFFERENCES.map(({ suite, test, what, why }) => [suite, code(test.source), what, why]),
    ),
    '',
    '## Where the kernel keeps no decisions',
    '',
    'Elsewhere opens in a directory that no policy has anything to say about are allowed by the kernel alone. Nothing else follows from these: an open then asks.',
    '',
    ...table(
      ['where', 'why'],
      [
        [
          `rules about names wherever they stand (${code('file.name')}, ${code('endswith')} or ${code('contains')} without a slash), or about no path: no directory is without one`,
          'what is known is known of a whole directory, whatever will stand in it',
        ],
        [
          'directories that rules for writing alone are about: reading asks there too',
          'the kernel asks about an open before anybody looks at its flags, and a mark silences both',
        ],
        [
          'directories that two mounts of the workload show, and those directly around what is mounted elsewhere',
          'a mark is on the directory, and policies are about its path',
        ],
        [
          `file systems other than ${LOCAL.join(', ')}`,
          'other machines, or programs, rename directories there without this kernel hearing of it',
        ],
        [
          `bundles with more than ${MOST_RULES} rules about opens`,
          'the policy about directories that follows from theirs costs as much as they do to compile, and as much memory',
        ],
        [
          `${code('--records all')}, recordings, and containers`,
          'what nobody asks is not recorded; a policy may be assumed',
        ],
        [
          `beyond ${MOST_MARKS} directories at once`,
          'each mark is memory of the kernel; all go then, and those in use are marked anew',
        ],
      ],
    ),
    '',
    '## System calls that a guarded workload does not have',
    '',
    'Whoever asks for one of these gets its errno. `ENOSYS` is given where libraries then fall back to a call that is guarded. Calls of 32 bits and of x32, and numbers that are newer than ' +
      `${code(syscallName(SYSCALLS_END - 1)!)}, are absent (${code('ENOSYS')}): nobody has looked at what they do.`,
    '',
    ...table(
      ['system calls', 'errno', 'why'],
      REFUSED.map(({ calls, where, errno, why }) => [
        [calls.map(code).join(', '), where].filter(Boolean).join(' '),
        code(errno),
        why,
      ]),
    ),
    '',
    '## Capabilities that a guarded workload does not have',
    '',
    'Root has the others; with `--user` a workload has none. Setuid programs and capabilities of files give at most the others.',
    '',
    ...table(
      ['capabilities', 'what they would reach'],
      DROPPED.map(({ capabilities, why }) => [Object.keys(capabilities).map(code).join(', '), why]),
    ),
  );
