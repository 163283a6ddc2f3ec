package vm

import (
	"reflect"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestThreadLayout compares what thread.go believes of gopher-lua's memory with
// what is there.
func TestThreadLayout(t *testing.T) {
	t.Parallel()
	L := lua.NewState(lua.Options{SkipOpenLibs: true, MinimizeStackMemory: true, CallStackSize: maxFrames})
	defer L.Close()
	state := reflect.ValueOf(L).Elem()
	sameLayout(t, state.FieldByName("reg").Type().Elem(), reflect.TypeFor[registry]())
	stack := state.FieldByName("stack").Elem().Type().Elem()
	sameLayout(t, stack, reflect.TypeFor[frameStack]())
	segments, _ := stack.FieldByName("segments")
	segment := segments.Type.Elem().Elem()
	if segment.Size() != reflect.TypeFor[frameSegment]().Size() || segment.Field(0).Type.Len() != framesPerSegment {
		t.Errorf("a segment is %v", segment)
	}
	want := []string{
		"G", "Parent", "Env", "Panic", "Dead", "Options", "stop", "reg", "stack", "alloc", "currentFrame",
		"wrapped", "uvcache", "hasErrorFunc", "mainLoop", "ctx", "ctxCancelFn",
	}
	for i := range state.NumField() {
		if i >= len(want) || state.Type().Field(i).Name != want[i] {
			t.Errorf("field %d of LState is %s: see whether newThread has to give each thread its own", i, state.Type().Field(i).Name)
		}
	}
}

func sameLayout(t *testing.T, theirs, ours reflect.Type) {
	t.Helper()
	if theirs.Size() != ours.Size() || theirs.NumField() != ours.NumField() {
		t.Fatalf("%s has %d fields in %d bytes, ours %d in %d", theirs, theirs.NumField(), theirs.Size(), ours.NumField(), ours.Size())
	}
	for i := range theirs.NumField() {
		a, b := theirs.Field(i), ours.Field(i)
		if a.Name != b.Name || a.Offset != b.Offset || a.Type.Size() != b.Type.Size() {
			t.Errorf("field %d of %s is %s of %d bytes at %d, ours %s of %d at %d", i, theirs, a.Name, a.Type.Size(), a.Offset, b.Name, b.Type.Size(), b.Offset)
		}
	}
}
