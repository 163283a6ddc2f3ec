package oslib

import (
	"math"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/calendar"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// zone is the location of the script's clock, read from TZ when that changes.
type zone struct {
	tz  string
	loc *time.Location
}

// local is the location that TZ names for the script, or the process's.
func (l *library) local() *time.Location {
	tz, ok, err := l.host.Environment.Lookup("TZ")
	if err != nil || !ok {
		return time.Local
	}
	if l.zone.loc == nil || l.zone.tz != tz {
		l.zone = zone{tz, calendar.Zone(tz)}
	}
	return l.zone.loc
}

func difftime(L *lua.LState) int {
	L.Push(lua.LNumber(arg.Number(L, 1) - arg.OptNumber(L, 2, 0)))
	return 1
}

func (l *library) time(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		L.Push(lua.LNumber(l.host.Clock.Now().Unix()))
		return 1
	}
	t := arg.Table(L, 1)
	f := calendar.Fields{
		Sec:   field(L, t, "sec", 0),
		Min:   field(L, t, "min", 0),
		Hour:  field(L, t, "hour", 12),
		Day:   field(L, t, "day", required),
		Month: field(L, t, "month", required),
		Year:  field(L, t, "year", required),
	}
	if v := L.GetField(t, "isdst"); v != lua.LNil {
		dst := lua.LVAsBool(v)
		f.DST = &dst
	}
	if unix, ok := calendar.Unix(f, l.local()); ok {
		L.Push(lua.LNumber(unix))
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

const required = math.MinInt

func field(L *lua.LState, t *lua.LTable, name string, def int) int {
	if f, ok := arg.ToNumber(L.GetField(t, name)); ok {
		return arg.ToInt(f)
	}
	if def == required {
		arg.Raise(L, "field '%s' missing in date table", name)
	}
	return def
}

func (l *library) date(L *lua.LState) int {
	layout := arg.OptString(L, 1, "%c")
	at := l.host.Clock.Now()
	if L.Get(2) != lua.LNil {
		f := arg.Number(L, 2)
		unix := int64(arg.ToInt(f))
		if math.IsNaN(f) || !calendar.InRange(unix) {
			L.Push(lua.LNil)
			return 1
		}
		at = time.Unix(unix, 0)
	}
	if rest, utc := strings.CutPrefix(layout, "!"); utc {
		layout, at = rest, at.In(calendar.UTC)
	} else {
		at = at.In(l.local())
	}
	if layout == "*t" {
		L.Push(table(L, at))
		return 1
	}
	text, err := calendar.Format(layout, at, func(turns, size int) {
		vm.Spend(L, turns)
		vm.FitString(L, size)
	})
	if err != nil {
		arg.Error(L, 1, err.Error())
	}
	L.Push(lua.LString(text))
	return 1
}

func table(L *lua.LState, at time.Time) *lua.LTable {
	year, month, day := at.Date()
	hour, minute, second := at.Clock()
	t := L.CreateTable(0, 9)
	for name, n := range map[string]int{
		"sec": second, "min": minute, "hour": hour, "day": day, "month": int(month), "year": year,
		"wday": int(at.Weekday()) + 1, "yday": at.YearDay(),
	} {
		t.RawSetString(name, lua.LNumber(n))
	}
	t.RawSetString("isdst", lua.LBool(at.IsDST()))
	return t
}
