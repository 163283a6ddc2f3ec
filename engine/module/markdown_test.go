package module_test

import (
	"testing"

	"github.com/gscript-lang/gscript/engine/module"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	golden(t, "web.md", module.Markdown(web()))
	if module.Markdown(web()) != module.Markdown(web()) {
		t.Error("two renderings differ")
	}
}
