package hostcall

// foreignNumbers says that syscall.Errno does not hold C's numbers.
const foreignNumbers = true

func signalNumber(string) int { return 0 }

// Status is what C's system() returns: the exit code.
func Status(_ string, code int) int { return code }
