//go:build !linux

package host

import "errors"

// NewMemory makes memory that other processes can open: not on this system.
func NewMemory(int) (*Memory, error) { return nil, errors.ErrUnsupported }

// OpenMemory opens memory that another process made.
func OpenMemory(_, _, _ int) (*Memory, error) { return nil, errors.ErrUnsupported }
