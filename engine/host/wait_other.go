//go:build !linux

package host

// waitUnreaped is for systems where waiting without reaping is possible.
func waitUnreaped(int) (supported bool, err error) { return false, nil }
