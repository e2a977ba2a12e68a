package lictor

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const vectors = "../../vectors/v1"

// steps reads numbers and bytes of a file of steps (vm/vectors/README.md); a file that is too short panics.
type steps struct{ bytes []byte }

func (s *steps) take(n int) []byte {
	taken := s.bytes[:n:n]
	s.bytes = s.bytes[n:]
	return taken
}
func (s *steps) word() uint32 { return binary.LittleEndian.Uint32(s.take(4)) }
func (s *steps) key() uint64  { return binary.LittleEndian.Uint64(s.take(8)) }
func (s *steps) list() []uint32 {
	var list []uint32
	for n := s.word(); n > 0; n-- {
		list = append(list, s.word())
	}
	return list
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(vectors, name))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func statusOf(t *testing.T, err error) int32 {
	t.Helper()
	var status *Error
	if err != nil && !errors.As(err, &status) {
		t.Fatal(err)
	}
	if status == nil {
		return 0
	}
	return status.Status
}

func newEngine(t testing.TB) *Engine {
	t.Helper()
	engine, err := NewEngine(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close(context.Background()) })
	return engine
}

// evaluate holds all verdicts of a step against those that are expected.
func evaluate(t *testing.T, vm *VM, ring bool, s *steps) int {
	t.Helper()
	ctx := context.Background()
	size, count := int(s.word()), int(s.word())
	records := s.take(size)
	run := vm.Evaluate
	if ring {
		run = vm.EvaluateRing
	}
	done := 0
	err := run(ctx, records, func(batch int, said Verdict) bool {
		if done++; done > count {
			return false
		}
		wanted := decodeVerdict(s.take(verdictBytes))
		if said != wanted {
			t.Errorf("verdict %d is %+v, not %+v", done-1, said, wanted)
		}
		notes, err := vm.Notes(ctx, batch, said)
		if err != nil {
			t.Fatal(err)
		}
		if wanted.Flags&(FlagMatches|FlagAssumed) == 0 {
			return true
		}
		slices.Sort(notes.Assumed)
		for i, list := range [][]uint32{notes.Actual, notes.AsIf, notes.Assumed} {
			if wanted := s.list(); !slices.Equal(list, wanted) {
				t.Errorf("list %d of verdict %d is %v, not %v", i, done-1, list, wanted)
			}
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	if done != count {
		t.Fatalf("%d verdicts, not %d", done, count)
	}
	return count
}

func runSteps(t *testing.T, vm *VM, file []byte) int {
	ctx := context.Background()
	all := &steps{file}
	if string(all.take(8)) != "LICTORV1" {
		t.Fatal("not a file of steps")
	}
	verdicts := 0
	for len(all.bytes) > 0 {
		code, length := all.word(), int(all.word())
		step := &steps{all.take(length)}
		all.take(-length & 3)
		switch code {
		case 1, 2:
			key, status := step.key(), int32(step.word())
			put := vm.PutWorkload
			if code == 2 {
				put = vm.PutSubject
			}
			if said := statusOf(t, put(ctx, key, step.bytes)); said != status {
				t.Errorf("facts are put with status %d, not %d", said, status)
			}
		case 3, 4:
			drop := vm.DropWorkload
			if code == 4 {
				drop = vm.DropSubject
			}
			if err := drop(ctx, step.key()); err != nil {
				t.Fatal(err)
			}
		case 5, 6:
			verdicts += evaluate(t, vm, code == 6, step)
		case 7:
			rule, policy := step.word(), step.word()
			if name := vm.Bundle.RuleName(rule); name != string(step.bytes) || vm.Bundle.Manifest.Rules[rule].Policy != policy {
				t.Errorf("rule %d is %q, not %q", rule, name, step.bytes)
			}
		default:
			t.Fatalf("no step has the code %d", code)
		}
	}
	return verdicts
}

func TestVectors(t *testing.T) {
	ctx := context.Background()
	engine := newEngine(t)
	files, err := filepath.Glob(filepath.Join(vectors, "*.steps"))
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	verdicts := 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".steps")
		t.Run(name, func(t *testing.T) {
			bundle, err := ReadBundle(read(t, name+".lictor"))
			if err != nil {
				t.Fatal(err)
			}
			vm, err := engine.Load(ctx, bundle)
			if err != nil {
				t.Fatal(err)
			}
			defer vm.Close(ctx)
			verdicts += runSteps(t, vm, read(t, name+".steps"))
		})
	}
	t.Logf("%d bundles, %d verdicts", len(files), verdicts)
}

func TestRefused(t *testing.T) {
	engine := newEngine(t)
	lines := bufio.NewScanner(bytes.NewReader(read(t, "refused.tsv")))
	count := 0
	for lines.Scan() {
		name, rest, _ := strings.Cut(lines.Text(), "\t")
		by, why, _ := strings.Cut(rest, "\t")
		count++
		t.Run(name, func(t *testing.T) {
			bundle, err := ReadBundle(read(t, filepath.Join("refused", name+".lictor")))
			if by == "container" {
				if !errors.Is(err, ErrBundle) {
					t.Fatalf("%s: read all the same: %v", why, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			_, err = engine.Load(context.Background(), bundle)
			if status := statusOf(t, err); strconv.Itoa(int(status)) != by {
				t.Fatalf("status %d, not %s (%s)", status, by, why)
			}
		})
	}
	if count == 0 {
		t.Fatal("no vectors")
	}
	t.Logf("%d files refused", count)
}
