package main_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"attune/assets"
	"attune/projects"
	"attune/projects/run"
)

// TestWindow starts the real application on a screen of its own, drops a file on
// it as a file manager would, and clicks and types its way to a model that
// answers. What the user did is checked in the project on the disk; screenshots
// are kept in the folder that ATTUNE_SCREENSHOTS names.
func TestWindow(t *testing.T) {
	s := newScreen(t)
	a := start(t, s)
	s.app = a
	s.until(t, "the window is open", func() bool { return s.do("search", "--name", "^Attune$") == nil })
	s.until(t, "the home page is drawn", func() bool { return s.count(white, s.bounds()) > 50_000 })
	s.keep(t, "1-home")

	tickets := filepath.Join(t.TempDir(), "Tickets für März.csv")
	if err := os.WriteFile(tickets, assets.SampleTickets(), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := dropFiles(s.display, "Attune", [2]int{640, 400}, tickets); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(a.home, "Attune", "Tickets für März.attune")
	s.until(t, "a project is named after the file", func() bool { _, err := os.Stat(dir); return err == nil })
	s.until(t, "the preview offers to import", s.primary().shown)
	s.keep(t, "2-preview")

	p := open(t, dir)
	s.primary().click(t)
	s.until(t, "the rows are imported and split", func() bool { reason, err := p.Ready(t.Context()); return err == nil && reason == "" })
	time.Sleep(time.Second) // for the picture alone
	s.keep(t, "3-imported")
	s.key(t, "ctrl+3") // Data
	time.Sleep(time.Second)
	s.keep(t, "4-data")

	s.key(t, "ctrl+7") // Train
	s.until(t, "a training can start", s.primary().shown)
	fineTune := s.primary()
	fineTune.click(t)
	s.until(t, "the model was checked four times", func() bool {
		curve, err := p.Curve(t.Context(), 1)
		return err == nil && len(curve.Evaluations) >= 4
	})
	s.keep(t, "5-training")
	fineTune.click(t) // where Fine-tune was, Stop is now
	s.until(t, "the training has stopped and kept a model", func() bool {
		info, err := p.Run(t.Context(), 1)
		return err == nil && info.Status == run.Stopped && info.Model != ""
	})
	time.Sleep(time.Second)
	s.keep(t, "6-trained")

	s.key(t, "ctrl+9")          // Try it
	time.Sleep(2 * time.Second) // the model is opened; what is typed before is kept
	if err := s.do("type", "--delay", "30", "Where is my parcel? It was due yesterday."); err != nil {
		t.Fatal(err)
	}
	answer := image.Rect(760, 240, 1260, 700)
	s.until(t, "the answer's bar is drawn", func() bool { return s.count(accent, answer) > 300 })
	s.keep(t, "7-try-it")
	s.key(t, "ctrl+8") // Results
	s.until(t, "the tables of the results are drawn", func() bool {
		return s.count(accent, answer) == 0 && s.count(white, image.Rect(220, 300, 700, 500)) > 50_000
	})
	time.Sleep(time.Second)
	s.keep(t, "8-results")

	s.key(t, "ctrl+q")
	a.ends(t)
	if log := a.log.String(); strings.Contains(log, "*** Error in Fyne call thread") {
		t.Errorf("the window was drawn from the wrong thread:\n%s", log)
	}
}

// TestNoScreen starts the application where there is no screen.
func TestNoScreen(t *testing.T) {
	c := exec.Command(build(t))
	c.Env = []string{"HOME=" + t.TempDir(), "LANG=en_US.UTF-8"}
	out, err := c.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "attunectl") || strings.Contains(string(out), "panic") {
		t.Errorf("without a screen: %v\n%s", err, out)
	}
}

// The colours by which the test finds its way, as the light theme has them.
var (
	accent = color.RGBA{0x2f, 0x5b, 0xd0, 0xff}
	white  = color.RGBA{0xff, 0xff, 0xff, 0xff}
	tint   = color.RGBA{0xea, 0xf0, 0xfd, 0xff}
)

// build compiles the application.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "attune")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// application is a running Attune, at home in a folder of the test's own.
type application struct {
	home  string
	log   *syncBuffer
	ended chan error
}

func start(t *testing.T, s *screen) *application {
	t.Helper()
	a := &application{home: t.TempDir(), log: &syncBuffer{}, ended: make(chan error, 1)}
	for _, dir := range []string{".cache", ".config"} {
		if err := os.Mkdir(filepath.Join(a.home, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(build(t))
	c.Env = append(os.Environ(), "HOME="+a.home, "XDG_CONFIG_HOME="+filepath.Join(a.home, ".config"), "XDG_CACHE_HOME="+filepath.Join(a.home, ".cache"),
		"DISPLAY="+s.display, "WAYLAND_DISPLAY=", "LANG=en_US.UTF-8", "FYNE_THEME=light", "FYNE_SCALE=1")
	c.Stdout, c.Stderr = a.log, a.log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { a.ended <- c.Wait() }()
	t.Cleanup(func() {
		c.Process.Kill()
		if t.Failed() {
			t.Log(a.log.String())
		}
	})
	return a
}

// ends waits for the application to end by itself.
func (a *application) ends(t *testing.T) {
	t.Helper()
	select {
	case err := <-a.ended:
		if err != nil {
			t.Errorf("the application ended with %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("the application does not end when it is told to quit")
	}
}

// open reads a project while the window has it, as attunectl would.
func open(t *testing.T, dir string) *projects.Project {
	t.Helper()
	p, err := projects.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// screen is an X server that draws into memory.
type screen struct {
	display string
	x       *xgb.Conn
	app     *application // that is waited for
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	for _, tool := range []string{"Xvfb", "xdotool"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed, so there is no screen to test the window on: install the packages xvfb and xdotool", tool)
		}
	}
	xgb.Logger = log.New(io.Discard, "", 0) // it tells of every connection that ends
	number, tell, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x832x24", "-nolisten", "tcp")
	server.ExtraFiles = []*os.File{tell}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Process.Kill(); server.Wait() })
	tell.Close()
	text, err := io.ReadAll(io.LimitReader(number, 8))
	number.Close()
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{display: ":" + strings.TrimSpace(string(text))}
	if s.x, err = xgb.NewConnDisplay(s.display); err != nil {
		t.Fatalf("connect to Xvfb at %q: %v", s.display, err)
	}
	t.Cleanup(s.x.Close)
	return s
}

// do runs xdotool.
func (s *screen) do(args ...string) error {
	c := exec.Command("xdotool", args...)
	c.Env = append(os.Environ(), "DISPLAY="+s.display)
	return c.Run()
}

func (s *screen) key(t *testing.T, key string) {
	t.Helper()
	if err := s.do("key", key); err != nil {
		t.Fatalf("press %s: %v", key, err)
	}
}

func (s *screen) bounds() image.Rectangle { return image.Rect(0, 0, 1280, 800) }

// picture gives what is on the screen.
func (s *screen) picture() (*image.RGBA, error) {
	root := xproto.Setup(s.x).DefaultScreen(s.x).Root
	b := s.bounds()
	reply, err := xproto.GetImage(s.x, xproto.ImageFormatZPixmap, xproto.Drawable(root), 0, 0, uint16(b.Dx()), uint16(b.Dy()), 0xffffffff).Reply()
	if err != nil {
		return nil, err
	}
	img := image.NewRGBA(b)
	for i := 0; i+3 < len(reply.Data) && i+3 < len(img.Pix); i += 4 { // blue, green, red, unused
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = reply.Data[i+2], reply.Data[i+1], reply.Data[i], 0xff
	}
	return img, nil
}

// keep writes a screenshot.
func (s *screen) keep(t *testing.T, name string) {
	t.Helper()
	folder := os.Getenv("ATTUNE_SCREENSHOTS")
	if folder == "" {
		folder = t.TempDir()
	}
	img, err := s.picture()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// count counts the pixels of a colour.
func (s *screen) count(c color.RGBA, in image.Rectangle) int {
	n, _ := s.find(c, in)
	return n
}

// find counts the pixels of a colour and gives the rectangle around them.
func (s *screen) find(c color.RGBA, in image.Rectangle) (n int, around image.Rectangle) {
	img, err := s.picture()
	if err != nil {
		return 0, image.Rectangle{}
	}
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			if img.RGBAAt(x, y) == c {
				n++
				around = around.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return n, around
}

// primaryButton is the one button of a page in the accent colour, at the upper
// right.
type primaryButton struct {
	s  *screen
	at *image.Rectangle
}

func (s *screen) primary() primaryButton {
	b := primaryButton{s, &image.Rectangle{}}
	b.shown()
	return b
}

func (b primaryButton) shown() bool {
	n, around := b.s.find(accent, image.Rect(900, 75, 1280, 140))
	*b.at = around
	return n > 1000
}

func (b primaryButton) click(t *testing.T) {
	t.Helper()
	if b.at.Empty() {
		t.Fatal("there is no primary button to click")
	}
	b.s.click(t, *b.at)
}

// click clicks into the middle of a rectangle, and moves the mouse out of the way.
func (s *screen) click(t *testing.T, at image.Rectangle) {
	t.Helper()
	x, y := (at.Min.X+at.Max.X)/2, (at.Min.Y+at.Max.Y)/2
	if err := s.do("mousemove", fmt.Sprint(x), fmt.Sprint(y), "sleep", "0.1", "click", "1", "sleep", "0.1", "mousemove", fmt.Sprint(x), "790"); err != nil {
		t.Fatalf("click: %v", err)
	}
}

func (s *screen) until(t *testing.T, what string, true func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if true() {
			return
		}
		if len(s.app.ended) > 0 {
			t.Fatalf("the application ended with %v before %s", <-s.app.ended, what)
		}
	}
	s.keep(t, "waiting")
	t.Fatalf("waited in vain until %s", what)
}

// syncBuffer may be read while a process writes into it.
type syncBuffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.String()
}
