// Command bench times the Go host: bench BUNDLE EVENTS BATCH…, see ../README.md.
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	lictor "lictor.dev/vm"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) < 3 {
		return errors.New("usage: bench BUNDLE EVENTS BATCH...")
	}
	file, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	events, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	bundle, err := lictor.ReadBundle(file)
	if err != nil {
		return err
	}
	engine, err := lictor.NewEngine(ctx)
	if err != nil {
		return err
	}
	defer engine.Close(ctx)
	vm, err := engine.Load(ctx, bundle)
	if err != nil {
		return err
	}
	for _, arg := range args[2:] {
		batch, err := strconv.Atoi(arg)
		if err != nil {
			return err
		}
		batches, count := divide(events, batch)
		round := func() (sum uint64, err error) {
			for _, records := range batches {
				err = errors.Join(err, vm.Evaluate(ctx, records, func(_ int, v lictor.Verdict) bool {
					sum += uint64(v.Rule+1) + uint64(v.Action)
					return true
				}))
			}
			return sum, err
		}
		sum, err := round()
		if err != nil {
			return err
		}
		fastest := time.Hour
		begin := time.Now()
		for rounds := 0; rounds < 6 || time.Since(begin) < time.Second; rounds++ {
			start := time.Now()
			again, err := round()
			if err != nil || again != sum {
				return errors.Join(errors.New("a round with other verdicts"), err)
			}
			if rounds > 0 { // the second round, too, warms up
				fastest = min(fastest, time.Since(start))
			}
		}
		fmt.Printf("%d %.1f %d\n", batch, float64(fastest.Nanoseconds())/float64(count), sum)
	}
	return nil
}

// divide cuts events, one behind the other, into batches of so many, and counts them.
func divide(events []byte, batch int) (batches [][]byte, count int) {
	start := 0
	for at := 0; at < len(events); {
		at += int(binary.LittleEndian.Uint32(events[at:]))
		count++
		if count%batch == 0 || at == len(events) {
			batches = append(batches, events[start:at])
			start = at
		}
	}
	return batches, count
}
