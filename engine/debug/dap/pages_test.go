package dap

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// The examples of docs/debugging.md are such as the server takes.
func TestExamplesOfTheDocs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/debugging.md")
	if err != nil {
		t.Fatal(err)
	}
	var extension struct {
		Contributes struct {
			Debuggers []struct {
				ConfigurationAttributes struct {
					Launch struct{ Properties map[string]any }
				}
			}
		}
	}
	var launch struct{ Configurations []json.RawMessage }
	blocks := strings.Split(string(text), "```json\n")
	if len(blocks) != 3 {
		t.Fatalf("%d blocks of JSON", len(blocks)-1)
	}
	for i, into := range []any{&extension, &launch} {
		block, _, _ := strings.Cut(blocks[i+1], "```")
		if err := json.Unmarshal([]byte(block), into); err != nil {
			t.Fatal(err)
		}
	}
	var offered []string
	for name := range extension.Contributes.Debuggers[0].ConfigurationAttributes.Launch.Properties {
		offered = append(offered, name)
	}
	slices.Sort(offered)
	if want := slices.Sorted(slices.Values(launchKeys)); !slices.Equal(offered, want) {
		t.Errorf("the extension offers %q, the server takes %q", offered, want)
	}
	if len(launch.Configurations) < 4 {
		t.Errorf("%d configurations", len(launch.Configurations))
	}
	for _, c := range launch.Configurations {
		if _, note, err := readArguments(c); note != "" || err != nil {
			t.Errorf("%s\n%s %v", c, note, err)
		}
	}
	for _, key := range launchKeys {
		if !strings.Contains(string(text), "| `"+key+"` |") {
			t.Errorf("the page does not explain %s", key)
		}
	}
}
