/** Go: the files of a module proxy, because a module that is fetched from a repository lacks what is built. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE, mustPrint, PACKAGES, run, shown, stage, tamper, version } from './stage.ts';

const MODULE = 'lictor.dev/vm';

const USE = `package main

import (
	"context"
	"fmt"
	"os"

	lictor "${MODULE}"
)

func main() {
	ctx := context.Background()
	engine, err := lictor.NewEngine(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	file, _ := os.ReadFile(os.Args[1])
	bundle, _ := lictor.ReadBundle(file)
	vm, _ := engine.Load(ctx, bundle)
	var record lictor.Record
	records, _ := record.Reset(lictor.KindFileRead).String(lictor.FieldFilePath, "/etc/shadow").Append(nil)
	_ = vm.Evaluate(ctx, records, func(_ int, v lictor.Verdict) bool {
		fmt.Println(v.Action, bundle.RuleName(v.Rule) != "")
		return true
	})
}
`;

/**
 * @param scratch an empty folder
 * @returns what was made
 */
export function goPackage(scratch: string): string {
  const staged = join(scratch, 'staged');
  const proxy = join(PACKAGES, 'go');
  stage('go', staged, 'lictor-vm.wasm');
  rmSync(proxy, { recursive: true, force: true });
  run(join(import.meta.dirname, 'go'), ['go', 'run', '.', MODULE, `v${version}`, staged, proxy]);

  const project = join(scratch, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'main.go'), USE);
  const cache = join(scratch, 'cache');
  const env = {
    GOMODCACHE: cache,
    GOFLAGS: '-mod=mod -modcacherw',
    // what is on this machine already needs no network
    GOPROXY: [
      `file://${proxy}`,
      `file://${run(project, ['go', 'env', 'GOMODCACHE'])}/cache/download`,
      run(project, ['go', 'env', 'GOPROXY']),
    ].join(','),
    GONOSUMDB: 'lictor.dev/*',
  };
  run(project, ['go', 'mod', 'init', 'example.org/project'], env);
  run(project, ['go', 'get', `${MODULE}@v${version}`], env);
  mustPrint(run(project, ['go', 'run', '.', BUNDLE], env), 'kill true');
  tamper(join(cache, `${MODULE}@v${version}`, 'lictor-vm.wasm'));
  mustPrint(
    run(project, ['go', 'run', '.', BUNDLE], env),
    'lictor-vm.wasm is not the module that this package was made for',
  );
  return `${shown(proxy)}: ${MODULE} v${version}, used in an empty project`;
}
