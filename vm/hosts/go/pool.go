package lictor

import (
	"context"
	"sync"
	"sync/atomic"
)

// Pool holds VMs with the same bundle, for as many goroutines as there are VMs; others wait. It is safe for concurrent use.
type Pool struct {
	engine  *Engine
	size    int
	current atomic.Pointer[generation]
	// one at a time exchanges, or has all VMs
	change sync.Mutex
}

// generation is the VMs of one bundle.
type generation struct {
	idle chan *VM
	// closed when another bundle has taken the place of this one and all its VMs are closed
	gone chan struct{}
}

// NewPool loads a bundle into `size` VMs, at least one.
func (e *Engine) NewPool(ctx context.Context, bundle *Bundle, size int) (*Pool, error) {
	p := &Pool{engine: e, size: max(size, 1)}
	g, err := p.load(ctx, bundle, nil)
	if err != nil {
		return nil, err
	}
	p.current.Store(g)
	return p, nil
}

func (p *Pool) load(ctx context.Context, bundle *Bundle, prepare func(vm *VM) error) (*generation, error) {
	g := &generation{make(chan *VM, p.size), make(chan struct{})}
	for range p.size {
		vm, err := p.engine.Load(ctx, bundle)
		if err == nil {
			g.idle <- vm
			if prepare != nil {
				err = prepare(vm)
			}
		}
		if err != nil {
			g.close(ctx, len(g.idle))
			return nil, err
		}
	}
	return g, nil
}

// close waits for `count` VMs and closes them.
func (g *generation) close(ctx context.Context, count int) {
	for range count {
		vm := <-g.idle
		vm.Close(ctx)
	}
	close(g.gone)
}

// Use gives `use` a VM of its own for as long as it runs; it must not keep it.
func (p *Pool) Use(ctx context.Context, use func(vm *VM) error) error {
	for {
		g := p.current.Load()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-g.gone:
		case vm := <-g.idle:
			defer func() { g.idle <- vm }()
			return use(vm)
		}
	}
}

// Each calls `use` with each VM while nobody else has one: to put facts, which all of them have to know.
func (p *Pool) Each(ctx context.Context, use func(vm *VM) error) error {
	p.change.Lock()
	defer p.change.Unlock()
	g := p.current.Load()
	vms := make([]*VM, 0, p.size)
	defer func() {
		for _, vm := range vms {
			g.idle <- vm
		}
	}()
	for range p.size {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case vm := <-g.idle:
			vms = append(vms, vm)
		}
	}
	for _, vm := range vms {
		if err := use(vm); err != nil {
			return err
		}
	}
	return nil
}

// Exchange loads another bundle, lets `prepare` put the facts into each of its VMs, and then decides by it: what began before is
// decided by the old one, what begins afterwards by the new one. Where it fails the old one stays. It returns when what the
// old one decides is done.
func (p *Pool) Exchange(ctx context.Context, bundle *Bundle, prepare func(vm *VM) error) error {
	p.change.Lock()
	defer p.change.Unlock()
	g, err := p.load(ctx, bundle, prepare)
	if err != nil {
		return err
	}
	p.current.Swap(g).close(ctx, p.size)
	return nil
}

// Close closes all VMs, when what they decide is done. The pool must not be used any more.
func (p *Pool) Close(ctx context.Context) {
	p.change.Lock()
	defer p.change.Unlock()
	p.current.Load().close(ctx, p.size)
}
