package lictor

import "encoding/binary"

// Verdict is what the policies say of one event. Numbers of rules and policies are indices into the manifest.
type Verdict struct {
	Action Action
	Flags  VerdictFlags
	// Errno with which the operation fails, 0 where it passes.
	Errno uint8
	// AsIfAction is what it would be if every observing policy were enforced.
	AsIfAction Action
	// Rule is NoRule for a default, or where nothing applies.
	Rule     uint32
	AsIfRule uint32
	// Policy is NoPolicy where nothing applies.
	Policy     uint16
	AsIfPolicy uint16
}

// Has says whether all of the flags are set.
func (v Verdict) Has(flags VerdictFlags) bool { return v.Flags&flags == flags }

// Passes says whether the operation goes on: it is allowed, or only audited.
func (v Verdict) Passes() bool { return v.Action <= ActionAudit }

func (a Action) String() string { return nameOf(actionNames[:], int(a)) }

func (k Kind) String() string { return nameOf(kindNames[:], int(k)) }

func (f Field) String() string { return nameOf(fieldNames[:], int(f)) }

func nameOf(names []string, number int) string {
	if number < len(names) && names[number] != "" {
		return names[number]
	}
	return "unknown"
}

func decodeVerdict(b []byte) Verdict {
	return Verdict{
		Action:     Action(b[0]),
		Flags:      VerdictFlags(b[1]),
		Errno:      b[2],
		AsIfAction: Action(b[3]),
		Rule:       binary.LittleEndian.Uint32(b[4:]),
		AsIfRule:   binary.LittleEndian.Uint32(b[8:]),
		Policy:     binary.LittleEndian.Uint16(b[12:]),
		AsIfPolicy: binary.LittleEndian.Uint16(b[14:]),
	}
}
