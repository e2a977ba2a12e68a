package lictor

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/vmihailenco/msgpack/v5"
)

// ErrBundle is wrapped by every error about a file that is not a sound bundle.
var ErrBundle = errors.New("not a sound bundle")

const (
	magic       = "LICTORB\x00"
	headerBytes = 16
	entryBytes  = 56
)

// Sections of each format that is read: the first so many.
var sectionCounts = map[uint32]int{1: 4, 2: 5}

const (
	sectionManifest = iota
	sectionProgram
	sectionNormal
	sectionSources
	sectionCover
)

// Bundle is a bundle file: policies, compiled, with the names that verdicts carry as numbers.
type Bundle struct {
	// Digest is the SHA-256 of the file, hexadecimal: the bundle's identity.
	Digest   string
	Manifest Manifest
	// Program is what the module loads.
	Program []byte
}

// Manifest is what people read of a bundle. Fields that a host has no use for are left out.
type Manifest struct {
	Name    string `msgpack:"name"`
	Version string `msgpack:"version"`
	// Policies by the number of a verdict's policy.
	Policies []Policy `msgpack:"policies"`
	// Rules by the number of a verdict's rule.
	Rules []Rule `msgpack:"rules"`
	// Kinds that a rule or a default needs.
	Kinds []string `msgpack:"kinds"`
	// Fields that rules and scopes read: what events should carry.
	Fields []string `msgpack:"fields"`
}

// Policy is one policy of a bundle.
type Policy struct {
	Name        string `msgpack:"name"`
	Description string `msgpack:"description"`
	Mode        string `msgpack:"mode"`
	Tier        string `msgpack:"tier"`
}

// Rule is one rule of a bundle.
type Rule struct {
	Name     string   `msgpack:"name"`
	Policy   uint32   `msgpack:"policy"`
	Action   string   `msgpack:"action"`
	Severity string   `msgpack:"severity"`
	Tags     []string `msgpack:"tags"`
	Message  string   `msgpack:"message"`
}

// ReadBundle reads a bundle file. Every section has to have the digest that the file states; signatures are checked by
// `lictor verify`, not here.
func ReadBundle(file []byte) (*Bundle, error) {
	sections, err := readContainer(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrBundle, err)
	}
	digest := sha256.Sum256(file)
	b := &Bundle{Digest: hex.EncodeToString(digest[:]), Program: sections[sectionProgram]}
	if err := msgpack.Unmarshal(sections[sectionManifest], &b.Manifest); err != nil {
		return nil, fmt.Errorf("%w: its manifest: %s", ErrBundle, err)
	}
	for _, rule := range b.Manifest.Rules {
		if int(rule.Policy) >= len(b.Manifest.Policies) {
			return nil, fmt.Errorf("%w: a rule of a policy that is not there", ErrBundle)
		}
	}
	return b, nil
}

// RuleName is POLICY/RULE of a verdict's rule, empty for NoRule.
func (b *Bundle) RuleName(rule uint32) string {
	if int64(rule) >= int64(len(b.Manifest.Rules)) {
		return ""
	}
	r := b.Manifest.Rules[rule]
	return b.Manifest.Policies[r.Policy].Name + "/" + r.Name
}

// readContainer checks the table, the place and the digest of each section. There is one way to write the same sections.
func readContainer(file []byte) ([][]byte, error) {
	if !bytes.HasPrefix(file, []byte(magic)) || len(file) < headerBytes {
		return nil, errors.New("it does not begin as one")
	}
	format, count := binary.LittleEndian.Uint32(file[8:]), int(binary.LittleEndian.Uint32(file[12:]))
	if wanted, known := sectionCounts[format]; !known || count != wanted {
		return nil, fmt.Errorf("format %d with %d sections", format, count)
	}
	end := uint64(headerBytes + count*entryBytes)
	if uint64(len(file)) < end {
		return nil, errors.New("it is truncated")
	}
	sections := make([][]byte, count)
	for i := range sections {
		entry := file[headerBytes+i*entryBytes:][:entryBytes]
		offset, length := binary.LittleEndian.Uint64(entry[8:]), binary.LittleEndian.Uint64(entry[16:])
		if binary.LittleEndian.Uint32(entry) != uint32(i) || binary.LittleEndian.Uint32(entry[4:]) != 0 || offset != end {
			return nil, fmt.Errorf("section %d is not where it should be", i)
		}
		if length > uint64(len(file))-end {
			return nil, errors.New("it is truncated")
		}
		section := file[end : end+length : end+length]
		if digest := sha256.Sum256(section); !bytes.Equal(digest[:], entry[24:]) {
			return nil, fmt.Errorf("section %d does not have its digest", i)
		}
		next := (end + length + 7) &^ 7
		if next > uint64(len(file)) {
			return nil, errors.New("it is truncated")
		}
		for _, padding := range file[end+length : next] {
			if padding != 0 {
				return nil, fmt.Errorf("bytes behind section %d", i)
			}
		}
		sections[i], end = section, next
	}
	if end != uint64(len(file)) {
		return nil, errors.New("bytes behind its end")
	}
	return sections, nil
}
