package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
)

// helpText is the whole of the help: short enough to be read.
const helpText = `### What stays here
Your texts, your labels and what was trained from them never leave this computer. They are files: a project is a folder whose name ends in *.attune*, and you may copy it, back it up or delete it like any other.

### The network
Attune works without one. It opens a connection for one thing only: to search the Hugging Face hub for a model, or to download one, when you press **Search** or **Download** on the page Models. It then sends the words that you search for or the name of the model and, if you have entered one, your access token to the hub alone. **Work offline** on that page closes every connection and lets none be made; the upper right corner of the window says how it stands, and the page lists every address that was ever contacted. A model that somebody brings you, as a folder, a zip or a file ending in *.gguf*, can be dropped on the window.

### The way
1. **Import** a file that has a text and its label in each row.
2. **Data**: look at the rows, correct labels, choose which rows are held back to check the model.
3. **Clean**: make texts and labels tidy. Every step shows what it would change before it does, and can be taken back.
4. **Technique**: what to start from and how thoroughly to learn. The defaults are good; a model from the page **Models**, which has read much before, often learns more from few rows.
5. **Train**: press Fine-tune and watch. You may pause, and stop whenever you like; the best model so far is kept.
6. **Results**: how good the model is, beside a baseline, and where it is wrong. **Use it** there answers all rows of a file, or exports the model.
7. **Try it**: type a text and see what the model says.

### Words
- **Training rows** are those that the model learns from. **Validation rows** are used to check it while it learns, and to choose the best moment. **Test rows** are used once, at the end, to judge it fairly.
- **Accuracy**: the share of rows on which the model is right.
- **Precision** of a label: of the rows that were given it, the share that really have it. **Recall**: of the rows that have it, the share that were given it. **F1** is the balance of the two; **macro F1** is the mean over all labels, so that rare ones count as much as frequent ones.
- **MCC**: like accuracy, but 0 for guessing and 1 for perfect, whatever the labels' frequencies.
- **Loss**: how wrong the model is, on the training rows or on the validation rows; lower is better.
- **Baseline**: a simple method that only counts words (TF-IDF with logistic regression). A model that is no better is not worth its time.
- **Pass**: one walk over all training rows, also called an epoch. **Step**: one small correction of the model, from a few rows.

### Keys
Ctrl+1 to Ctrl+9 and Ctrl+0 go to the pages, Ctrl+N makes a project, Ctrl+O opens a file, Ctrl+Z and Ctrl+Shift+Z undo and redo changes of the rows, Tab and Space reach and press everything, F1 opens this page.
`

func newHelp() fyne.CanvasObject {
	text := widget.NewRichTextFromMarkdown(helpText)
	text.Wrapping = fyne.TextWrapWord
	page := container.New(layout.NewCustomPaddedLayout(0, parts.Grid*2, 0, parts.Grid*2), parts.NarrowerThan(parts.Grid*100, text))
	return parts.Page(parts.NewTitle("Help", "Attune fine-tunes language models on your own computer."), nil, container.NewVScroll(page))
}
