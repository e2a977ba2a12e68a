package lictor

import (
	"context"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
)

// A bundle of the vectors and an event that it and another bundle decide differently are not needed here: what counts is that
// every event is decided by one bundle, whole, and that nobody is left waiting.
func TestPoolExchangesUnderLoad(t *testing.T) {
	ctx := context.Background()
	engine := newEngine(t)
	load := func(name string) *Bundle {
		bundle, err := ReadBundle(read(t, name+".lictor"))
		if err != nil {
			t.Fatal(err)
		}
		return bundle
	}
	bundles := []*Bundle{load("diagrams-0"), load("random-0")}
	pool, err := engine.NewPool(ctx, bundles[0], 3)
	if err != nil {
		t.Fatal(err)
	}
	var record Record
	records, err := record.Reset(KindFileRead).String(FieldFilePath, "/etc/shadow").Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	var workers sync.WaitGroup
	var stop atomic.Bool
	seen := [2]atomic.Int64{}
	for range 6 {
		workers.Go(func() {
			for !stop.Load() {
				err := pool.Use(ctx, func(vm *VM) error {
					for i, bundle := range bundles {
						if vm.Bundle == bundle {
							seen[i].Add(1)
						}
					}
					return vm.Evaluate(ctx, records, func(int, Verdict) bool { return true })
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 40 {
		prepared := 0
		prepare := func(*VM) error { prepared++; return nil }
		if err := pool.Exchange(ctx, bundles[(i+1)%2], prepare); err != nil {
			t.Fatal(err)
		}
		if prepared != 3 {
			t.Fatalf("%d VMs were prepared", prepared)
		}
		if err := pool.Each(ctx, func(vm *VM) error {
			if vm.Bundle != bundles[(i+1)%2] {
				t.Error("a VM of the bundle that was exchanged")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	stop.Store(true)
	workers.Wait()
	pool.Close(ctx)
	if seen[0].Load() == 0 || seen[1].Load() == 0 {
		t.Fatal("both bundles have to have decided")
	}
	if err := pool.engine.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestPoolKeepsTheOldBundleWhereTheNewOneFails(t *testing.T) {
	ctx := context.Background()
	bundle, err := ReadBundle(read(t, "random-0.lictor"))
	if err != nil {
		t.Fatal(err)
	}
	pool, err := newEngine(t).NewPool(ctx, bundle, 2)
	if err != nil {
		t.Fatal(err)
	}
	broken := &Bundle{Program: []byte("no program at all")}
	if statusOf(t, pool.Exchange(ctx, broken, nil)) == 0 {
		t.Fatal("a program that is none was taken")
	}
	if err := pool.Use(ctx, func(vm *VM) error {
		if vm.Bundle != bundle {
			t.Error("another bundle decides")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_ = pool.Use(ctx, func(*VM) error {
		return pool.Use(ctx, func(*VM) error {
			if err := pool.Use(ended, func(*VM) error { return nil }); err != context.Canceled {
				t.Errorf("no VM is idle and the context has ended: %v", err)
			}
			return nil
		})
	})
}

// What the writer makes, the module believes; what does not fit, is not written.
func TestRecords(t *testing.T) {
	ctx := context.Background()
	bundle, err := ReadBundle(read(t, "random-0.lictor"))
	if err != nil {
		t.Fatal(err)
	}
	vm, err := newEngine(t).Load(ctx, bundle)
	if err != nil {
		t.Fatal(err)
	}
	var r Record
	all, err := r.Reset(KindExec).Time(1).Subject(7).Workload(9).String(FieldProcPath, "/bin/sh").
		List(FieldProcArgs, "sh", "-c", "true").Int(FieldProcUid, -1).Bool(FieldProcInteractive, true).Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err = r.Reset(KindNetConnect).Addr(FieldNetRemoteIp, netip.MustParseAddr("10.0.0.1")).
		Uint(FieldNetRemotePort, 443).Append(all)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	if err := vm.Evaluate(ctx, all, func(_ int, v Verdict) bool {
		if count++; v.Has(FlagMalformed) {
			t.Errorf("record %d is not well formed", count)
		}
		return true
	}); err != nil || count != 2 {
		t.Fatal(count, err)
	}
	long := make([]byte, 5000)
	for name, record := range map[string]*Record{
		"too long": r.Reset(KindFileRead).String(FieldFilePath, string(long)),
	} {
		if _, err := record.Append(nil); err != ErrRecord {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.Reset(KindExec).Int(FieldProcUid, 1).Int(FieldProcUid, 2).Append(nil); err != ErrRecord {
		t.Errorf("a field that stands twice: %v", err)
	}
	if allocated := testing.AllocsPerRun(100, func() {
		all, _ = r.Reset(KindFileRead).String(FieldFilePath, "/etc/passwd").Append(all[:0])
	}); allocated > 1 {
		t.Errorf("%v allocations a record", allocated)
	}
}
