// Command go-tetragon decides on Tetragon's JSON events by a bundle of Lictor's policies, and prints what is more than a plain
// allow. It reads standard input, or a file that it follows as `tail -f` does, until it is interrupted.
//
//	go-tetragon [-all] [-follow FILE] BUNDLE
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	lictor "lictor.dev/vm"
)

func main() {
	all := flag.Bool("all", false, "print plain allows too")
	follow := flag.String("follow", "", "a `file` to follow")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: go-tetragon [-all] [-follow FILE] BUNDLE")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(64)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, flag.Arg(0), *follow, *all); err != nil {
		fmt.Fprintln(os.Stderr, "go-tetragon:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, bundleFile, follow string, all bool) error {
	input, err := open(ctx, follow)
	if err != nil {
		return err
	}
	file, err := os.ReadFile(bundleFile)
	if err != nil {
		return err
	}
	bundle, err := lictor.ReadBundle(file)
	if err != nil {
		return fmt.Errorf("%s: %w", bundleFile, err)
	}
	engine, err := lictor.NewEngine(ctx)
	if err != nil {
		return err
	}
	defer engine.Close(context.Background())
	vm, err := engine.Load(ctx, bundle)
	if err != nil {
		return fmt.Errorf("%s: %w", bundleFile, err)
	}
	decider := &decider{vm: vm, all: all, known: map[uint64]bool{}, counts: map[lictor.Action]int{}}
	for events := json.NewDecoder(input); ; {
		var e event
		if err := events.Decode(&e); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("event %d: %w", decider.events+1, err)
		}
		if err := decider.decide(ctx, &e); err != nil {
			return fmt.Errorf("event %d: %w", decider.events, err)
		}
	}
	decider.summary()
	return nil
}

// decider has one VM: it decides in the order in which events come.
type decider struct {
	vm  *lictor.VM
	all bool
	// subjects and workloads whose facts the VM has
	known             map[uint64]bool
	record            lictor.Record
	bytes             []byte
	events, questions int
	counts            map[lictor.Action]int
}

func (d *decider) decide(ctx context.Context, e *event) error {
	d.events++
	kind, body, ok := e.question()
	if !ok || body.Process == nil {
		return nil
	}
	d.questions++
	pod := body.Process.Pod
	subject, workload := key("process", body.Process.ExecID), key("host", e.Node)
	if pod != nil {
		workload = key("container", pod.Container.ID, pod.Namespace, pod.Name)
	}
	if len(d.known) >= mostKnown {
		if err := d.forget(ctx); err != nil {
			return err
		}
	}
	err := errors.Join(
		d.put(ctx, d.vm.PutSubject, subject, body.facts),
		d.put(ctx, d.vm.PutWorkload, workload, func(r *lictor.Record) { pod.facts(e.Node, r) }),
	)
	if err != nil {
		return err
	}
	d.record.Reset(kind).Subject(subject).Workload(workload)
	if !e.Time.IsZero() {
		d.record.Time(uint64(e.Time.UnixNano()))
	}
	body.object(kind, &d.record)
	if d.bytes, err = d.record.Append(d.bytes[:0]); err != nil {
		return err
	}
	err = d.vm.Evaluate(ctx, d.bytes, func(_ int, v lictor.Verdict) bool {
		d.counts[v.Action]++
		if d.all || v.Action != lictor.ActionAllow || v.Has(lictor.FlagWould) {
			d.print(e, kind, body, v)
		}
		return true
	})
	if kind == lictor.KindProcExit {
		delete(d.known, subject)
		return errors.Join(err, d.vm.DropSubject(ctx, subject))
	}
	return err
}

// mostKnown is how many facts the VM is given to keep: processes whose exit nobody tells of would fill it.
const mostKnown = 1 << 16

// put puts facts that the VM does not have yet.
func (d *decider) put(
	ctx context.Context, put func(context.Context, uint64, []byte) error, key uint64, facts func(*lictor.Record),
) error {
	if d.known[key] {
		return nil
	}
	facts(&d.record)
	var err error
	if d.bytes, err = d.record.Append(d.bytes[:0]); err != nil {
		return err
	}
	d.known[key] = true
	return put(ctx, key, d.bytes)
}

// forget drops all facts. Events bring theirs along, so that they are put again when they are named.
func (d *decider) forget(ctx context.Context) error {
	for key := range d.known {
		if err := errors.Join(d.vm.DropSubject(ctx, key), d.vm.DropWorkload(ctx, key)); err != nil {
			return err
		}
	}
	clear(d.known)
	return nil
}

func (d *decider) print(e *event, kind lictor.Kind, b *body, v lictor.Verdict) {
	what := b.Process.commandLine()
	if path := b.file(); path != "" {
		what += " → " + path
	} else if b.DestinationIP != "" {
		what += fmt.Sprintf(" → %s:%d", b.DestinationIP, b.DestinationPort)
	}
	fmt.Printf("%s %-5s %-48s %s %s\n", e.Time.Format("2006-01-02T15:04:05.000Z"), v.Action, d.rule(v), kind, what)
}

func (d *decider) rule(v lictor.Verdict) string {
	if name := d.vm.Bundle.RuleName(v.Rule); name != "" {
		return name
	}
	if v.Policy != lictor.NoPolicy {
		return d.vm.Bundle.Manifest.Policies[v.Policy].Name + " (default)"
	}
	return "-"
}

func (d *decider) summary() {
	fmt.Printf("%d of %d events are questions:", d.questions, d.events)
	for action := lictor.ActionAllow; action <= lictor.ActionStop; action++ {
		if n := d.counts[action]; n > 0 {
			fmt.Printf(" %d %s", n, action)
		}
	}
	fmt.Println()
}

// open is standard input, or a file that has no end before the context has.
func open(ctx context.Context, path string) (io.Reader, error) {
	if path == "" {
		return os.Stdin, nil
	}
	file, err := os.Open(path)
	return follower{ctx, file}, err
}

type follower struct {
	ctx  context.Context
	file io.Reader
}

func (f follower) Read(bytes []byte) (int, error) {
	for {
		if n, err := f.file.Read(bytes); n > 0 || !errors.Is(err, io.EOF) {
			return n, err
		}
		select {
		case <-f.ctx.Done():
			return 0, io.EOF
		case <-time.After(200 * time.Millisecond):
		}
	}
}
