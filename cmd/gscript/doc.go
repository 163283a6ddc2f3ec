package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/stdlib"
)

func newDoc() *cobra.Command {
	var dir string
	doc := &cobra.Command{
		Use:   "doc [module[.function]]",
		Short: "Read the help of a module, a function or a type",
		Example: `  gscript doc               all modules
  gscript doc http          one module
  gscript doc http.get      one function
  gscript doc ssh.Client    one type`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, _ []string, text string) ([]string, cobra.ShellCompDirective) {
			list, err := declarations()
			if err != nil {
				return nil, cobra.ShellCompDirectiveError
			}
			var words []string
			for _, c := range module.Complete(list, text) {
				words = append(words, c.Name+"\t"+c.Summary)
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := declarations()
			if err != nil {
				return err
			}
			if dir != "" {
				return writePages(dir, list)
			}
			style := terminalStyle()
			if len(args) == 0 {
				return module.Index(cmd.OutOrStdout(), list, style)
			}
			name, member, _ := strings.Cut(args[0], ".")
			for _, m := range list {
				if m.Name == name {
					return module.Help(cmd.OutOrStdout(), m, member, style)
				}
			}
			return unknownModule(name, list)
		},
	}
	doc.Flags().StringVar(&dir, "markdown", "", "write the reference as Markdown pages into this `directory`")
	return doc
}

// declarations lists all modules, those written in Lua too.
func declarations() ([]*module.Module, error) {
	var list []*module.Module
	for _, entry := range modules.All() {
		list = append(list, entry.Declare())
	}
	lua, err := stdlib.Declarations()
	return append(list, lua...), err
}

func terminalStyle() module.Style {
	terminal := host.New(host.AllowAll()).Terminal
	style := module.Style{Color: terminal.Color(1), Width: 80}
	if w := terminal.Width(); terminal.IsTerminal(1) && w > 0 {
		style.Width = min(w, 100)
	}
	return style
}

func unknownModule(name string, list []*module.Module) error {
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = m.Name
	}
	return fmt.Errorf("there is no module '%s'%s", name, didYouMean(name, names))
}

// writePages writes a page a module and an index.
func writePages(dir string, list []*module.Module) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var index strings.Builder
	index.WriteString("# Reference\n\n| module | what it is for |\n| --- | --- |\n")
	for _, m := range list {
		fmt.Fprintf(&index, "| [%s](%s.md) | %s |\n", m.Name, m.Name, module.Summary(m.Doc))
		if err := os.WriteFile(filepath.Join(dir, m.Name+".md"), []byte(module.Markdown(m)), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "README.md"), []byte(index.String()), 0o644)
}
