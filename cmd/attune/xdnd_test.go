package main_test

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// dropper drops files on a window as a file manager does, by the XDND protocol
// (freedesktop.org, "Drag-and-Drop Protocol for the X Window System", version 5).
type dropper struct {
	x      *xgb.Conn
	root   xproto.Window
	source xproto.Window
	target xproto.Window
	files  []byte // as text/uri-list
}

// dropFiles drops files on the window with that title, at a place inside it, and
// returns when the window has taken them.
func dropFiles(display, title string, at [2]int, files ...string) error {
	x, err := xgb.NewConnDisplay(display)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", display, err)
	}
	defer x.Close()
	d := &dropper{x: x, root: xproto.Setup(x).DefaultScreen(x).Root}
	for _, f := range files {
		d.files = append(d.files, (&url.URL{Scheme: "file", Path: f}).String()+"\r\n"...)
	}
	if d.target, err = d.find(d.root, title); err != nil {
		return err
	}
	if d.target == 0 {
		return fmt.Errorf("no window called %s accepts drops", title)
	}
	if err := d.take(); err != nil {
		return err
	}
	return d.drop(at)
}

func (d *dropper) atom(name string) xproto.Atom {
	reply, err := xproto.InternAtom(d.x, false, uint16(len(name)), name).Reply()
	if err != nil {
		return xproto.AtomNone
	}
	return reply.Atom
}

func (d *dropper) property(w xproto.Window, name string) []byte {
	reply, err := xproto.GetProperty(d.x, false, w, d.atom(name), xproto.GetPropertyTypeAny, 0, 1024).Reply()
	if err != nil {
		return nil
	}
	return reply.Value
}

// find looks for a window that is XdndAware and whose title contains title.
func (d *dropper) find(w xproto.Window, title string) (xproto.Window, error) {
	if d.property(w, "XdndAware") != nil && strings.Contains(string(d.property(w, "WM_NAME"))+string(d.property(w, "_NET_WM_NAME")), title) {
		return w, nil
	}
	tree, err := xproto.QueryTree(d.x, w).Reply()
	if err != nil {
		return 0, err
	}
	for _, child := range tree.Children {
		if found, err := d.find(child, title); found != 0 || err != nil {
			return found, err
		}
	}
	return 0, nil
}

// take makes a window of our own and gives it the selection of the drag.
func (d *dropper) take() error {
	id, err := xproto.NewWindowId(d.x)
	if err != nil {
		return err
	}
	d.source = id
	if err := xproto.CreateWindowChecked(d.x, 0, id, d.root, 0, 0, 1, 1, 0, xproto.WindowClassInputOutput, 0, 0, nil).Check(); err != nil {
		return err
	}
	return xproto.SetSelectionOwnerChecked(d.x, id, d.atom("XdndSelection"), xproto.TimeCurrentTime).Check()
}

func (d *dropper) send(kind string, data ...uint32) {
	e := xproto.ClientMessageEvent{Format: 32, Window: d.target, Type: d.atom(kind),
		Data: xproto.ClientMessageDataUnionData32New(append(data, make([]uint32, 5-len(data))...))}
	xproto.SendEvent(d.x, false, d.target, xproto.EventMaskNoEvent, string(e.Bytes()))
}

// drop enters the window, moves to the place, lets go when the window is willing,
// and serves the files until it has finished.
func (d *dropper) drop(at [2]int) error {
	place, err := xproto.TranslateCoordinates(d.x, d.target, d.root, int16(at[0]), int16(at[1])).Reply()
	if err != nil {
		return err
	}
	source := uint32(d.source)
	d.send("XdndEnter", source, 5<<24, uint32(d.atom("text/uri-list")))
	d.send("XdndPosition", source, 0, uint32(place.DstX)<<16|uint32(place.DstY), 0, uint32(d.atom("XdndActionCopy")))
	dropped := false
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		event, err := d.x.PollForEvent()
		if err != nil {
			return fmt.Errorf("drop: %v", err)
		}
		switch e := event.(type) {
		case nil:
			time.Sleep(10 * time.Millisecond)
		case xproto.ClientMessageEvent:
			switch e.Type {
			case d.atom("XdndStatus"):
				if e.Data.Data32[1]&1 == 0 {
					return fmt.Errorf("the window refuses the drop")
				}
				if !dropped {
					d.send("XdndDrop", source)
					dropped = true
				}
			case d.atom("XdndFinished"):
				return nil
			}
		case xproto.SelectionRequestEvent:
			d.serve(e)
		}
	}
	return fmt.Errorf("the window never finished the drop (let go: %t)", dropped)
}

// serve hands over the list of files.
func (d *dropper) serve(e xproto.SelectionRequestEvent) {
	xproto.ChangeProperty(d.x, xproto.PropModeReplace, e.Requestor, e.Property, e.Target, 8, uint32(len(d.files)), d.files)
	answer := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target, Property: e.Property}
	xproto.SendEvent(d.x, false, e.Requestor, xproto.EventMaskNoEvent, string(answer.Bytes()))
}
