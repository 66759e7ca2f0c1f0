// Command gallery draws every page in every state to PNG files, light and dark,
// large and small, with no screen: to look at what a change did to the window.
// It opens no project.
package main

import (
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"attune/gui/parts"
)

func main() {
	folder := flag.String("to", "gallery", "folder for the pictures")
	only := flag.String("only", "", "draw only pictures whose name contains this")
	flag.Parse()
	if err := draw(*folder, *only); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

// look is a size and a colouring.
type look struct {
	name string
	size fyne.Size
	as   parts.Appearance
}

// looks are the two sizes that the window must be good at: a usual one, and the
// smallest; the rail and the header take 176 and 44 of them.
var looks = []look{
	{"light", fyne.NewSize(1280-176, 800-72), parts.Light},
	{"dark", fyne.NewSize(1280-176, 800-72), parts.Dark},
	{"small", fyne.NewSize(1024-176, 700-72), parts.Light},
}

func draw(folder, only string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	app := test.NewApp()
	defer app.Quit()
	for _, look := range looks {
		app.Settings().SetTheme(parts.Theme{Appearance: look.as})
		waiting := &later{}
		for _, picture := range pictures(waiting.place()) {
			name := picture.name + "-" + look.name + ".png"
			if !strings.Contains(name, only) {
				continue
			}
			if err := save(filepath.Join(folder, name), picture.draw(), look.size, waiting); err != nil {
				return err
			}
			fmt.Println(name)
		}
	}
	return nil
}

func save(path string, content fyne.CanvasObject, size fyne.Size, waiting *later) error {
	window := test.NewWindow(container.NewStack(canvas.NewRectangle(parts.Color(theme.ColorNameBackground)), content))
	defer window.Close()
	window.SetPadded(false)
	window.Resize(size)
	for first := true; first || len(waiting.draws) > 0; first = false {
		waiting.settle()
		window.Canvas().Capture() // rows are sent for when they come into sight
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := png.Encode(file, software.RenderCanvas(window.Canvas(), fyne.CurrentApp().Settings().Theme())); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
