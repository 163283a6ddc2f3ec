package host

import "os"

// Memory is memory that several processes have.
type Memory struct {
	words []uint64
	file  *os.File // of whoever made it
	fd    int
}

// Words are the memory. They are there as long as m is: whoever uses them keeps
// m alive meanwhile.
func (m *Memory) Words() []uint64 { return m.words }

// Place tells other processes where the memory is; ok says that this process
// made it.
func (m *Memory) Place() (pid, fd int, ok bool) {
	return os.Getpid(), m.fd, m.file != nil
}
