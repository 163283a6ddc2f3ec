package http

import (
	"fmt"
	"html"
	"io"
	"io/fs"
	nethttp "net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

type filesIn struct {
	Prefix   string `lua:"prefix,wire" doc:"path under which the files are, such as \"/static\""`
	Dir      string `lua:"dir" doc:"directory with the files"`
	Index    string `lua:"index,opt" default:"index.html" doc:"file that stands for its directory"`
	List     bool   `lua:"list,opt" doc:"show what is in directories without an index"`
	Dotfiles bool   `lua:"dotfiles,opt" doc:"serve names that begin with a dot, which are hidden otherwise"`
}

// static serves a directory. The root is the last wall: whatever a path or a
// symbolic link says, nothing outside it is opened.
type static struct {
	root *os.Root
	in   filesIn
}

func (s *Server) files(c *engine.Call, in filesIn) (engine.None, error) {
	if strings.ContainsAny(in.Prefix, "{}") {
		return engine.None{}, engine.Invalid("argument 'prefix' must be a plain path: %q", in.Prefix)
	}
	root, err := c.Host().Files.OpenRoot(in.Dir, host.Read)
	if err != nil {
		return engine.None{}, err
	}
	h := &static{root, in}
	pattern := strings.TrimSuffix(in.Prefix, "/") + "/{path...}"
	if err := s.register("GET", pattern, in.Prefix, h); err != nil {
		root.Close()
		return engine.None{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		root.Close()
		return engine.None{}, &engine.Error{Kind: engine.KindHandleClosed, Message: "the server has stopped"}
	}
	s.roots = append(s.roots, root)
	return engine.None{}, nil
}

// name checks the path of a request, in which escapes are undone already, and
// returns it as a name in the root. An escaped slash makes a segment of its own
// here, so every segment is looked at.
func (h *static) name(p string) (string, bool) {
	if p == "" || p == "/" {
		return ".", true
	}
	p = strings.TrimSuffix(p, "/")
	if strings.ContainsAny(p, "\\\x00") || !fs.ValidPath(p) {
		return "", false
	}
	for segment := range strings.SplitSeq(p, "/") {
		if strings.HasPrefix(segment, ".") && !h.in.Dotfiles {
			return "", false
		}
	}
	return p, true
}

func (h *static) ServeHTTP(w nethttp.ResponseWriter, r *nethttp.Request) {
	// An escaped slash or backslash in a path is no name of a file.
	escaped := strings.ToLower(r.URL.EscapedPath())
	name, ok := h.name(r.PathValue("path"))
	if !ok || strings.Contains(escaped, "%2f") || strings.Contains(escaped, "%5c") {
		nethttp.NotFound(w, r)
		return
	}
	info, err := h.root.Stat(name)
	if err != nil {
		nethttp.NotFound(w, r)
		return
	}
	if !info.IsDir() {
		if strings.HasSuffix(r.URL.Path, "/") {
			nethttp.NotFound(w, r)
			return
		}
		h.file(w, r, name)
		return
	}
	if !strings.HasSuffix(r.URL.Path, "/") {
		to := url.URL{Path: path.Base(r.URL.Path) + "/", RawQuery: r.URL.RawQuery}
		w.Header().Set("Location", to.String())
		w.WriteHeader(nethttp.StatusMovedPermanently)
		return
	}
	index := path.Join(name, h.in.Index)
	if info, err := h.root.Stat(index); err == nil && h.in.Index != "" && info.Mode().IsRegular() {
		h.file(w, r, index)
		return
	}
	if !h.in.List {
		nethttp.NotFound(w, r)
		return
	}
	h.list(w, name)
}

func (h *static) file(w nethttp.ResponseWriter, r *nethttp.Request, name string) {
	// A pipe would block in open, so the kind is looked at before, and once
	// more on the open file.
	if info, err := h.root.Stat(name); err != nil || !info.Mode().IsRegular() {
		nethttp.NotFound(w, r)
		return
	}
	f, err := h.root.Open(name)
	if err != nil {
		nethttp.NotFound(w, r)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		nethttp.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", typeByName(name))
	serveContent(w, r, path.Base(name), info, f)
}

// serveContent answers with a file: ranges, conditions and HEAD included.
func serveContent(w nethttp.ResponseWriter, r *nethttp.Request, name string, info fs.FileInfo, content io.ReadSeeker) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if w.Header().Get("Etag") == "" {
		w.Header().Set("Etag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()))
	}
	nethttp.ServeContent(w, r, name, info.ModTime(), content)
}

const maxListed = 10000

func (h *static) list(w nethttp.ResponseWriter, name string) {
	dir, err := h.root.Open(name)
	if err != nil {
		nethttp.Error(w, "Not Found", nethttp.StatusNotFound)
		return
	}
	defer dir.Close()
	entries, err := dir.ReadDir(maxListed)
	if err != nil && err != io.EOF {
		nethttp.Error(w, "Internal Server Error", nethttp.StatusInternalServerError)
		return
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	var page strings.Builder
	page.WriteString("<!doctype html>\n<meta charset=\"utf-8\">\n<title>Files</title>\n<ul>\n")
	for _, entry := range entries {
		shown := entry.Name()
		if strings.HasPrefix(shown, ".") && !h.in.Dotfiles {
			continue
		}
		if entry.IsDir() {
			shown += "/"
		}
		link := url.URL{Path: shown}
		fmt.Fprintf(&page, "<li><a href=\"./%s\">%s</a></li>\n", html.EscapeString(link.EscapedPath()), html.EscapeString(shown))
	}
	page.WriteString("</ul>\n")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	io.WriteString(w, page.String())
}
