package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"attune/gui/parts"
)

// menu gives the window's menus. Their shortcuts work on every page, also while
// a text is being typed.
func (w *Window) menu() *fyne.MainMenu {
	file := fyne.NewMenu("File",
		item("New project", fyne.KeyN, func() { w.GoTo(Home); w.window.Canvas().Focus(w.home.Name()) }),
		item("Open a file", fyne.KeyO, w.browse),
		fyne.NewMenuItemSeparator(),
		item("Quit", fyne.KeyQ, w.Close))
	file.Items[3].IsQuit = true
	edit := fyne.NewMenu("Edit", fyne.NewMenuItem("Undo", w.undo), fyne.NewMenuItem("Redo", w.redo))
	help := fyne.NewMenu("Help", fyne.NewMenuItem("Help and about", func() { w.GoTo(Help) }))
	help.Items[0].Shortcut = &desktop.CustomShortcut{KeyName: fyne.KeyF1}
	return fyne.NewMainMenu(file, edit, w.goMenu(), w.viewMenu(), help)
}

func item(name string, key fyne.KeyName, do func()) *fyne.MenuItem {
	i := fyne.NewMenuItem(name, do)
	i.Shortcut = &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
	return i
}

func (w *Window) goMenu() *fyne.Menu {
	keys := []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9, fyne.Key0}
	menu := fyne.NewMenu("Go")
	for p := Home; p < Help; p++ {
		menu.Items = append(menu.Items, item(p.Name(), keys[p], func() { w.GoTo(p) }))
	}
	return menu
}

func (w *Window) viewMenu() *fyne.Menu {
	looks := []struct {
		name string
		look parts.Appearance
	}{{"Light or dark like the system", parts.FollowSystem}, {"Light", parts.Light}, {"Dark", parts.Dark}}
	menu := fyne.NewMenu("View")
	for i, l := range looks {
		choice := fyne.NewMenuItem(l.name, func() {
			w.app.Settings().SetTheme(parts.Theme{Appearance: l.look})
			for j, other := range menu.Items {
				other.Checked = i == j
			}
			menu.Refresh()
		})
		choice.Checked = i == 0
		menu.Items = append(menu.Items, choice)
	}
	return menu
}

// addShortcuts adds those that a text being typed keeps for itself.
func (w *Window) addShortcuts() {
	c := w.window.Canvas()
	c.AddShortcut(&fyne.ShortcutUndo{}, func(fyne.Shortcut) { w.undo() })
	c.AddShortcut(&fyne.ShortcutRedo{}, func(fyne.Shortcut) { w.redo() })
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyZ, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift},
		func(fyne.Shortcut) { w.redo() })
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyF1 {
			w.GoTo(Help)
		}
	})
}

func (w *Window) undo() {
	switch {
	case w.session == nil:
	case w.page == Doctor:
		w.session.health.Undo()
	case w.page == Clean && w.session.cleaning.State().CanUndo:
		w.session.cleaning.Undo()
	default:
		w.GoTo(Data)
		w.session.examples.Undo()
	}
}

func (w *Window) redo() {
	switch {
	case w.session == nil:
	case w.page == Doctor:
		w.session.health.Redo()
	default:
		w.GoTo(Data)
		w.session.examples.Redo()
	}
}
