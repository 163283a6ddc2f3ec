package loader

import (
	"slices"
	"time"
)

// Record tells of a module that was loaded.
type Record struct {
	Name     string
	Kind     string
	File     string
	By       string // the module that required it first, "" for the script
	Requires []string
	Time     time.Duration // from its start to its end
	Own      time.Duration // without the modules that it loaded

	module *Module
	loaded bool
}

// required notes that a module requires another one.
func (l *Loader) required(by *Module, name string) {
	if by == nil {
		return
	}
	if r := l.recordOf(by.Name); !slices.Contains(r.Requires, name) {
		r.Requires = append(r.Requires, name)
	}
}

func (l *Loader) recordOf(name string) *Record {
	r := l.records[name]
	if r == nil {
		r = &Record{Name: name}
		l.records[name] = r
	}
	return r
}

// record notes that a module was loaded.
func (l *Loader) record(own *loading, by *Module) {
	r := l.recordOf(own.name)
	r.Kind, r.File, r.module = own.module.Kind, own.module.File, own.module
	r.Time = l.Clock.Now().Sub(own.began)
	r.Own = r.Time - own.inner
	if !r.loaded {
		r.loaded = true
		l.order = append(l.order, r)
		if by != nil {
			r.By = by.Name
		}
	}
}

// Graph lists the modules in the order in which they were loaded.
func (l *Loader) Graph() []*Record { return l.order }
