package check

// Severity says how bad a finding is.
type Severity string

const (
	// Error is what fails when the line runs, or reads what is not there.
	Error Severity = "error"
	// Warning is what runs, but hardly as its author meant it.
	Warning Severity = "warning"
)

// Rule is a kind of finding. Its name is stable.
type Rule struct {
	Name string
	Doc  string
}

// The names of the rules.
const (
	ruleSyntax      = "syntax"
	ruleGlobal      = "undefined-global"
	ruleSetGlobal   = "global-assignment"
	ruleModule      = "unknown-module"
	ruleMember      = "unknown-member"
	ruleReadOnly    = "read-only"
	ruleNotCallable = "not-callable"
	ruleMethodCall  = "method-call"
	ruleOption      = "unknown-option"
	ruleMissing     = "missing-argument"
	ruleExtra       = "extra-argument"
	ruleType        = "argument-type"
	ruleValue       = "argument-value"
	ruleFormat      = "string-format"
	ruleUnused      = "unused-local"
	ruleUnusedParam = "unused-parameter"
	ruleUnusedLabel = "unused-label"
	ruleShadow      = "shadowed-local"
	ruleUnreachable = "unreachable-code"
	ruleDuplicate   = "duplicate-key"
	ruleRedefined   = "redefined-function"
	ruleComparison  = "comparison"
	ruleTypeName    = "type-name"
	ruleSelfAssign  = "self-assignment"
	ruleUnbalanced  = "unbalanced-assignment"
	ruleDirective   = "bad-directive"
	ruleTooMany     = "too-many-findings"
)

// Rules lists all rules.
func Rules() []Rule {
	return []Rule{
		{ruleSyntax, "the file does not compile"},
		{ruleGlobal, "a global variable that nothing defines"},
		{ruleSetGlobal, "a global variable is set that was hardly meant to be one"},
		{ruleModule, "require of a module that is not there"},
		{ruleMember, "a module, a library or a value has no such member"},
		{ruleReadOnly, "a member of a module or of a handle is assigned"},
		{ruleNotCallable, "a module or another value that is no function is called"},
		{ruleMethodCall, "a method is called with a dot, or a function with a colon"},
		{ruleOption, "an option that the function does not have"},
		{ruleMissing, "an argument that must be given is not"},
		{ruleExtra, "more arguments than the function takes"},
		{ruleType, "an argument of the wrong type"},
		{ruleValue, "an argument that is not one of the values that the function takes"},
		{ruleFormat, "a format that string.format refuses, or one without enough values"},
		{ruleUnused, "a local variable that nothing reads"},
		{ruleUnusedParam, "a parameter that nothing reads; only when asked for"},
		{ruleUnusedLabel, "a label that no goto names"},
		{ruleShadow, "a local variable hides another one of the same function"},
		{ruleUnreachable, "code that is never reached"},
		{ruleDuplicate, "a key that a table constructor gives twice"},
		{ruleRedefined, "a function is defined again before anything can have called it"},
		{ruleComparison, "a comparison that compares something else than it seems to"},
		{ruleTypeName, "type(x) is compared with what is no name of a type"},
		{ruleSelfAssign, "a variable is assigned to itself"},
		{ruleUnbalanced, "an assignment with more values than variables, or the other way round"},
		{ruleDirective, "a comment for gscript check that it does not understand"},
		{ruleTooMany, "the file has more findings than are shown"},
	}
}
