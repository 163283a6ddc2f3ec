//go:build !linux

package process_test

func actAsParent() bool { return false }
