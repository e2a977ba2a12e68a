package lictor

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

// ErrRecord is returned for an event that does not fit a record: nothing of it may be decided (fail closed).
var ErrRecord = errors.New("the event does not fit a record")

// Record writes one event, or facts, in the form that the module reads. The zero value is ready for Reset. It may be used
// again and again, and allocates only until its buffer is large enough.
type Record struct {
	bytes []byte
	// behind the slots, until End puts it there
	data   []byte
	failed bool
}

// Reset begins a record of a kind; facts are of kind KindFacts.
func (r *Record) Reset(kind Kind) *Record {
	r.bytes = append(r.bytes[:0], make([]byte, recordHeader)...)
	r.bytes[recordKindAt], r.bytes[recordVersionAt] = byte(kind), recordVersion
	r.data, r.failed = r.data[:0], false
	return r
}

// Time is when it happened, in nanoseconds since 1970.
func (r *Record) Time(ns uint64) *Record { return r.head(recordTimeAt, ns) }

// Subject is the key of the facts of the process.
func (r *Record) Subject(key uint64) *Record { return r.head(recordSubjectAt, key) }

// Workload is the key of the facts of the workload.
func (r *Record) Workload(key uint64) *Record { return r.head(recordWorkloadAt, key) }

func (r *Record) head(at int, value uint64) *Record {
	binary.LittleEndian.PutUint64(r.bytes[at:], value)
	return r
}

func (r *Record) slot(field Field, length int, value uint64) {
	for at := recordHeader; at < len(r.bytes); at += slotBytes {
		if Field(binary.LittleEndian.Uint16(r.bytes[at:])) == field {
			r.failed = true // a field may stand once
		}
	}
	r.bytes = binary.LittleEndian.AppendUint16(r.bytes, uint16(field))
	r.bytes = append(r.bytes, 0, 0)
	r.bytes = binary.LittleEndian.AppendUint32(r.bytes, uint32(length))
	r.bytes = binary.LittleEndian.AppendUint64(r.bytes, value)
}

// Int is a number, or the bits of a set of flags.
func (r *Record) Int(field Field, value int64) *Record {
	r.slot(field, 8, uint64(value))
	return r
}

// Uint is a number of a field that is unsigned.
func (r *Record) Uint(field Field, value uint64) *Record {
	r.slot(field, 8, value)
	return r
}

// Bool is a truth value.
func (r *Record) Bool(field Field, value bool) *Record {
	if value {
		return r.Uint(field, 1)
	}
	return r.Uint(field, 0)
}

// String is a text, of any bytes. One that is longer than its field may be fails the record.
func (r *Record) String(field Field, value string) *Record {
	if len(value) > fieldBytes(field) {
		r.failed = true
	}
	r.slot(field, len(value), uint64(len(r.data)))
	r.data = pad(append(r.data, value...), 4)
	return r
}

// Addr is an address; IPv4 becomes ::ffff:a.b.c.d.
func (r *Record) Addr(field Field, value netip.Addr) *Record {
	r.slot(field, 16, uint64(len(r.data)))
	bytes := value.As16()
	r.data = append(r.data, bytes[:]...)
	return r
}

// List is a list of texts; of a map, keys and values in turns.
func (r *Record) List(field Field, values ...string) *Record {
	at := len(r.data)
	r.data = binary.LittleEndian.AppendUint32(r.data, uint32(len(values)))
	for _, value := range values {
		r.data = binary.LittleEndian.AppendUint32(r.data, uint32(len(value)))
		r.data = pad(append(r.data, value...), 4)
	}
	if len(r.data)-at > fieldBytes(field) {
		r.failed = true
	}
	r.slot(field, len(r.data)-at, uint64(at))
	return r
}

// Append ends the record and appends it to others, or returns ErrRecord.
func (r *Record) Append(to []byte) ([]byte, error) {
	slots := (len(r.bytes) - recordHeader) / slotBytes
	size := (len(r.bytes) + len(r.data) + 7) &^ 7
	if r.failed || slots > recordSlotsMost || size > recordBytesMost {
		return to, ErrRecord
	}
	binary.LittleEndian.PutUint32(r.bytes, uint32(size))
	binary.LittleEndian.PutUint16(r.bytes[recordSlotsAt:], uint16(slots))
	start := len(to)
	to = append(to, r.bytes...)
	for at := start + recordHeader; at < len(to); at += slotBytes {
		if fieldPoints(Field(binary.LittleEndian.Uint16(to[at:]))) {
			offset := binary.LittleEndian.Uint64(to[at+8:]) + uint64(len(r.bytes))
			binary.LittleEndian.PutUint64(to[at+8:], offset)
		}
	}
	to = append(to, r.data...)
	return append(to, make([]byte, start+size-len(to))...), nil
}

func pad(bytes []byte, to int) []byte {
	for len(bytes)%to != 0 {
		bytes = append(bytes, 0)
	}
	return bytes
}
