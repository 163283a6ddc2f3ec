package shared

import "testing"

type name string

func (n name) String() string { return string(n) }

func TestOwnersThatWaitInACircle(t *testing.T) {
	t.Parallel()
	a, b, c := &Owner{Who: name("a")}, &Owner{Who: name("b")}, &Owner{Who: name("c")}
	la, lb, lc := &Held{Name: "la"}, &Held{Name: "lb"}, &Held{Name: "lc"}
	la.SetHolder(a)
	lb.SetHolder(b)
	lc.SetHolder(c)
	if a.WaitFor(lb) != nil || b.WaitFor(lc) != nil {
		t.Fatal("a circle of two links")
	}
	if circle := c.WaitFor(la); len(circle) != 3 || circle[2] != c || c.Waits() != nil || a.Waits() != lb {
		t.Errorf("the circle is %v", circle)
	}
	b.WaitFor(nil)
	if c.WaitFor(la) != nil || c.Waits() != la {
		t.Error("a circle that was opened")
	}
}

func TestEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		o    *Owner
		end  func(o *Owner)
	}{
		{"a task", &Owner{}, (*Owner).End},
		{"a task of a process", NewPeer("p").Owner(1), func(o *Owner) { o.Peer.End() }},
	} {
		var ran []int
		tt.o.OnEnd(func() { ran = append(ran, 1) })
		forget := tt.o.OnEnd(func() { ran = append(ran, 2) })
		forget()
		tt.end(tt.o)
		tt.end(tt.o)
		tt.o.OnEnd(func() { ran = append(ran, 3) })
		if len(ran) != 2 || ran[0] != 1 || ran[1] != 3 {
			t.Errorf("%s: ran %v", tt.name, ran)
		}
	}
}
