package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gscript-lang/gscript/engine"
	testrunner "github.com/gscript-lang/gscript/modules/test/runner"
)

// plainWords says what is wrong with flags in words for people.
func plainWords(err error) error {
	var invalid *pflag.InvalidValueError
	var number *strconv.NumError
	if errors.As(err, &invalid) && errors.As(err, &number) {
		what := "a number"
		switch invalid.GetFlag().Value.Type() {
		case "int", "int64":
			what = "a whole number"
		}
		if errors.Is(number, strconv.ErrRange) {
			return fmt.Errorf("--%s takes a smaller number than %s", invalid.GetFlag().Name, invalid.GetValue())
		}
		return fmt.Errorf("--%s takes %s, not %q", invalid.GetFlag().Name, what, invalid.GetValue())
	}
	if group := regexp.MustCompile(`^if any flags in the group \[.*\] are set none of the others can be; \[(.*)\] were all set$`).FindStringSubmatch(err.Error()); group != nil {
		return fmt.Errorf("--%s cannot be given together", strings.Join(strings.Fields(group[1]), " and --"))
	}
	return err
}

// hintAtTests has the report of a file of tests that was run as a script say how
// it is run.
func hintAtTests(r *engine.Report) {
	lacks := strings.Contains(r.Message, "global 'test' (a nil value)") || strings.Contains(r.Message, "global 'check' (a nil value)")
	if lacks && strings.HasSuffix(r.File, "_test.lua") {
		r.Hint = "this is a file of tests: gscript test " + r.File
	}
}

// usageCode is the exit code of a command that was called wrongly.
func usageCode(cmd *cobra.Command) int {
	if name := cmd.Name(); name == "test" || name == "bench" {
		return testrunner.ExitUsage
	}
	return exitUsage
}

// bounded is a flag whose number has a least value.
type bounded struct {
	flag         string
	value, least int
}

// checkBounds refuses the first number that is too small.
func checkBounds(list ...bounded) error {
	for _, b := range list {
		if b.value < b.least {
			return fmt.Errorf("--%s takes a number from %d on, not %d", b.flag, b.least, b.value)
		}
	}
	return nil
}
