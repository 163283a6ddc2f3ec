package calendar

import (
	"encoding/binary"
	"math"
	"strings"
	"time"
)

// Zone reads the value of TZ: a name of the zone database or the rules of
// POSIX, such as "CET-1CEST,M3.5.0,M10.5.0/3". What is neither is UTC, as in C.
func Zone(tz string) *time.Location {
	name := strings.TrimPrefix(tz, ":")
	if name == "/etc/localtime" {
		return time.Local
	}
	name = strings.TrimPrefix(name, "/usr/share/zoneinfo/")
	if name == "" || name == "Local" {
		return time.UTC
	}
	if loc, err := time.LoadLocation(name); err == nil {
		return loc
	}
	loc, err := time.LoadLocationFromTZData(name, ruled(name))
	if err != nil {
		return time.UTC
	}
	return loc
}

// ruled makes the file of a zone that follows the rules from the beginning of
// time. package time reads them, but only out of such a file; where it cannot,
// the zone is UTC.
func ruled(rules string) []byte {
	header := func(times, types, chars uint32) []byte {
		h := append([]byte("TZif2"), make([]byte, 15)...)
		for _, n := range []uint32{0, 0, 0, times, types, chars} {
			h = binary.BigEndian.AppendUint32(h, n)
		}
		return h
	}
	utc := append(make([]byte, 6), "UTC\x00"...) // offset, summer time, index of the name
	file := append(header(0, 1, 4), utc...)
	file = append(file, header(1, 1, 4)...)
	begin := int64(math.MinInt64 / 4)
	file = binary.BigEndian.AppendUint64(file, uint64(begin))
	file = append(append(file, 0), utc...)
	return append(file, "\n"+rules+"\n"...)
}
