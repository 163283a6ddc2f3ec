// Package transfer is what ftp and sftp share: entries of a listing, files that
// arrive whole or not at all, and trees that cross names of the other side only
// after checking them.
package transfer

import (
	"context"
	"io"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/meter"
)

// ErrIncomplete is the kind of a transfer that ended before the file did.
var ErrIncomplete = engine.Kind("transfer.incomplete", "A transfer ended before the file did. Nothing stands under the final name; e.done and e.total count the bytes.")

// Incomplete makes the error for a transfer of done out of total bytes.
func Incomplete(name string, done, total int64) *engine.Error {
	e := engine.Errorf(ErrIncomplete, "only %d of %d bytes arrived", done, total)
	e.Target = name
	e.Hint = "the connection was cut or the file changed meanwhile; try again"
	e.Retryable = true
	e.Fields = map[string]any{"done": done, "total": total}
	return e
}

// Types of an Entry.
const (
	TypeFile  = "file"
	TypeDir   = "dir"
	TypeLink  = "link"
	TypeOther = "other"
)

// UnknownSize is the size of an entry when the other side does not tell it.
const UnknownSize = -1

// Entry is one file of a listing.
type Entry struct {
	Name   string    `lua:"name" doc:"name without directory, as the server gives it"`
	Path   string    `lua:"path" doc:"path with the directory that was asked for"`
	Size   int64     `lua:"size" doc:"bytes; -1 when the server does not tell"`
	Mtime  time.Time `lua:"mtime" doc:"time of the last change, in seconds since 1970; nil when the server does not tell"`
	Type   string    `lua:"type" enum:"file|dir|link|other" doc:"what it is"`
	Mode   string    `lua:"mode" doc:"permissions as in \"rw-r--r--\"; empty when the server does not tell"`
	Target string    `lua:"target" doc:"where a link points; empty for anything else"`
}

// Refusal is a name that was not taken.
type Refusal struct {
	Name   string `lua:"name" doc:"the path, quoted so that it is safe to print"`
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
	Stat(ctx context.Context, path string) (*Entry, error) // follows links; nil when there is none
	Mkdir(ctx context.Context, dir string) error           // no error when it exists
	// Fetch streams a file into w and returns its bytes.
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
