package strlib

import (
	"fmt"
	"math"
)

// maxIntSize is the largest integer that i, I and s may ask for, in bytes;
// nativeAlign is the alignment of the option "!".
const (
	maxIntSize  = 16
	nativeAlign = 8
)

type packKind uint8

const (
	packInt packKind = iota
	packUint
	packFloat
	packChars
	packString
	packZero // a zero-terminated string
	packPadding
	packAlign
	packNothing
)

// packReader reads the options of a format of pack. The byte order is that of
// the machines gscript runs on, little-endian, until the format says otherwise.
type packReader struct {
	rest     string
	big      bool
	maxAlign int
}

type packOption struct {
	kind packKind
	size int
	pad  int // bytes before it, for the alignment
}

// packProblem is an error of a format: of the format itself when it is an
// argument error, else of what one option asks for.
type packProblem struct {
	text     string
	argument bool
}

func newPackReader(format string) *packReader { return &packReader{rest: format, maxAlign: 1} }

// next reads one option; at is how many bytes come before it.
func (r *packReader) next(at int) (o packOption, problem *packProblem) {
	if o, problem = r.option(); problem != nil {
		return o, problem
	}
	align := o.size
	if o.kind == packAlign {
		if r.rest == "" {
			return o, &packProblem{"invalid next option for option 'X'", true}
		}
		next, problem := r.option()
		if problem != nil {
			return o, problem
		}
		if align = next.size; next.kind == packChars || align == 0 {
			return o, &packProblem{"invalid next option for option 'X'", true}
		}
	}
	if align <= 1 || o.kind == packChars {
		return o, nil
	}
	align = min(align, r.maxAlign)
	if align&(align-1) != 0 {
		return o, &packProblem{"format asks for alignment not power of 2", true}
	}
	o.pad = (align - at&(align-1)) & (align - 1)
	return o, nil
}

func (r *packReader) option() (o packOption, problem *packProblem) {
	c := r.rest[0]
	r.rest = r.rest[1:]
	switch c {
	case 'b':
		return packOption{kind: packInt, size: 1}, nil
	case 'B':
		return packOption{kind: packUint, size: 1}, nil
	case 'h':
		return packOption{kind: packInt, size: 2}, nil
	case 'H':
		return packOption{kind: packUint, size: 2}, nil
	case 'l', 'j':
		return packOption{kind: packInt, size: 8}, nil
	case 'L', 'J', 'T':
		return packOption{kind: packUint, size: 8}, nil
	case 'f':
		return packOption{kind: packFloat, size: 4}, nil
	case 'd', 'n':
		return packOption{kind: packFloat, size: 8}, nil
	case 'i':
		return r.sized(packInt, 4)
	case 'I':
		return r.sized(packUint, 4)
	case 's':
		return r.sized(packString, 8)
	case 'c':
		n := r.number(-1)
		if n < 0 {
			return o, &packProblem{"missing size for format option 'c'", false}
		}
		return packOption{kind: packChars, size: n}, nil
	case 'z':
		return packOption{kind: packZero}, nil
	case 'x':
		return packOption{kind: packPadding, size: 1}, nil
	case 'X':
		return packOption{kind: packAlign}, nil
	case ' ':
	case '<', '=':
		r.big = false
	case '>':
		r.big = true
	case '!':
		o, problem = r.sized(packNothing, nativeAlign)
		r.maxAlign = o.size
		return packOption{kind: packNothing}, problem
	default:
		return o, &packProblem{"invalid format option '" + string([]byte{c}) + "'", false}
	}
	return packOption{kind: packNothing}, nil
}

func (r *packReader) sized(kind packKind, def int) (o packOption, problem *packProblem) {
	n := r.number(def)
	if n < 1 || n > maxIntSize {
		return o, &packProblem{fmt.Sprintf("integral size (%d) out of limits [1,%d]", n, maxIntSize), false}
	}
	return packOption{kind: kind, size: n}, nil
}

// number reads digits, as many as keep it within an int32.
func (r *packReader) number(def int) int {
	if r.rest == "" || !isDigit(r.rest[0]) {
		return def
	}
	n := 0
	for r.rest != "" && isDigit(r.rest[0]) && n <= (math.MaxInt32-9)/10 {
		n = n*10 + int(r.rest[0]-'0')
		r.rest = r.rest[1:]
	}
	return n
}
