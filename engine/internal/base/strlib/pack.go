package strlib

import (
	"encoding/binary"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// pack is string.pack as in Lua 5.3. An integer is a number without a fraction
// or a boxed integer.
func pack(L *lua.LState) int {
	r := newPackReader(arg.String(L, 1))
	var b []byte
	n := 1
	for turn := 1; r.rest != ""; turn++ {
		if turn%1000 == 0 {
			vm.Spend(L, 1000)
		}
		o := r.mustNext(L, len(b))
		vm.FitString(L, len(b)+o.pad+o.size)
		b = repeated(b, 0, o.pad)
		switch o.kind {
		case packPadding:
			b = append(b, 0)
			continue
		case packAlign, packNothing:
			continue
		}
		n++
		switch o.kind {
		case packInt:
			i := wholeNumber(L, n)
			if lim := int64(1) << (o.size*8 - 1); o.size < 8 && (i < -lim || i >= lim) {
				arg.Error(L, n, "integer overflow")
			}
			b = r.putInt(b, uint64(i), o.size, i < 0)
		case packUint:
			u := wholeUnsigned(L, n)
			if o.size < 8 && u >= 1<<(o.size*8) {
				arg.Error(L, n, "unsigned overflow")
			}
			b = r.putInt(b, u, o.size, false)
		case packFloat:
			b = r.putFloat(b, arg.Number(L, n), o.size)
		default:
			b = r.putString(L, b, o, n)
		}
	}
	vm.FitString(L, len(b))
	L.Push(lua.LString(b))
	return 1
}

func (r *packReader) putString(L *lua.LState, b []byte, o packOption, n int) []byte {
	s := arg.String(L, n)
	vm.FitString(L, len(b)+o.size+len(s)+1)
	switch o.kind {
	case packChars:
		if len(s) > o.size {
			arg.Error(L, n, "string longer than given size")
		}
		return append(append(b, s...), make([]byte, o.size-len(s))...)
	case packString:
		if o.size < 8 && uint64(len(s)) >= 1<<(o.size*8) {
			arg.Error(L, n, "string length does not fit in given size")
		}
		return append(r.putInt(b, uint64(len(s)), o.size, false), s...)
	}
	if strings.IndexByte(s, 0) >= 0 {
		arg.Error(L, n, "string contains zeros")
	}
	return append(append(b, s...), 0)
}

// packsize is string.packsize as in Lua 5.3.
func packsize(L *lua.LState) int {
	r := newPackReader(arg.String(L, 1))
	total := 0
	for turn := 1; r.rest != ""; turn++ {
		if turn%1000 == 0 {
			vm.Spend(L, 1000)
		}
		o := r.mustNext(L, total)
		if o.kind == packString || o.kind == packZero {
			arg.Error(L, 1, "variable-size format in packsize")
		}
		if total += o.pad + o.size; total > math.MaxInt32 {
			arg.Error(L, 1, "format result too large")
		}
	}
	L.Push(lua.LNumber(total))
	return 1
}

// unpack is string.unpack as in Lua 5.3. A number is a float64, so an integer
// beyond 2^53 becomes the nearest one; the unsigned ones stay positive.
func unpack(L *lua.LState) int {
	r := newPackReader(arg.String(L, 1))
	data := arg.String(L, 2)
	pos := arg.OptInt(L, 3, 1)
	if pos < 0 && pos >= -len(data) {
		pos += len(data) + 1
	}
	if pos--; pos < 0 || pos > len(data) {
		arg.Error(L, 3, "initial position out of string")
	}
	results := make([]lua.LValue, 0, 8)
	for turn := 1; r.rest != ""; turn++ {
		if turn%1000 == 0 {
			vm.Spend(L, 1000)
			vm.FitTable(L, len(results))
		}
		o := r.mustNext(L, pos)
		if o.pad+o.size > len(data)-pos {
			arg.Error(L, 2, "data string too short")
		}
		pos += o.pad
		rest := data[pos:]
		pos += o.size
		var v lua.LValue
		switch o.kind {
		case packInt, packUint:
			u, fits := r.getInt(rest[:o.size], o.kind == packInt)
			switch {
			case !fits:
				arg.Raise(L, "%d-byte integer does not fit into Lua Integer", o.size)
			case o.kind == packInt:
				v = lua.LNumber(int64(u))
			default:
				v = lua.LNumber(u)
			}
		case packFloat:
			v = lua.LNumber(r.getFloat(rest[:o.size]))
		case packChars:
			v = part(rest, 0, o.size)
		case packString:
			size, fits := r.getInt(rest[:o.size], false)
			if !fits || size > uint64(len(rest)-o.size) {
				arg.Error(L, 2, "data string too short")
			}
			v = part(rest, o.size, o.size+int(size))
			pos += int(size)
		case packZero:
			end := strings.IndexByte(rest, 0)
			if end < 0 {
				arg.Error(L, 2, "unfinished string for format 'z'")
			}
			v = part(rest, 0, end)
			pos += end + 1
		default:
			continue
		}
		results = append(results, v)
	}
	arg.Room(L, len(results)+1, "")
	for _, v := range results {
		L.Push(v)
	}
	L.Push(lua.LNumber(pos + 1))
	return len(results) + 1
}

func (r *packReader) mustNext(L *lua.LState, at int) packOption {
	o, problem := r.next(at)
	if problem == nil {
		return o
	}
	if problem.argument {
		arg.Error(L, 1, problem.text)
	}
	arg.Raise(L, "%s", problem.text)
	return o
}

// wholeNumber returns argument n, an integer that an int64 holds.
func wholeNumber(L *lua.LState, n int) int64 {
	if i, ok := arg.Boxed(L.Get(n)); ok {
		return i
	}
	f := arg.Number(L, n)
	if f != math.Trunc(f) || f < -1<<63 || f >= 1<<63 {
		arg.Error(L, n, "number has no integer representation")
	}
	return int64(f)
}

// wholeUnsigned is wholeNumber up to 2^64; negative numbers wrap.
func wholeUnsigned(L *lua.LState, n int) uint64 {
	if f, ok := arg.ToNumber(L.Get(n)); ok && f >= 1<<63 && f < 1<<64 {
		return uint64(f)
	}
	return uint64(wholeNumber(L, n))
}

// putInt appends size bytes of u; those beyond eight repeat the sign.
func (r *packReader) putInt(b []byte, u uint64, size int, negative bool) []byte {
	fill := byte(0)
	if negative {
		fill = 0xff
	}
	var buf [maxIntSize]byte
	for i := range size {
		c := fill
		if i < 8 {
			c = byte(u >> (8 * i))
		}
		if r.big {
			buf[size-1-i] = c
		} else {
			buf[i] = c
		}
	}
	return append(b, buf[:size]...)
}

// getInt reads an integer of any size; it does not fit when the bytes beyond
// eight are not its sign.
func (r *packReader) getInt(s string, signed bool) (u uint64, fits bool) {
	at := func(i int) byte {
		if r.big {
			i = len(s) - 1 - i
		}
		return s[i]
	}
	for i := min(len(s), 8) - 1; i >= 0; i-- {
		u = u<<8 | uint64(at(i))
	}
	if signed && len(s) < 8 {
		shift := 64 - 8*len(s)
		u = uint64(int64(u<<shift) >> shift)
	}
	sign := byte(0)
	if signed && int64(u) < 0 {
		sign = 0xff
	}
	for i := 8; i < len(s); i++ {
		if at(i) != sign {
			return 0, false
		}
	}
	return u, true
}

func (r *packReader) putFloat(b []byte, f float64, size int) []byte {
	switch {
	case size == 4 && r.big:
		return binary.BigEndian.AppendUint32(b, math.Float32bits(float32(f)))
	case size == 4:
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(f)))
	case r.big:
		return binary.BigEndian.AppendUint64(b, math.Float64bits(f))
	}
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
}

func (r *packReader) getFloat(s string) float64 {
	order := binary.ByteOrder(binary.LittleEndian)
	if r.big {
		order = binary.BigEndian
	}
	if len(s) == 4 {
		return float64(math.Float32frombits(order.Uint32([]byte(s))))
	}
	return math.Float64frombits(order.Uint64([]byte(s)))
}
