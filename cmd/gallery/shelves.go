package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"attune/gui/models"
	"attune/gui/parts"
	"attune/projects"
)

// library stands for models that are only looked at.
type library struct{}

func (library) List() ([]projects.ModelInfo, error)             { return nil, errors.New("this is a picture") }
func (library) Measure(i projects.ModelInfo) projects.ModelInfo { return i }
func (library) Remove(string) error                             { return nil }
func (library) Offline() (offline, demanded bool)               { return false, false }
func (library) SetOffline(bool) error                           { return nil }
func (library) SignIn(string) error                             { return nil }
func (library) Page(string) string                              { return "" }
func (library) Contacts() ([]projects.Contact, error) {
	return nil, nil
}

func (library) Search(context.Context, string) ([]projects.ModelInfo, error) {
	return nil, errors.New("this is a picture")
}

func (library) Pull(context.Context, string, func(projects.Progress)) (projects.ModelInfo, error) {
	return projects.ModelInfo{}, errors.New("this is a picture")
}

func (library) Add(context.Context, string, string, func(projects.Progress)) (projects.ModelInfo, error) {
	return projects.ModelInfo{}, errors.New("this is a picture")
}

// shelved gives models of each kind: here and not, fitting and too large.
func shelved() []projects.ModelInfo {
	learns := []string{"classification"}
	return []projects.ModelInfo{
		{Name: projects.Starter, Source: "attune", About: "A small encoder that has read English. For English texts.", Here: true, Fits: true, Learns: learns},
		{Name: "Unser Modell für Tickets (März)", Source: "added", Type: "bert", Family: "bert", Here: true, Fits: true, Bytes: 91e6, Memory: 149e7, Learns: learns},
		{Name: "distilbert/distilbert-base-uncased", Source: "hub", Type: "distilbert", Family: "distilbert", Tasks: []string{"classification", "entities", "answering"},
			Languages: []string{"en"}, Licence: "apache-2.0", Bytes: 268e6, Memory: 316e7, Fits: true, Here: true, Learns: learns,
			About: "BERT at 60 % of its time and 97 % of its scores. A good first choice for English."},
		{Name: "google-bert/bert-base-uncased", Source: "hub", Type: "bert", Family: "bert", Tasks: []string{"classification", "entities", "answering"}, Languages: []string{"en"},
			Licence: "apache-2.0", Bytes: 440e6, Memory: 395e7, Fits: true, About: "The model that most others are measured against. English, without regard to capitals.", Learns: learns},
		{Name: "FacebookAI/xlm-roberta-base", Source: "hub", Type: "xlm-roberta", Family: "xlm-roberta", Tasks: []string{"classification", "entities", "answering"},
			Languages: []string{"multilingual"}, Licence: "mit", Bytes: 112e7, Memory: 732e7, About: "100 languages, better than BERT in most; its vocabulary makes it large.", Learns: learns},
		{Name: "Helsinki-NLP/opus-mt-en-de", Source: "hub", Type: "marian", Family: "marian", Tasks: []string{"translation"}, Languages: []string{"en", "de"},
			Licence: "cc-by-4.0", Bytes: 298e6, Fits: true, About: "Translates English into German."},
		{Name: "openai-community/gpt2", Source: "hub", Type: "gpt2", Family: "gpt2", Tasks: []string{"generation", "classification"}, Languages: []string{"en"},
			Licence: "mit", Bytes: 548e6, Memory: 441e7, Fits: true, About: "Writes text. GPT-3 has this architecture; its weights were never published, these are.", Learns: learns},
	}
}

func shelves(here parts.Background) []picture {
	show := func(change func(*models.State)) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := models.New(library{}, nobody{}, here)
			s := models.State{Shelf: shelved(), Memory: 8_200_000_000, Project: "Support tickets",
				Bases: []string{projects.Starter, "distilbert/distilbert-base-uncased", "Unser Modell für Tickets (März)"}, Base: projects.Starter}
			for i := range 7 {
				s.Contacts = append(s.Contacts, projects.Contact{Time: noon.Add(time.Duration(i) * time.Minute), Received: int64(i) * 41e6, Status: []int{200, 302, 401, 0, 200, 206, 429}[i],
					Address: fmt.Sprintf("https://huggingface.co/api/models/distilbert/distilbert-base-uncased/revision/main/%d", i)})
			}
			change(&s)
			p.Show(s)
			return p.Content()
		}
	}
	const distil, large = "distilbert/distilbert-base-uncased", "FacebookAI/xlm-roberta-base"
	found := []projects.ModelInfo{
		shelved()[2],
		{Name: "org/distilbert-reviews-german", Source: "hub", Type: "distilbert", Family: "distilbert", Tasks: []string{"text-classification"}, Languages: []string{"de"}, Downloads: 81234, Fits: true},
		{Name: "org/medical-distilbert", Source: "hub", Type: "distilbert", Family: "distilbert", Tasks: []string{"fill-mask"}, Languages: []string{"en"}, Licence: "cc-by-nc-4.0", Downloads: 912, Fits: true, Gated: true},
	}
	gated := wrapped{hinted{"org/medical-distilbert is given out only to those who accept its terms", ""}, projects.ErrForbidden}
	return []picture{
		{"models-shelf", show(func(s *models.State) {})},
		{"models-here", show(func(s *models.State) { s.Chosen = distil })},
		{"models-large", show(func(s *models.State) { s.Chosen = large })},
		{"models-found", show(func(s *models.State) {
			s.Words, s.Found, s.Chosen = "distilbert", found, "org/distilbert-reviews-german"
		})},
		{"models-nothing", show(func(s *models.State) { s.Words = "mamba" })},
		{"models-downloading", show(func(s *models.State) {
			s.Chosen = "google-bert/bert-base-uncased"
			s.Progress = &parts.Progress{Verb: "Downloading model.safetensors", Done: 190, Total: 440, Left: 96 * time.Second}
		})},
		{"models-arrived", show(func(s *models.State) {
			s.Chosen = distil
			s.Notice = &parts.Message{Tone: parts.Done, What: distil + " is on this computer now.", Way: "It works without a network from here on."}
		})},
		{"models-remove", show(func(s *models.State) { s.Chosen, s.Removing = distil, distil })},
		{"models-offline", show(func(s *models.State) {
			s.Offline, s.Trouble = true, wrapped{hinted{"Attune is offline: it opens no connection", ""}, projects.ErrOffline}
		})},
		{"models-gated", show(func(s *models.State) {
			s.Words, s.Found, s.Chosen, s.Trouble, s.TokenOpen = "distilbert", found, "org/medical-distilbert", gated, true
		})},
		{"models-full", show(func(s *models.State) {
			s.Chosen = large
			s.Trouble = wrapped{hinted{"FacebookAI/xlm-roberta-base needs 1.1 GB more on the disk, and 612 MB are free", "make room where /home/ana/.cache/huggingface/hub is, or name another folder in HF_HOME"}, projects.ErrFull}
		})},
		{"models-ledger", show(func(s *models.State) { s.Ledger = true })},
	}
}

// wrapped is an error of a kind.
type wrapped struct {
	hinted
	kind error
}

func (w wrapped) Unwrap() error { return w.kind }
