package cover

import (
	"encoding/binary"
	"hash/fnv"
	"path/filepath"

	lua "github.com/yuin/gopher-lua"
)

// Function names a function of a file in every process: compiling is
// deterministic, so the same place and the same code are the same function.
type Function struct {
	File string `json:"file"` // absolute
	Line int    `json:"line"` // of its definition
	Code uint64 `json:"code"` // a hash
}

// Counts say how often each instruction of each function ran.
type Counts map[Function][]uint64

func keyOf(p *lua.FunctionProto) Function {
	file, err := filepath.Abs(p.SourceName)
	if err != nil {
		file = p.SourceName
	}
	h := fnv.New64a()
	var word [4]byte
	for _, inst := range p.Code {
		binary.LittleEndian.PutUint32(word[:], inst)
		h.Write(word[:])
	}
	binary.LittleEndian.PutUint32(word[:], uint32(p.LastLineDefined))
	h.Write(word[:])
	return Function{file, p.LineDefined, h.Sum64()}
}

func (c Counts) add(f Function, n []uint64) {
	sum := c[f]
	if len(sum) != len(n) {
		c[f] = append([]uint64(nil), n...)
		return
	}
	for i, each := range n {
		sum[i] += each
	}
}

// Merge adds what other counted.
func (c Counts) Merge(other Counts) {
	for f, n := range other {
		c.add(f, n)
	}
}
