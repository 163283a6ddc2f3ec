package host

import "golang.org/x/sys/unix"

// waitUnreaped waits for the end of a process and leaves its status to be
// taken.
func waitUnreaped(pid int) (supported bool, err error) {
	for {
		err = unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err != unix.ENOSYS, err
		}
	}
}
