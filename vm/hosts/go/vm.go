package lictor

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero/api"
)

const firstInput = 1 << 16

// Error is a status of the module that is an error.
type Error struct {
	// Call is the export that failed.
	Call   string
	Status int32
}

func (e *Error) Error() string {
	if text, known := errorTexts[e.Status]; known {
		return e.Call + ": " + text
	}
	return fmt.Sprintf("%s: status %d", e.Call, e.Status)
}

// VM is one instance of the module with one bundle in it. One goroutine at a time may use it. After an error that is no
// *Error (the module trapped, the context ended) it must not be used any more.
type VM struct {
	Bundle   *Bundle
	instance api.Module
	memory   api.Memory
	handle   uint64
	calls    map[string]api.Function
	stack    [5]uint64
	input    block
	out      block
	notes    block
}

// block is memory of the module.
type block struct{ at, size uint32 }

var exports = []string{
	"alloc", "free", "load", "evaluate", "evaluate_ring", "matches", "assumed", "cost",
	"subject_put", "subject_drop", "workload_put", "workload_drop",
}

// Load makes a VM with a bundle. Its program is verified; one that could leave its memory or its bound is an *Error.
func (e *Engine) Load(ctx context.Context, bundle *Bundle) (*VM, error) {
	instance, err := e.instantiate(ctx)
	if err != nil {
		return nil, err
	}
	vm := &VM{Bundle: bundle, instance: instance, memory: instance.Memory(), calls: map[string]api.Function{}}
	for _, name := range exports {
		vm.calls[name] = instance.ExportedFunction(name)
	}
	if err := vm.load(ctx); err != nil {
		instance.Close(ctx)
		return nil, err
	}
	return vm, nil
}

func (vm *VM) load(ctx context.Context) error {
	program, err := vm.allocate(ctx, uint32(len(vm.Bundle.Program)))
	if err != nil {
		return err
	}
	vm.memory.Write(program.at, vm.Bundle.Program)
	handle, err := vm.call(ctx, "load", uint64(program.at), uint64(len(vm.Bundle.Program)))
	if err != nil {
		return err
	}
	vm.handle = uint64(handle)
	if vm.notes, err = vm.allocate(ctx, 4*4096); err != nil {
		return err
	}
	return vm.grow(ctx, firstInput)
}

// Close gives the instance's memory back.
func (vm *VM) Close(ctx context.Context) error { return vm.instance.Close(ctx) }

// call calls an export. Negative results are *Error.
func (vm *VM) call(ctx context.Context, name string, args ...uint64) (int32, error) {
	n := copy(vm.stack[:], args)
	if err := vm.calls[name].CallWithStack(ctx, vm.stack[:max(n, 1)]); err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	status := api.DecodeI32(vm.stack[0])
	if status < 0 && name != "alloc" {
		return 0, &Error{name, status}
	}
	return status, nil
}

func (vm *VM) allocate(ctx context.Context, size uint32) (block, error) {
	at, err := vm.call(ctx, "alloc", uint64(max(size, verdictBytes)))
	if err == nil && at == 0 {
		err = &Error{"alloc", statusMemory}
	}
	return block{uint32(at), size}, err
}

func (vm *VM) release(ctx context.Context, b block) error {
	if b.at == 0 {
		return nil
	}
	_, err := vm.call(ctx, "free", uint64(b.at))
	return err
}

// grow makes the input at least so large, and room for as many verdicts as it can ask for.
func (vm *VM) grow(ctx context.Context, bytes int) error {
	if uint64(bytes) <= uint64(vm.input.size) {
		return nil
	}
	if uint64(bytes) > 1<<30 {
		return &Error{"alloc", statusMemory}
	}
	for _, b := range []block{vm.input, vm.out} {
		if err := vm.release(ctx, b); err != nil {
			return err
		}
	}
	var err error
	if vm.input, err = vm.allocate(ctx, uint32(bytes)); err != nil {
		return err
	}
	// a record of a ring may be a header and nothing else
	vm.out, err = vm.allocate(ctx, (uint32(bytes)/ringHeader+2)*verdictBytes)
	return err
}

// PutSubject keeps the facts of a process (a record of kind 0) under a key other than 0, which later records name.
func (vm *VM) PutSubject(ctx context.Context, key uint64, facts []byte) error {
	return vm.put(ctx, "subject_put", key, facts)
}

// DropSubject forgets them. One that is not there is no error.
func (vm *VM) DropSubject(ctx context.Context, key uint64) error {
	return vm.drop(ctx, "subject_drop", key)
}

// PutWorkload is PutSubject of a workload.
func (vm *VM) PutWorkload(ctx context.Context, key uint64, facts []byte) error {
	return vm.put(ctx, "workload_put", key, facts)
}

// DropWorkload is DropSubject of a workload.
func (vm *VM) DropWorkload(ctx context.Context, key uint64) error {
	return vm.drop(ctx, "workload_drop", key)
}

func (vm *VM) drop(ctx context.Context, name string, key uint64) error {
	_, err := vm.call(ctx, name, vm.handle, key)
	if status := (*Error)(nil); errors.As(err, &status) && status.Status == statusKey {
		return nil
	}
	return err
}

func (vm *VM) put(ctx context.Context, name string, key uint64, facts []byte) error {
	b, err := vm.allocate(ctx, uint32(len(facts)))
	if err != nil {
		return err
	}
	vm.memory.Write(b.at, facts)
	_, err = vm.call(ctx, name, vm.handle, key, uint64(b.at), uint64(len(facts)))
	if freed := vm.release(ctx, b); err == nil {
		err = freed
	}
	return err
}

// Evaluate decides on records that stand one behind the other, and hands over each verdict, with its number in the
// module's batch, as long as `each` returns true. Notes(batch) has to be called within `each`.
func (vm *VM) Evaluate(ctx context.Context, records []byte, each func(batch int, v Verdict) bool) error {
	return vm.evaluate(ctx, "evaluate", records, each)
}

// EvaluateRing is Evaluate of a span copied from a BPF ring buffer, headers included. Discarded records have no verdict, one
// that is still being written ends the span. The verdicts have to fit the notes of one batch.
func (vm *VM) EvaluateRing(ctx context.Context, span []byte, each func(batch int, v Verdict) bool) error {
	return vm.evaluate(ctx, "evaluate_ring", span, each)
}

func (vm *VM) evaluate(ctx context.Context, name string, records []byte, each func(int, Verdict) bool) error {
	if err := vm.grow(ctx, len(records)); err != nil {
		return err
	}
	vm.memory.Write(vm.input.at, records)
	for offset := uint32(0); offset < uint32(len(records)); {
		n, err := vm.call(ctx, name, vm.handle, uint64(vm.input.at+offset), uint64(uint32(len(records))-offset),
			uint64(vm.out.at), uint64(vm.out.size/verdictBytes))
		if err != nil {
			return err
		}
		verdicts, _ := vm.memory.Read(vm.out.at, uint32(n)*verdictBytes)
		for i := 0; i < int(n); i++ {
			if !each(i, decodeVerdict(verdicts[i*verdictBytes:])) {
				return nil
			}
			offset = next(records, offset)
		}
		if n == 0 || name == "evaluate_ring" {
			return nil
		}
	}
	return nil
}

// next is where the record behind the one at `offset` begins; one whose size cannot be believed is the last.
func next(records []byte, offset uint32) uint32 {
	left := uint32(len(records)) - offset
	if left < recordHeader {
		return uint32(len(records))
	}
	size := binary.LittleEndian.Uint32(records[offset:])
	if size < recordHeader || size > left || size%8 != 0 {
		return uint32(len(records))
	}
	return offset + size
}

// Notes is what a verdict of the last batch noted.
type Notes struct {
	// Actual and AsIf are rules with `continue` that matched in each decision.
	Actual, AsIf []uint32
	// Assumed are policies that were taken to hold because the workload's metadata have not arrived.
	Assumed []uint32
}

// Notes reads them where the verdict's flags say that there are some. It allocates.
func (vm *VM) Notes(ctx context.Context, batch int, v Verdict) (Notes, error) {
	var notes Notes
	if v.Has(FlagMatches) {
		numbers, err := vm.numbers(ctx, "matches", batch)
		if err != nil {
			return notes, err
		}
		for _, n := range numbers {
			if n&noteActual != 0 {
				notes.Actual = append(notes.Actual, n&noteNumber)
			}
			if n&noteAsIf != 0 {
				notes.AsIf = append(notes.AsIf, n&noteNumber)
			}
		}
	}
	var err error
	if v.Has(FlagAssumed) {
		notes.Assumed, err = vm.numbers(ctx, "assumed", batch)
	}
	return notes, err
}

func (vm *VM) numbers(ctx context.Context, name string, batch int) ([]uint32, error) {
	for {
		n, err := vm.call(ctx, name, vm.handle, uint64(batch), uint64(vm.notes.at), uint64(vm.notes.size/4))
		if err != nil {
			return nil, err
		}
		if uint32(n) > vm.notes.size/4 {
			if err := vm.release(ctx, vm.notes); err != nil {
				return nil, err
			}
			if vm.notes, err = vm.allocate(ctx, uint32(n)*4); err != nil {
				return nil, err
			}
			continue
		}
		bytes, _ := vm.memory.Read(vm.notes.at, uint32(n)*4)
		numbers := make([]uint32, n)
		for i := range numbers {
			numbers[i] = binary.LittleEndian.Uint32(bytes[4*i:])
		}
		return numbers, nil
	}
}
