package meter

import (
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/mattn/go-runewidth"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// board is the part of the terminal on which a state draws its bars. All meters
// of a state share it, because two that draw apart would overwrite each other.
type board struct {
	host *host.Host

	mu   sync.Mutex
	bars *mpb.Progress // nil while there is no bar
	open map[*mpb.Bar]struct{}
}

type boardKey struct{}

func stateBoard(c *engine.Call) *board {
	h := c.Host()
	return c.Local(boardKey{}, func() any { return &board{host: h, open: map[*mpb.Bar]struct{}{}} }).(*board)
}

// boardOf returns the board to draw on, nil where bars would only be noise.
func boardOf(c *engine.Call) *board {
	h := c.Host()
	if !h.Terminal.IsTerminal(2) {
		return nil
	}
	if kind, _, err := h.Environment.Lookup("TERM"); err == nil && kind == "dumb" {
		return nil
	}
	return stateBoard(c)
}

// Stderr returns the standard error output for whole lines: those written while
// bars are drawn stand above them.
func Stderr(c *engine.Call) io.Writer { return stateBoard(c) }

func (d *board) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bars != nil {
		if n, err := d.bars.Write(p); err == nil {
			return n, nil
		}
	}
	return d.host.Terminal.Stderr().Write(p)
}

// row is a bar on the board.
type row struct {
	board *board
	bar   *mpb.Bar
	done  atomic.Int64
}

func (r *row) set(done int64) {
	r.done.Store(done)
	r.bar.SetCurrent(done)
}

func (d *board) add(name string, total int64, unit Unit) *row {
	r := &row{board: d}
	term := d.host.Terminal
	width := max(term.Width()-1, 1) // a full line wraps on some terminals
	clock := d.host.Clock
	start := clock.Now()
	gap := "" // between name and counts, where no bar stands between them
	counts := func(decor.Statistics) string {
		return gap + text(r.done.Load(), total, unit, clock.Now().Sub(start))
	}
	options := []mpb.BarOption{
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(clean(name, max(width/3, 8)), decor.WC{C: decor.DSyncWidthR})),
		mpb.AppendDecorators(decor.Any(counts)),
	}
	style := mpb.BarFillerBuilder(mpb.BarStyle())
	switch {
	case total <= 0 || width < 50:
		style, gap = mpb.NopStyle(), " "
		options = append(options, mpb.BarFillerTrim())
	case term.Color(2):
		style = mpb.BarStyle().FillerMeta(green).TipMeta(green)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bars == nil {
		d.bars = mpb.New(mpb.WithOutput(term.Stderr()), mpb.WithAutoRefresh(), mpb.WithWidth(width))
	}
	// A total of 0 keeps mpb from ending the bar by itself when the count is
	// reached: it ends when the work does.
	bar, err := d.bars.Add(0, style.Build(), options...)
	if err != nil {
		return nil // the terminal is gone
	}
	bar.SetTotal(max(total, 0), false)
	r.bar = bar
	d.open[bar] = struct{}{}
	return r
}

func (r *row) remove() {
	d := r.board
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.open[r.bar]; !ok {
		return
	}
	delete(d.open, r.bar)
	r.bar.Abort(true)
	if len(d.open) == 0 {
		d.rest()
	}
}

// rest wipes the board and ends its goroutines.
func (d *board) rest() {
	if d.bars != nil {
		d.bars.Wait()
		d.bars = nil
	}
}

// Close takes all bars off the screen.
func (d *board) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for bar := range d.open {
		bar.Abort(true)
		delete(d.open, bar)
	}
	d.rest()
	return nil
}

func green(s string) string { return "\x1b[32m" + s + "\x1b[0m" }

// clean makes a name, which may come from the other side, fit for a line of the
// terminal.
func clean(name string, width int) string {
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, name)
	return runewidth.Truncate(name, width, "…")
}

// text is what stands behind a bar: the counts, the rate and the time left.
func text(done, total int64, unit Unit, passed time.Duration) string {
	var b strings.Builder
	count := engine.FormatSize
	if unit == Items {
		count = func(n int64) string { return strconv.FormatInt(n, 10) }
	}
	b.WriteString(count(done))
	if total > 0 {
		b.WriteString(" of " + count(total))
	}
	if passed < time.Second || done <= 0 {
		return b.String()
	}
	rate := float64(done) / passed.Seconds()
	if unit == Bytes {
		b.WriteString("  " + engine.FormatSize(int64(rate)) + "/s")
	}
	if total > done {
		if left := float64(total-done) / rate; left < 100*3600 {
			b.WriteString("  " + time.Duration(left*float64(time.Second)).Round(time.Second).String() + " left")
		}
	}
	return b.String()
}
