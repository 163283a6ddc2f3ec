package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/check"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/stdlib"
)

// checker is what the flags of check say.
type checker struct {
	json       bool
	errorsOnly bool
	stdinName  string
	options    check.Options
}

func newCheck() *cobra.Command {
	c := &checker{}
	cmd := &cobra.Command{
		Use:   "check [flags] file|directory|-…",
		Short: "Find mistakes in scripts without running them",
		Long: `Check scripts without running them: names that do not exist, calls of modules
that do not fit their declarations (members, options, counts and types of
arguments), local variables that nothing reads, code that is never reached. Of a
directory all *.lua files are checked; - is standard input.

A comment keeps a finding back:

  -- check: ignore unused-local      in this line, or from a line of its own in the next
  -- check: ignore-file              in the file; rules may follow
  -- check: globals name, other      names that are defined elsewhere

Exit codes: 0 nothing was found, 1 something was, 2 wrong usage.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	f.BoolVar(&c.json, "json", false, "print each finding as a line of JSON")
	f.BoolVar(&c.errorsOnly, "errors-only", false, "let warnings pass")
	f.StringVar(&c.stdinName, "stdin-name", "stdin.lua", "`path` of what - is in findings, and beside which it is checked")
	f.StringSliceVar(&c.options.Globals, "globals", nil, "`names` that are defined elsewhere")
	f.BoolVar(&c.options.ModuleGlobals, "module-globals", false, "take modules for globals, as one-liners have them")
	f.BoolVar(&c.options.Parameters, "unused-parameters", false, "report parameters that nothing reads, too")
	return cmd
}

func (c *checker) run(ctx context.Context, paths []string) error {
	if ctx == nil {
		ctx = context.Background()
	}
	piped := slices.Contains(paths, stdin)
	files, err := check.Files(slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return p == stdin }))
	if err != nil {
		return err
	}
	if c.options.Standard, err = standardNames(ctx); err != nil {
		return err
	}
	if c.options.Modules, err = declarations(); err != nil {
		return err
	}
	c.options.Library, c.options.Path = stdlib.Files, searchPath()
	checks := check.New(c.options)
	terminal := host.New(host.AllowAll()).Terminal
	count := map[check.Severity]int{}
	if piped {
		files = append(files, stdin)
	}
	for _, file := range files {
		found, err := c.check(checks, file)
		if err != nil {
			return err
		}
		for _, finding := range found {
			if c.errorsOnly && finding.Severity != check.Error {
				continue
			}
			count[finding.Severity]++
			if err := c.print(finding, terminal); err != nil {
				return err
			}
		}
	}
	if total := count[check.Error] + count[check.Warning]; total > 0 {
		if !c.json && terminal.IsTerminal(1) {
			fmt.Printf("%d errors, %d warnings in %d files\n", count[check.Error], count[check.Warning], len(files))
		}
		return exitError(exitScript)
	}
	return nil
}

// stdin is standard input among the paths.
const stdin = "-"

func (c *checker) check(checks *check.Checker, file string) ([]check.Finding, error) {
	if file != stdin {
		return checks.CheckFile(file)
	}
	source, err := io.ReadAll(os.Stdin)
	if err != nil {
		return nil, err
	}
	return checks.Check(c.stdinName, string(source)), nil
}

func (c *checker) print(f check.Finding, terminal host.Terminal) error {
	switch {
	case c.json:
		return f.JSON(os.Stdout)
	case terminal.IsTerminal(1):
		if err := f.Excerpt(os.Stdout, terminal.Color(1)); err != nil {
			return err
		}
		_, err := fmt.Println()
		return err
	}
	return f.Brief(os.Stdout)
}

// standardNames are the globals of a script before it requires anything.
func standardNames(ctx context.Context) (check.Names, error) {
	e := engine.New(engine.Options{Trusted: true})
	state := e.NewState(ctx)
	names, err := check.Standard(ctx, state)
	if cerr := state.Close(); err == nil {
		err = cerr
	}
	return names, err
}
