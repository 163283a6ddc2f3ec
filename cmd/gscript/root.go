package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gscript-lang/gscript/engine"
)

// gscript runs the command line and returns the exit code.
func gscript(args []string, processes engine.Processes) int {
	root := newRoot(processes)
	root.SetArgs(args)
	cmd, err := root.ExecuteC()
	if err == nil {
		return exitOK
	}
	var code exitError
	if errors.As(err, &code) {
		return int(code)
	}
	if lost := lostOutput(err); lost != nil {
		if !silent(lost) {
			fmt.Fprintln(os.Stderr, "gscript:", lost)
		}
		return exitCode(lost)
	}
	fmt.Fprintf(os.Stderr, "gscript: %v\n", plainWords(err))
	hint := flagHint(cmd, err)
	if e := engine.Classify(err); e.Hint != "" {
		hint = e.Hint
	}
	if hint != "" {
		fmt.Fprintln(os.Stderr, hint)
	}
	fmt.Fprintf(os.Stderr, "see '%s --help'\n", cmd.CommandPath())
	return usageCode(cmd)
}

// flagHint suggests the flag that a mistyped one means.
func flagHint(cmd *cobra.Command, err error) string {
	word, ok := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !ok {
		return ""
	}
	var names []string
	cmd.Flags().VisitAll(func(f *flag) { names = append(names, f.Name) })
	if near := engine.Suggest(word, names); near != "" {
		return fmt.Sprintf("did you mean --%s?", near)
	}
	return ""
}

// didYouMean ends a message with the word that was probably meant.
func didYouMean(word string, words []string) string {
	if near := engine.Suggest(word, words); near != "" {
		return fmt.Sprintf("; did you mean '%s'?", near)
	}
	return ""
}

func newRoot(processes engine.Processes) *cobra.Command {
	r := &runner{processes: processes}
	root := &cobra.Command{
		Use:   "gscript [flags] script.lua [arguments…]",
		Short: "Run Lua automation scripts with the protocols inside",
		Long: `gscript runs Lua scripts that speak HTTP, FTP, SSH and mail, run programs,
work in parallel, and explain their failures. One file, nothing to install.

  gscript                     try things out at a prompt
  gscript script.lua a b      run a script with arguments
  gscript -e 'print(1 + 1)'   run a line; all modules are at hand
  gscript -m package a b      run the main.lua of a package
  gscript -                   run a script from standard input
  gscript doc http.get        read the help of a function
  gscript setup               let your editor complete every module`,
		Args:              cobra.ArbitraryArgs,
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
		RunE: func(cmd *cobra.Command, args []string) error {
			given, err := r.given(cmd, args)
			if err != nil {
				return err
			}
			if !given {
				if r.isolate || r.trace != "" {
					return errors.New("--isolate and --trace need a script")
				}
				return r.prompt(cmd.Context())
			}
			return r.run(cmd.Context(), args)
		},
	}
	r.flags(root)
	root.PersistentFlags().BoolVarP(&r.quiet, "quiet", "q", false, "print errors only: no progress, no warnings")
	root.PersistentFlags().BoolVarP(&r.verbose, "verbose", "v", false, "log in detail what is done")
	root.MarkFlagsMutuallyExclusive("quiet", "verbose")
	root.AddCommand(newRun(r), newCheck(), newDebug(r), newDoc(), newREPL(r), newSetup(), newBench(r), newTest(r), newVersion())
	for _, c := range root.Commands() {
		r.commands = append(r.commands, c.Name())
	}
	return root
}
