// Package lictor decides on events by compiled Lictor policies. It runs the core module, lictor-vm.wasm, on wazero.
//
// An Engine is the compiled module; it is safe for concurrent use. A VM is one instance with one bundle in it, for one
// goroutine at a time. A Pool has several, exchanges bundles under load, and is what most programs want.
package lictor

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

//go:embed lictor-vm.wasm
var module []byte

// Engine is the core module, compiled.
type Engine struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

// NewEngine compiles the module that the package carries, after holding it against the digest in its source.
func NewEngine(ctx context.Context) (*Engine, error) {
	if digest := sha256.Sum256(module); hex.EncodeToString(digest[:]) != ModuleDigest {
		return nil, errors.New("lictor-vm.wasm is not the module that this package was made for")
	}
	runtime := wazero.NewRuntime(ctx)
	compiled, err := runtime.CompileModule(ctx, module)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("compile lictor-vm.wasm: %w", err), runtime.Close(ctx))
	}
	return &Engine{runtime, compiled}, nil
}

// Close ends the engine and every VM of it.
func (e *Engine) Close(ctx context.Context) error { return e.runtime.Close(ctx) }

func (e *Engine) instantiate(ctx context.Context) (api.Module, error) {
	instance, err := e.runtime.InstantiateModule(ctx, e.compiled, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, fmt.Errorf("instantiate lictor-vm.wasm: %w", err)
	}
	version, err := instance.ExportedFunction("abi_version").Call(ctx)
	if err != nil || api.DecodeI32(version[0]) != abiVersion {
		return nil, errors.Join(errors.New("lictor-vm.wasm has another interface"), err, instance.Close(ctx))
	}
	return instance, nil
}
