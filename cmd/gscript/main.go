// Command gscript runs Lua automation scripts with the protocols inside.
package main

import "os"

func main() {
	os.Exit(gscript(os.Args[1:]))
}
