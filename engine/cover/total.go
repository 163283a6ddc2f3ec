package cover

// Total counts what is there and what was run.
type Total struct {
	Lines, LinesRun       int
	Branches, BranchesRun int
}

// Percent is the share that was run, of lines and branches together. Nothing to
// run is all of it.
func (t Total) Percent() float64 {
	if t.Lines+t.Branches == 0 {
		return 100
	}
	return 100 * float64(t.LinesRun+t.BranchesRun) / float64(t.Lines+t.Branches)
}

func (t *Total) add(o Total) {
	t.Lines += o.Lines
	t.LinesRun += o.LinesRun
	t.Branches += o.Branches
	t.BranchesRun += o.BranchesRun
}

// Total counts the whole report.
func (r *Report) Total() (sum Total) {
	for _, f := range r.Files {
		sum.add(f.Total())
	}
	return sum
}

// Empty says that there was no file to measure, of which no share was run.
func (r *Report) Empty() bool { return len(r.Files) == 0 && len(r.Broken) == 0 }

// Percent is the share of the whole report that was run, of lines and branches
// together, 0 where nothing was measured.
func (r *Report) Percent() float64 {
	if len(r.Files) == 0 {
		return 0
	}
	return r.Total().Percent()
}

// percent is Percent for people.
func (r *Report) percent() string {
	if len(r.Files) == 0 {
		return "-"
	}
	return percent(r.Total())
}

// Total counts one file.
func (f *File) Total() (sum Total) {
	for _, l := range f.Lines {
		sum.Lines++
		if l.Count > 0 {
			sum.LinesRun++
		}
		run, all := l.branchesRun()
		sum.Branches += all
		sum.BranchesRun += run
	}
	return sum
}

func (l Line) branchesRun() (run, all int) {
	for _, b := range l.Branches {
		if b.Count > 0 {
			run++
		}
	}
	return run, len(l.Branches)
}

// Missed is the number of lines that did not run.
func (t Total) Missed() int { return t.Lines - t.LinesRun }
