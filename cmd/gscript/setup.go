package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gscript-lang/gscript/engine/module"
)

// stubDir holds the definitions, beside the scripts that they serve.
const stubDir = ".gscript/types"

func newSetup() *cobra.Command {
	return &cobra.Command{
		Use:   "setup [directory]",
		Short: "Let your editor complete every module",
		Long: `Write definitions of all modules for lua-language-server into .gscript/types
and point .luarc.json to them. Any editor with that server then completes the
modules and shows their help. Settings that .luarc.json has already are kept.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			list, err := declarations()
			if err != nil {
				return err
			}
			if err := writeStubs(filepath.Join(dir, stubDir), list); err != nil {
				return err
			}
			config := filepath.Join(dir, ".luarc.json")
			if err := pointToStubs(config); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote %d definitions to %s and set %s\n", len(list)+1, filepath.Join(dir, stubDir), config)
			return err
		},
	}
}

func writeStubs(dir string, list []*module.Module) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "globals.lua"), []byte(module.GlobalsStub()), 0o644); err != nil {
		return err
	}
	for _, m := range list {
		if err := os.WriteFile(filepath.Join(dir, m.Name+".lua"), []byte(module.Stub(m)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pointToStubs adds the definitions to the settings of lua-language-server.
func pointToStubs(path string) error {
	settings := map[string]any{}
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		if err := json.Unmarshal(data, &settings); err != nil {
			return fmt.Errorf("%s is not plain JSON (%v); add %q to workspace.library in it yourself", path, err, stubDir)
		}
	}
	if settings["runtime.version"] == nil {
		settings["runtime.version"] = "Lua 5.1"
	}
	library, _ := settings["workspace.library"].([]any)
	if !slices.Contains(library, any(stubDir)) {
		settings["workspace.library"] = append(library, stubDir)
	}
	out, err := json.MarshalIndent(settings, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(out, '\n'), 0o644)
}
