package gen

import (
	"errors"
	"math/rand/v2"
)

// Source is the choices of which generators make values. What is remembered, and
// made smaller, is the choices and not the values: so every generator shrinks,
// those of scripts too, and a shrunk value is always one that the generator can
// make. Smaller choices mean simpler values.
type Source struct {
	rng    *rand.Rand // nil: after the given choices come zeros
	given  []uint64
	Made   []uint64 // the choices that were made
	Budget int      // how many may be made; more is errTooBig
}

// ErrDiscard says that the choices make no value, as a filter finds.
var ErrDiscard = errors.New("no value")

// Random is a source of new choices.
func Random(seed, stream uint64) *Source {
	return &Source{rng: rand.New(rand.NewPCG(seed, stream)), Budget: maxChoices}
}

// Replay is a source of choices that were made before.
func Replay(choices []uint64) *Source { return &Source{given: choices, Budget: maxChoices} }

const maxChoices = 1 << 16

// choose makes a choice below n; 0 stands for all there are.
func (s *Source) choose(n uint64) (uint64, error) {
	if len(s.Made) >= s.Budget {
		return 0, ErrDiscard
	}
	var v uint64
	switch at := len(s.Made); {
	case at < len(s.given):
		v = s.given[at]
		if n > 0 && v >= n {
			v = n - 1
		}
	case s.rng == nil:
	case n == 0:
		v = s.rng.Uint64()
	default:
		v = s.rng.Uint64N(n)
	}
	s.Made = append(s.Made, v)
	return v, nil
}

// Shrink looks for smaller choices that still fail. fails runs what is tested
// with choices and returns those that it made; it is called at most limit times.
// The result is the smallest found and the number of steps that led to it.
func Shrink(choices []uint64, limit int, fails func(choices []uint64) (made []uint64, failed bool, err error)) (best []uint64, steps int, err error) {
	sh := &shrinker{best: choices, left: limit, fails: fails}
	for again := true; again && sh.err == nil && sh.left > 0; {
		before := sh.steps
		sh.cut()
		sh.lower()
		sh.trade()
		again = sh.steps > before
	}
	return sh.best, sh.steps, sh.err
}

type shrinker struct {
	best  []uint64
	left  int
	steps int
	fails func(choices []uint64) ([]uint64, bool, error)
	err   error
}

// try keeps choices that still fail and are smaller.
func (s *shrinker) try(choices []uint64) bool {
	if s.left <= 0 || s.err != nil || !smaller(choices, s.best) {
		return false
	}
	s.left--
	made, failed, err := s.fails(choices)
	if err != nil {
		s.err = err
		return false
	}
	if !failed || !smaller(made, s.best) {
		return false
	}
	s.best = made
	s.steps++
	return true
}

// smaller orders choices: fewer before more, then by the first that differs.
func smaller(a, b []uint64) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}

// cut takes runs of choices out. What stands before a run may be how many items
// there are, so that is tried one less, too.
func (s *shrinker) cut() {
	for size := 16; size > 0; size /= 2 {
		for at := len(s.best) - size; at >= 0; at-- {
			if at+size > len(s.best) {
				continue
			}
			shorter := append(append([]uint64{}, s.best[:at]...), s.best[at+size:]...)
			if s.try(shorter) {
				continue
			}
			if at > 0 && s.best[at-1] > 0 {
				shorter[at-1]--
				s.try(shorter)
			}
		}
	}
}

// lower makes each choice as small as it can be.
func (s *shrinker) lower() {
	for i := 0; i < len(s.best); i++ {
		if s.best[i] == 0 || s.with(i, 0) {
			continue
		}
		low, high := uint64(0), s.best[i] // low does not fail
		for high-low > 1 && s.left > 0 && s.err == nil {
			mid := low + (high-low)/2
			if s.with(i, mid) && i < len(s.best) {
				high = s.best[i]
			} else {
				low = mid
			}
		}
	}
}

// trade makes a choice 0 and one behind it as much greater, for what depends on
// a sum.
func (s *shrinker) trade() {
	for i := 0; i < len(s.best); i++ {
		for j := i + 1; j < min(i+4, len(s.best)) && s.best[i] > 0; j++ {
			other := append([]uint64{}, s.best...)
			other[i], other[j] = 0, other[j]+other[i]
			s.try(other)
			if i >= len(s.best) {
				return
			}
		}
	}
}

// with tries the best with another choice at one place.
func (s *shrinker) with(i int, v uint64) bool {
	if i >= len(s.best) {
		return false
	}
	other := append([]uint64{}, s.best...)
	other[i] = v
	return s.try(other)
}
