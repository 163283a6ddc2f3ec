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
	File string `json:"file"` // absolute, without links
	Line int    `json:"line"` // of its definition
	Code uint64 `json:"code"` // a hash
}

// Counts say how often each instruction of each function ran.
type Counts map[Function][]uint64

func keyOf(p *lua.FunctionProto) Function {
	h := fnv.New64a()
	var word [4]byte
	for _, inst := range p.Code {
		binary.LittleEndian.PutUint32(word[:], inst)
		h.Write(word[:])
	}
	binary.LittleEndian.PutUint32(word[:], uint32(p.LastLineDefined))
	h.Write(word[:])
	return Function{located(p.SourceName), p.LineDefined, h.Sum64()}
}

// located is the one absolute path of a file, whatever links lead to it.
func located(file string) string {
	if path, err := filepath.Abs(file); err == nil {
		file = path
	}
	if path, err := filepath.EvalSymlinks(file); err == nil {
		return path
	}
	return file
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
