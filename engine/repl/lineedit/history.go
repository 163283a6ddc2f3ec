package lineedit

// History is what was typed before, the oldest first.
type History interface {
	Len() int
	At(i int) string
}

// Memory is a History that is not kept.
type Memory struct{ list []string }

// NewMemory makes a history of what is given.
func NewMemory(list ...string) *Memory { return &Memory{list} }

// Len tells how many entries there are.
func (m *Memory) Len() int { return len(m.list) }

// At returns an entry.
func (m *Memory) At(i int) string { return m.list[i] }

// Add appends an entry.
func (m *Memory) Add(text string) { m.list = append(m.list, text) }
