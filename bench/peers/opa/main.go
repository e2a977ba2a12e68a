// Command opa evaluates a policy with OPA's own library, or compiles it to WebAssembly.
//
//	opa measure POLICY EVENTS MILLISECONDS   prints {"denied": […], "ns": median of a round, an event}
//	opa wasm POLICY FILE                     writes the module
//
// POLICY is Rego with a rule data.lictor.deny; EVENTS is JSON, one input a line.
package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/compile"
	"github.com/open-policy-agent/opa/v1/rego"
)

const query = "data.lictor.deny"

func main() {
	err := fmt.Errorf("usage: opa measure POLICY EVENTS MILLISECONDS | opa wasm POLICY FILE")
	switch {
	case len(os.Args) == 5 && os.Args[1] == "measure":
		err = measure(os.Args[2], os.Args[3], os.Args[4])
	case len(os.Args) == 4 && os.Args[1] == "wasm":
		err = wasm(os.Args[2], os.Args[3])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func measure(policy, events, milliseconds string) error {
	ctx := context.Background()
	budget, err := strconv.Atoi(milliseconds)
	if err != nil {
		return err
	}
	prepared, err := rego.New(rego.Query(query), rego.Load([]string{policy}, nil)).PrepareForEval(ctx)
	if err != nil {
		return err
	}
	inputs, err := readInputs(events)
	if err != nil {
		return err
	}
	denied := make([]bool, len(inputs))
	var rounds []float64
	for begin := time.Now(); len(rounds) < 2 || time.Since(begin) < time.Duration(budget)*time.Millisecond; {
		start := time.Now()
		for i, input := range inputs {
			result, err := prepared.Eval(ctx, rego.EvalParsedInput(input))
			if err != nil {
				return err
			}
			denied[i] = result.Allowed()
		}
		rounds = append(rounds, float64(time.Since(start).Nanoseconds())/float64(len(inputs)))
	}
	slices.Sort(rounds)
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"denied": denied, "ns": rounds[len(rounds)/2]})
}

// readInputs parses what OPA would otherwise parse with each query: that is not what is compared.
func readInputs(path string) ([]ast.Value, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var inputs []ast.Value
	for lines := bufio.NewScanner(file); lines.Scan(); {
		value, err := ast.ValueFromReader(bytes.NewReader(lines.Bytes()))
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, value)
	}
	return inputs, nil
}

func wasm(policy, out string) error {
	var bundle bytes.Buffer
	compiler := compile.New().
		WithTarget(compile.TargetWasm).
		WithOptimizationLevel(1).
		WithEntrypoints("lictor/deny").
		WithPaths(policy).
		WithOutput(&bundle)
	if err := compiler.Build(context.Background()); err != nil {
		return err
	}
	unzipped, err := gzip.NewReader(&bundle)
	if err != nil {
		return err
	}
	for files := tar.NewReader(unzipped); ; {
		header, err := files.Next()
		if err != nil {
			return fmt.Errorf("no module in the bundle: %w", err)
		}
		if header.Name != "/policy.wasm" {
			continue
		}
		module, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		return os.WriteFile(out, module, 0o644)
	}
}
