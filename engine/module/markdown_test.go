package module_test

import (
	"testing"

	"github.com/gscript-lang/gscript/engine/module"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	first := module.Markdown(web())
	golden(t, "web.md", first)
	if module.Markdown(web()) != first {
		t.Error("two renderings differ")
	}
}
