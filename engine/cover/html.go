package cover

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"strings"
)

//go:embed pages.html
var pagesText string

// html writes an index and a page a file, each complete in itself.
func (r *Report) html(dir string) error {
	pages, err := template.New("pages").Parse(pagesText)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("coverage report: %w", err)
	}
	index := indexPage{Branches: r.Branches, Total: fileRow{"total", "", r.Total(), r.percent()}}
	for _, err := range r.Broken {
		index.Broken = append(index.Broken, err.Error())
	}
	for _, f := range r.Files {
		name := strings.ReplaceAll(strings.TrimLeft(f.Path, "/"), "/", "_") + ".html"
		index.Files = append(index.Files, rowOf(f.Path, name, f.Total()))
		err := toFile(filepath.Join(dir, name), func(w io.Writer) error {
			return pages.ExecuteTemplate(w, "file", f.page(r.Branches))
		})
		if err != nil {
			return err
		}
	}
	return toFile(filepath.Join(dir, "index.html"), func(w io.Writer) error {
		return pages.ExecuteTemplate(w, "index", index)
	})
}

type indexPage struct {
	Branches bool
	Files    []fileRow
	Total    fileRow
	Broken   []string
}

type fileRow struct {
	Path, Page string
	Total
	Cover string
}

func rowOf(path, page string, t Total) fileRow { return fileRow{path, page, t, percent(t)} }

type filePage struct {
	Path, Cover string
	Lines       []sourceLine
}

type sourceLine struct {
	Number int
	Class  string // run, missed, partly or "" for no code
	Count  string
	Note   string
	Text   string
}

func (f *File) page(branches bool) filePage {
	p := filePage{Path: f.Path, Cover: percent(f.Total())}
	known := map[int]Line{}
	for _, l := range f.Lines {
		known[l.Number] = l
	}
	for i, text := range f.Source {
		s := sourceLine{Number: i + 1, Text: text}
		if l, ok := known[i+1]; ok {
			s.Class, s.Count = "missed", fmt.Sprint(l.Count)
			if l.Count > 0 {
				s.Class = "run"
				if run, all := l.branchesRun(); branches && run < all {
					s.Class, s.Note = "partly", fmt.Sprintf("%d of %d ways taken", run, all)
				}
			}
		}
		p.Lines = append(p.Lines, s)
	}
	return p
}
