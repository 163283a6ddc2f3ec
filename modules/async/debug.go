package async

import "github.com/gscript-lang/gscript/engine"

func debug(c *engine.Call, in debugIn) (engine.None, error) {
	if in.Slow <= 0 {
		return engine.None{}, engine.Invalid("slow must be more than 0; async.debug(false) ends the watch")
	}
	switch {
	case in.On != nil && !*in.On:
		c.WatchTasks(0)
	case in.On != nil || !in.Report:
		c.WatchTasks(in.Slow.Std())
	}
	if in.Report {
		c.ReportTasks()
	}
	return engine.None{}, nil
}
