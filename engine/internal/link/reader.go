package link

import "encoding/binary"

// reader reads the head of a message.
type reader struct {
	data   []byte
	failed bool
}

func (r *reader) number() uint64 {
	v, n := binary.Uvarint(r.data)
	if n <= 0 {
		r.failed = true
		return 0
	}
	r.data = r.data[n:]
	return v
}

func (r *reader) text() string {
	n := r.number()
	if n > uint64(len(r.data)) {
		r.failed = true
		return ""
	}
	s := string(r.data[:n])
	r.data = r.data[n:]
	return s
}
