// Package transfer is what ftp and sftp share: entries of a listing, files that
// arrive whole or not at all, and trees that cross names of the other side only
// after checking them.
package transfer

import (
	"context"
	"io"
	"time"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/meter"
)

// Entry is one file of a listing.
type Entry struct {
	Name   string    `lua:"name" doc:"name without directory"`
	Path   string    `lua:"path" doc:"path as walk found it"`
	Size   int64     `lua:"size" doc:"bytes"`
	Mtime  time.Time `lua:"mtime" doc:"time of the last change, in seconds since 1970"`
	Type   string    `lua:"type" enum:"file|dir|link|other" doc:"what it is"`
	Mode   string    `lua:"mode" doc:"permissions as in \"rw-r--r--\", where the server tells"`
	Target string    `lua:"target" doc:"where a link points"`
}

// Refusal is a name of the other side that was not taken.
type Refusal struct {
	Name   string `lua:"name" doc:"the name, quoted so that it is safe to print"`
	Reason string `lua:"reason" doc:"why it was refused"`
}

// Result is what a tree transfer did.
type Result struct {
	Files   int       `lua:"files" doc:"files transferred"`
	Bytes   int64     `lua:"bytes" doc:"bytes transferred"`
	Refused []Refusal `lua:"refused" doc:"names that were not taken, each with the reason"`
}

// Remote is the other side of a transfer. Paths are slash separated.
type Remote interface {
	List(ctx context.Context, dir string) ([]Entry, error)
	Stat(ctx context.Context, path string) (*Entry, error) // nil when there is none
	Mkdir(ctx context.Context, dir string) error           // no error when it exists
	// Fetch streams a file into w and returns its bytes; a file shorter than
	// announced is an error of kind transfer.incomplete.
	Fetch(ctx context.Context, path string, w io.Writer) (int64, error)
	// Store streams r, of size bytes (-1: unknown), into a file that has its
	// final name only when it is complete, where the protocol can do so.
	Store(ctx context.Context, path string, r io.Reader, size int64) (int64, error)
}

// Local is this side.
type Local struct {
	Files host.Files
	Meter *meter.Meter
}
