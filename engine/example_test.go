package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// Run a script and use what it returns.
func Example() {
	ctx := context.Background()
	state := engine.New(engine.Options{}).NewState(ctx)
	defer state.Close()

	results, err := state.Run(ctx, "greet.lua", `
		local name = ...
		print("hello, " .. name)
		return #name, {name=name, list={1, 2}}`, "world")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(results...)
	// Output:
	// hello, world
	// 5 [{name world} {list [1 2]}]
}

type account struct {
	Owner   string
	Balance int
}

func (a *account) Deposit(n int) { a.Balance += n }

// Give a script a Go function and a Go struct.
func ExampleState_Set() {
	ctx := context.Background()
	state := engine.New(engine.Options{}).NewState(ctx)
	defer state.Close()

	acc := &account{Owner: "ada"}
	state.Set("account", acc)
	state.Set("double", func(n int) int { return 2 * n })
	if _, err := state.Run(ctx, "bank.lua", `
		account:Deposit(double(21))
		print(account.Owner, account.Balance)`); err != nil {
		fmt.Println(err)
	}
	fmt.Println(acc.Balance)
	// Output:
	// ada	42
	// 42
}

// Call a function that a script defined.
func ExampleState_Call() {
	ctx := context.Background()
	state := engine.New(engine.Options{}).NewState(ctx)
	defer state.Close()

	if _, err := state.Run(ctx, "rules.lua", `
		rules = {}
		function rules.price(items, vip) return items * (vip and 8 or 10) end`); err != nil {
		fmt.Println(err)
		return
	}
	price, err := state.Call(ctx, "rules.price", 3, true)
	fmt.Println(price, err)
	// Output: [24] <nil>
}

// Grant one thing: everything else stays refused, and the refusal says how it
// would be allowed.
func ExampleOptions_permissions() {
	dir, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(dir)
	os.WriteFile(filepath.Join(dir, "data.txt"), []byte("42"), 0o600)

	var nothing host.Permissions
	e := engine.New(engine.Options{Dir: dir, Permissions: nothing.Allow(host.Read, dir)})
	ctx := context.Background()
	state := e.NewState(ctx)
	defer state.Close()
	_, err := state.Run(ctx, "read.lua", `
		print(io.open("data.txt"):read("*a"))
		io.open("data.txt", "w")`)
	fmt.Println(engine.KindOf(err))
	fmt.Println(strings.Contains(e.Report(err).Hint, "--allow-write="))
	// Output:
	// 42
	// permission.denied
	// true
}

// Stop a script at a deadline, wherever it is.
func ExampleState_Run_deadline() {
	state := engine.New(engine.Options{}).NewState(context.Background())
	defer state.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err := state.Run(ctx, "loop.lua", `while true do pcall(function() while true do end end) end`)
	fmt.Println(engine.KindOf(err), err)
	// Output: limit.deadline the deadline has passed
}

// Capture what a script prints.
func ExampleOptions_output() {
	var out bytes.Buffer
	ctx := context.Background()
	state := engine.New(engine.Options{Stdout: &out}).NewState(ctx)
	defer state.Close()

	state.Run(ctx, "print.lua", `print("captured") io.write("too")`)
	fmt.Printf("%q\n", out.String())
	// Output: "captured\ntoo"
}

type repeatIn struct {
	Text  string `lua:"text" doc:"what to say"`
	Times int    `lua:"times,opt" default:"2" doc:"how often"`
}

// Declare a module of your own. Argument checks, help, stubs and the reference
// come with the declaration.
func ExampleFn() {
	echo := &engine.Module{
		Name: "echo",
		Doc:  "Say things again.",
		Funcs: []*engine.Function{
			engine.Fn("again", "Say a text several times.", func(c *engine.Call, in repeatIn) (string, error) {
				return strings.Repeat(in.Text+"!", in.Times), nil
			}),
		},
	}
	e := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(echo)}})
	ctx := context.Background()
	state := e.NewState(ctx)
	defer state.Close()

	_, err := state.Run(ctx, "echo.lua", `
		local echo = require "echo"
		print(echo.again("hi", {times=3}))
		echo.again("hi", {tmies=3})`)
	report := e.Report(err)
	fmt.Println(report.Message)
	fmt.Println(report.Hint)
	// Output:
	// hi!hi!hi!
	// echo.again: unknown option 'tmies'
	// did you mean 'times'?
}
