/** Python: a wheel. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE, mustPrint, PACKAGES, run, shown, stage, tamper, version } from './stage.ts';

const USE = `
import sys
from lictor import VM, Bundle, Engine, Field, Kind, Record

try:
    vm = VM(Engine(), Bundle.read(open(sys.argv[1], "rb").read()))
    [verdict] = vm.evaluate(Record(Kind.FILE_READ).text(Field.FILE_PATH, "/etc/shadow").encode())
    print(verdict.action.name.lower(), vm.bundle.rule_name(verdict.rule) is not None)
except RuntimeError as error:
    print(error)
`;

/**
 * @param scratch an empty folder
 * @returns what was made
 */
export function pythonPackage(scratch: string): string {
  const [staged, venv, project] = ['staged', 'venv', 'project'].map((name) => join(scratch, name));
  const wheels = join(PACKAGES, 'python');
  stage('python', staged, 'lictor/lictor-vm.wasm');
  rmSync(wheels, { recursive: true, force: true });
  run(scratch, ['python3', '-m', 'venv', venv]);
  const pip = [join(venv, 'bin/pip'), '--quiet', '--disable-pip-version-check'] as const;
  run(scratch, [...pip, 'wheel', '--no-deps', '--wheel-dir', wheels, staged]);
  const [wheel, ...others] = readdirSync(wheels);
  if (others.length > 0 || !wheel.startsWith(`lictor_vm-${version}-`)) throw new Error(`the wheel is ${wheel}`);

  mkdirSync(project);
  writeFileSync(join(project, 'use.py'), USE);
  run(project, [...pip, 'install', join(wheels, wheel)]);
  const use = [join(venv, 'bin/python'), 'use.py', BUNDLE] as const;
  mustPrint(run(project, use), 'kill True');
  const installed = run(project, [join(venv, 'bin/python'), '-c', 'import lictor; print(lictor.__path__[0])']);
  tamper(join(installed, 'lictor-vm.wasm'));
  mustPrint(run(project, use), 'lictor-vm.wasm is not the module that this package was made for');
  return `${shown(join(wheels, wheel))}, used in an empty project`;
}
