/** Rust: the archive of a crate. */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE, DIST, mustPrint, PACKAGES, run, shown, stage, tamper, version } from './stage.ts';

const CRATE = `lictor-vm-${version}`;
/** Where the host is built too: wasmtime is compiled once. */
const TARGET = ['--target-dir', join(DIST, '..', 'build', 'rust')];

const MANIFEST = `[package]
name = "project"
version = "0.0.0"
edition = "2024"

[dependencies]
lictor-vm = { path = "../${CRATE}" }

[profile.dev]
debug = false
`;

const USE = `use lictor_vm::{Bundle, Engine, Error, Field, Kind, Record};

fn main() -> Result<(), Error> {
    let engine = match Engine::new() {
        Ok(engine) => engine,
        Err(error) => {
            println!("{error}");
            return Ok(());
        }
    };
    let file = std::fs::read(std::env::args().nth(1).unwrap()).unwrap();
    let mut vm = engine.load(Bundle::read(&file)?)?;
    let mut records = Vec::new();
    Record::new(Kind::FileRead).string(Field::FilePath, "/etc/shadow").append(&mut records)?;
    let bundle = vm.bundle().clone();
    vm.evaluate(&records, |decision| {
        println!("{} {}", decision.verdict.action, decision.verdict.rule.and_then(|rule| bundle.rule_name(rule)).is_some());
        Ok(())
    })
}
`;

/**
 * @param scratch an empty folder
 * @returns what was made
 */
export function rustPackage(scratch: string): string {
  const [staged, project] = ['staged', 'project'].map((name) => join(scratch, name));
  const crates = join(PACKAGES, 'rust');
  stage('rust', staged, 'lictor-vm.wasm');
  copyFileSync(join(DIST, 'lictor-policy.wasm'), join(staged, 'lictor-policy.wasm'));
  run(staged, ['cargo', 'package', '--quiet', '--locked', '--no-verify', '--target-dir', join(scratch, 'target')]);
  rmSync(crates, { recursive: true, force: true });
  mkdirSync(crates, { recursive: true });
  const archive = join(crates, `${CRATE}.crate`);
  copyFileSync(join(scratch, 'target', 'package', `${CRATE}.crate`), archive);

  run(scratch, ['tar', '-xzf', archive]);
  mkdirSync(join(project, 'src'), { recursive: true });
  writeFileSync(join(project, 'Cargo.toml'), MANIFEST);
  writeFileSync(join(project, 'src', 'main.rs'), USE);
  // the versions that the host is tested with
  copyFileSync(join(scratch, CRATE, 'Cargo.lock'), join(project, 'Cargo.lock'));
  const use = ['cargo', 'run', '--quiet', ...TARGET, '--', BUNDLE] as const;
  mustPrint(run(project, use), 'kill true');
  tamper(join(scratch, CRATE, 'lictor-vm.wasm'));
  mustPrint(run(project, use), '`lictor-vm.wasm` is not the module that this crate was made for');
  return `${shown(archive)}, used in an empty project`;
}
