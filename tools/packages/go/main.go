// Command go writes a Go module as it is published: the files of a module proxy (go.dev/ref/mod#serving-from-proxy), which a
// static server can hand out.
//
//	go MODULE VERSION FOLDER INTO
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: go MODULE VERSION FOLDER INTO")
		os.Exit(64)
	}
	if err := pack(module.Version{Path: os.Args[1], Version: os.Args[2]}, os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, "go:", err)
		os.Exit(1)
	}
}

func pack(m module.Version, folder, into string) error {
	escaped, err := module.EscapePath(m.Path)
	if err != nil {
		return err
	}
	base := filepath.Join(into, escaped, "@v")
	if err := os.MkdirAll(base, 0o755); err != nil {
		return err
	}
	gomod, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		return err
	}
	info, err := json.Marshal(struct {
		Version string
		Time    time.Time
	}{m.Version, time.Unix(0, 0).UTC()})
	if err != nil {
		return err
	}
	archive, err := os.Create(filepath.Join(base, m.Version+".zip"))
	if err != nil {
		return err
	}
	return errors.Join(
		zip.CreateFromDir(archive, m, folder),
		archive.Close(),
		os.WriteFile(filepath.Join(base, m.Version+".mod"), gomod, 0o644),
		os.WriteFile(filepath.Join(base, m.Version+".info"), info, 0o644),
		os.WriteFile(filepath.Join(base, "list"), []byte(m.Version+"\n"), 0o644),
	)
}
