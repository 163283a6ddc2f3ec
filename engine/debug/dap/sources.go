package dap

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/google/go-dap"
)

// sourceOf is a source as clients see it: by its file, or where it has none by a
// reference by which they ask for the text.
func (s *server) sourceOf(name string) *dap.Source {
	file := s.d.Abs(name)
	if filepath.IsAbs(file) {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return &dap.Source{Name: filepath.Base(file), Path: file}
		}
	}
	hint := ""
	if s.d.Library(name) {
		hint = "deemphasize"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, known := range s.sources {
		if known == name {
			return &dap.Source{Name: name, SourceReference: i + 1, PresentationHint: hint}
		}
	}
	s.sources = append(s.sources, name)
	return &dap.Source{Name: name, SourceReference: len(s.sources), PresentationHint: hint}
}

// sourceName is the source of a reference, "" for none.
func (s *server) sourceName(reference int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reference < 1 || reference > len(s.sources) {
		return ""
	}
	return s.sources[reference-1]
}

func (s *server) source(r *dap.SourceRequest) {
	name := s.sourceName(r.Arguments.SourceReference)
	text := s.d.Text(name)
	if text == "" {
		s.refuse(r, errors.New("the text of this source is not known"))
		return
	}
	s.reply(r, &dap.SourceResponse{Body: dap.SourceResponseBody{Content: text, MimeType: "text/x-lua"}})
}

func (s *server) loadedSources(r *dap.LoadedSourcesRequest) {
	list := []dap.Source{}
	for _, name := range s.d.Sources() {
		list = append(list, *s.sourceOf(name))
	}
	s.reply(r, &dap.LoadedSourcesResponse{Body: dap.LoadedSourcesResponseBody{Sources: list}})
}
