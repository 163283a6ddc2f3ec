package repl

import (
	"context"
	"errors"

	"github.com/gscript-lang/gscript/engine"
)

// Script runs a text that does not come from a person. One that is a script, and
// not just an expression, is run as one. Any other is taken as what a person would
// type: the values of expressions are printed, and the first failure ends it.
// Nothing is run of a text that has an error of syntax. Tasks are waited for.
func (r *REPL) Script(ctx context.Context, name, text string) error {
	c := r.compiler(name)
	whole := c.check(engine.Piece{Name: name, Source: text})
	if whole == nil && c.check(engine.Piece{Name: name, Source: prefix + text}) != nil {
		_, err := r.State.Run(ctx, name, text)
		return err
	}
	list, err := c.units(text)
	if err != nil && whole != nil && !errors.As(err, new(incomplete)) {
		return whole
	} else if err != nil {
		return err
	}
	for _, u := range list {
		if err := r.unit(ctx, u); err == errQuit {
			break
		} else if err != nil {
			return err
		}
	}
	return r.session.Settle(ctx)
}
